"""Comparisons by hand, on invented rows, and the papers' numbers as they are shipped."""

import evaluated_rows as sea
import pytest

from curate.errors import RecipeError
from curate.evaluation import holm
from curate.evaluation.answers import answers_of
from curate.evaluation.comparison import compared_tables
from curate.evaluation.paired import Draws
from curate.evaluation.published import beside, read_published
from curate.models import ComparedColumn, ComparedTable

BASE = "abbbbbbbbbbbbbc"
CLOSE = "abbbbbbbbbbbbac"
BETTER = "aaaaaaaaaaaaaab"
WIDE = """
published: published-numbers/1
source: s
title: t
tables:
  - table: T
    kind: modes
    metrics: [published]
    columns: [{benchmark: b, language: ja, mode: null}]
    rows: {x: [0.5, 0.6]}
"""


def runs(**parts):
    """Returns runs by name, each of several modes' rows."""
    return {
        name: {one.key: one for one in answers_of(sea.frame(*rows))} for name, rows in parts.items()
    }


def asked(letters, **more):
    return [one.model_copy(update=more) for one in sea.rows(letters)]


@pytest.fixture(scope="module")
def tables():
    explained = {"mode": "explained", "template": "explained"}
    found = runs(
        base=(sea.rows(BASE), asked(BASE[1:] + "c", **explained)),
        cpt=(sea.rows(CLOSE), asked(BASE[1:] + "c", **explained)),
        rpo=(sea.rows(BETTER), asked(BETTER, **explained)),
    )
    return compared_tables(found, "base", Draws(400))


def test_every_run_is_tested_against_the_baseline_with_holms_correction(tables):
    table = tables[0]
    assert (table.kind, table.metric, table.tests) == ("modes", "published", 4)
    assert [one.mode for one in table.columns] == ["direct", "explained"]
    cells = [cell for row in table.rows for cell in row.cells]
    assert [row.run for row in table.rows] == ["base", "cpt", "rpo"]
    assert all(cell.versus is None for cell in table.rows[0].cells)
    tested = [cell.versus for cell in cells if cell.versus]
    assert [one.holm for one in tested] == holm([one.p for one in tested])
    assert table.rows[1].cells[0].versus.difference.value == pytest.approx(1 / 21, abs=1e-6)
    assert (tested[0].flips.wrong_right, tested[0].flips.right_wrong) == (1, 0)


def test_the_best_is_marked_only_where_it_is_ahead_beyond_noise(tables):
    best = [[cell.best for cell in row.cells] for row in tables[0].rows]
    assert best == [[False, False], [False, False], [True, True]]
    close = runs(base=(sea.rows(BASE),), cpt=(sea.rows(CLOSE),))
    cells = [row.cells[0] for row in compared_tables(close, "base", Draws(200))[0].rows]
    assert cells[1].rate.value > cells[0].rate.value
    assert not any(cell.best for cell in cells)


def test_the_drop_between_modes_is_paired_in_each_run(tables):
    drops = [row.drop for row in tables[0].rows]
    assert drops[2].drop.value == 0
    assert drops[2].flips.agreement == 1
    assert drops[0].flips.right_wrong > 0


def test_the_mean_over_benchmarks_counts_each_the_same():
    rows = {"points": 1, "method": "loglikelihood", "norm_correct": False, "gestalt": None}
    few = [one.model_copy(update={"benchmark": "sky"}) for one in asked("abb", **rows)]
    found = runs(
        base=(asked("b" * 15, **rows), few),
        cpt=(
            asked("a" * 15, **rows),
            [one.model_copy(update={"correct": True}) for one in few],
        ),
    )
    table = next(
        one for one in compared_tables(found, "base", Draws(200)) if one.kind == "benchmarks"
    )
    assert [one.benchmark for one in table.columns] == ["sea", "sky", None]
    means = [row.cells[2].rate.value for row in table.rows]
    assert means == pytest.approx([(0 + 1 / 3) / 2, 1.0], abs=1e-6)
    assert table.rows[1].cells[2].versus.difference.value == pytest.approx(5 / 6, abs=1e-6)


def test_languages_are_paired_by_gestalt_accuracy_first():
    english = [one.model_copy(update={"language": "en"}) for one in sea.rows(BETTER)]
    tables = compared_tables(runs(base=(sea.rows(BASE), english)), "base", Draws(200))
    table = next(one for one in tables if one.kind == "languages")
    assert table.metric == "gestalt"
    assert [one.language for one in table.columns] == ["en", "ja"]
    assert table.rows[0].drop.drop.value == pytest.approx(14 / 15 - 1 / 15, abs=1e-6)
    assert table.tests == 0


def test_runs_of_other_items_are_paired_on_those_of_both():
    found = runs(base=(sea.rows(BASE),), cpt=(sea.rows(BETTER[:9]),))
    cell = compared_tables(found, "base", Draws(200))[0].rows[1].cells[0]
    assert (cell.items, cell.versus.items, cell.versus.unpaired) == (9, 9, 6)


def table(kind, metric, *columns):
    names = ("benchmark", "language", "mode")
    told = [ComparedColumn(**dict(zip(names, one, strict=True))) for one in columns]
    return ComparedTable(kind=kind, metric=metric, columns=told, rows=[])


def test_the_papers_table_stands_beside_ours_whole():
    ours = table("modes", "published", ("igakuqa", "ja", "direct"))
    told = beside(ours, read_published())
    assert [one.mode for one in told.columns] == ["direct", "explained"]
    printed = {row.name: row for row in told.published}
    assert len(told.published) == 12 + 5
    assert printed["GPT-4"].values == [0.782, None]
    assert "Kasai" in printed["GPT-4"].source
    assert printed["base"].values == [0.802, 0.71]
    assert not beside(
        table("modes", "tolerant", ("igakuqa", "ja", "direct")), read_published()
    ).published


def test_percent_are_shares_and_a_mean_of_other_benchmarks_is_not_compared():
    told = beside(
        table("languages", "gestalt", ("igakuqa", "en", "cot"), ("igakuqa", "ja", "cot")),
        read_published(),
    )
    assert {row.name: row.values for row in told.published}["MPEFT(ja)"] == [0.506, 0.523]
    assert len(told.published) == 6 + 2 + 3
    mean = table("benchmarks", "accuracy", ("medqa_jp", "ja", "mcqa"), (None, "ja", "mcqa"))
    row = beside(mean, read_published()).published[0]
    assert row.values == [0.684, None, 0.8, 0.602, 0.779]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{published: published-numbers/1", "not YAML"),
        ("published: published-numbers/1\nsource: s\ntitle: t\ntables: 3", "tables: "),
        (WIDE, "'x' has 2 numbers for 1 columns"),
    ],
)
def test_a_wrong_file_of_numbers_says_where(tmp_path, monkeypatch, text, words):
    (tmp_path / "one.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr("curate.evaluation.published.share", lambda *_: tmp_path)
    with pytest.raises(RecipeError, match=words) as told:
        read_published()
    assert told.value.where == "published/one.yaml"
