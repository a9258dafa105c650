"""What the real exams must give, row by row; skipped where $JMLE_DATA names no data."""

from collections import Counter

import pytest

from curate.models import Exclusion, Question
from curate.sources import IgakuqaSource, YakugakuqaSource, detect_layout

pytestmark = pytest.mark.data


@pytest.fixture
def igakuqa(real_data, read):
    return read(IgakuqaSource, real_data / "igakuqa")


@pytest.fixture
def yakugakuqa(real_data, read):
    return read(YakugakuqaSource, real_data / "yakugakuqa")


def test_layouts_are_found(real_data):
    assert detect_layout(real_data / "igakuqa") == "igakuqa"
    assert detect_layout(real_data / "igakuqa/prompts/prompt.jsonl") == "igakuqa"
    assert detect_layout(real_data / "igakuqa/data/2018/112-A.jsonl") == "igakuqa"
    assert detect_layout(real_data / "yakugakuqa") == "yakugakuqa"


def test_igakuqa_reads_whole(igakuqa):
    assert [type(row) for row in igakuqa] == [Question] * 2000
    assert Counter(row.year for row in igakuqa) == dict.fromkeys(range(2018, 2023), 400)
    assert all(row.id == f"{row.exam}{row.section}{row.number}" for row in igakuqa)
    assert sum(row.has_image for row in igakuqa) == 529
    assert sum(row.points == 0 for row in igakuqa) == 11
    assert sum(row.points for row in igakuqa) == 2485
    assert all(row.answers for row in igakuqa)
    assert [row.id for row in igakuqa if row.exclusion is Exclusion.SEVERAL_KEYS] == ["112B30"]
    assert sum(row.required for row in igakuqa) == 500
    numbers = {row.id: row.answers[0][0] for row in igakuqa if not row.choices}
    assert numbers["116F74"] == "04"
    assert numbers["113F84"] == "7.20"


def test_igakuqa_serial_groups(igakuqa):
    groups = Counter(row.vignette_id for row in igakuqa if row.vignette_id)
    by_id = {row.id: row for row in igakuqa}
    assert Counter(groups.values()) == {2: 50, 3: 50}
    for row in (row for row in igakuqa if row.vignette_id):
        first = by_id[row.vignette_id]
        assert (row.exam, row.section, row.vignette) == (first.exam, first.section, first.vignette)
        assert groups[row.vignette_id] == (2 if row.section in "BE" else 3)
        assert row.vignette.strip()
        assert row.text.strip()
        assert first.text not in row.vignette
        assert "問いに答えよ" not in row.vignette + row.text
        assert (row.original_text is None) == (row.id != first.id)
    firsts = [by_id[id_] for id_ in groups]
    assert all("か" in row.text for row in firsts)
    for row in firsts:
        header, between, after = row.original_text.partition(row.vignette)
        assert header.endswith("問いに答えよ。")
        assert between
        assert after.strip() == row.text


def test_igakuqa_prompts(real_data, read):
    rows = read(IgakuqaSource, real_data / "igakuqa/prompts/prompt.jsonl")
    assert [(row.id, row.year, row.answers) for row in rows] == [
        ("100E5", 2006, [["e"]]),
        ("100A60", 2006, [["a", "b"]]),
        ("100A1", 2006, [["c"]]),
    ]
    assert [len(row.explanation) for row in rows] == [64, 82, 214]


def test_yakugakuqa_reads_whole(yakugakuqa):
    assert [type(row) for row in yakugakuqa] == [Question] * 4485
    assert sum(row.year <= 2017 for row in yakugakuqa) == 2070
    assert sum(row.explanation is not None for row in yakugakuqa) == 4248
    assert [row.id for row in yakugakuqa if not row.text] == ["105049", "105053"]
    assert not any(row.vignette for row in yakugakuqa)


def test_yakugakuqa_keys(yakugakuqa):
    images = [row for row in yakugakuqa if not row.choices]
    assert len(images) == 396
    assert all(row.has_image for row in images)
    assert sum(row.answers == [["g"]] for row in images) == 1
    kinds = Counter(row.exclusion for row in yakugakuqa)
    assert (kinds[Exclusion.DROPPED], kinds[Exclusion.SEVERAL_KEYS]) == (20, 7)
    several = Counter(
        (len(row.answers), len(row.answers[0]))
        for row in yakugakuqa
        if row.exclusion is Exclusion.SEVERAL_KEYS
    )
    assert several == {(2, 1): 2, (3, 2): 5}
    (split,) = [row for row in yakugakuqa if row.id == "109330"]
    assert (split.answers, split.exclusion) == ([], Exclusion.DROPPED)
