"""The law: rows in = kept + dropped + quarantined, in order, the same bytes again, however cut."""

import shutil
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from corpus_rows import OUTPUTS, build, document, question, recipe_text, write_lines
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.corpus import pipeline
from curate.corpus.stages.intake import CONFLICT

STEMS = (
    "血液を全身に送り出す臓器はどれか。",
    "血液を　全身に送り出す臓器は、どれか。",
    "胆汁をためる袋状の器官で、肝臓の下面にあるのはどれか。２つ選べ。",
    "酸素と結びついて赤血球の中で運ぶ鉄を含むたんぱく質はどれか。",
    "短い",
    "",
    "　\n",
    "長" * 120,
)
HELD_OUT = [
    question("h1", STEMS[3], choices=["ヘモグロビン", "アルブミン", "フィブリン"], year=2020),
    question("h2", STEMS[2], choices=["胆嚢", "膀胱", "虫垂", "胃"], answers=["a"], year=2021),
]
BAD = (b"{", b"[1]", b"null", b'{"id": 1}', b"\xff\xfe{", b'{"id":"x","text":5,"choices":[]}')
YEARS = st.sampled_from([None, 2012, 2017, 2018, 2021, "unclear"])
IDS = st.sampled_from(["a1", "a2", "a3", "b1", "b2", "112A1"])


@st.composite
def questions(draw):
    row = question(draw(IDS), draw(st.sampled_from(STEMS)), year=draw(YEARS))
    row["choices"] = draw(st.sampled_from([["心臓", "胃"], ["ヘモグロビン", "アルブミン"], []]))
    row["answers"] = draw(st.sampled_from([["a"], [["a"], ["b"]]])) if row["choices"] else []
    if draw(st.booleans()):
        row["explanation"] = draw(st.sampled_from(["心臓である。", STEMS[3] + "ヘモグロビン"]))
        row["published"] = draw(YEARS)
    return row


def rows_of(kind):
    good = questions()
    if kind == "documents":
        good = st.builds(document, IDS, st.sampled_from(STEMS), year=YEARS)
    return st.lists(st.one_of(good, good, good, st.sampled_from(BAD)), max_size=9)


@st.composite
def sources(draw):
    """Files of rows: at least one good row in each, so that its columns can be seen."""
    files = []
    for number in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["questions", "documents"]))
        first = question(f"q{number}") if kind == "questions" else document(f"d{number}")
        files.append((kind, [first, *draw(rows_of(kind))]))
    return files


STAGES = st.lists(
    st.sampled_from(
        [
            {"stage": "year"},
            {"stage": "year", "unknown": "keep"},
            {"stage": "year", "max_year": 2012},
            {"stage": "length", "min_chars": 3, "max_chars": 100},
            {"stage": "length"},
            {"stage": "exact_duplicates"},
            {"stage": "leakage", "power_items": 0},
            {"stage": "leakage", "power_items": 2, "drop": []},
            {"stage": "render"},
        ]
    ),
    max_size=6,
)


def _write(folder, files, stages):
    entries = []
    for number, (kind, rows) in enumerate(files):
        write_lines(folder / f"{number}.jsonl", rows)
        entries.append({"path": f"{number}.jsonl", "layout": kind, "name": f"source-{number}"})
    write_lines(folder / "held_out.jsonl", HELD_OUT)
    benchmarks = [{"name": "held-out", "path": "held_out.jsonl"}]
    (folder / "recipe.yaml").write_text(
        recipe_text(stages, entries, max_year=2017, benchmarks=benchmarks)
    )
    return folder / "recipe.yaml"


def _places(frame):
    return [
        (place["source"], place["path"], place["line"]) for place in frame["provenance"].to_list()
    ]


def _in_order(places, files):
    order = {f"source-{number}": number for number in range(len(files))}
    return sorted(places, key=lambda place: (order[place[0]], place[2]))


def _check_the_law(built, files):
    ledger = built.json("ledger.json")
    kept, dropped, quarantined = built.frame("kept"), built.frame("dropped"), built.quarantine()
    assert ledger["rows_in"] == sum(len(rows) for _, rows in files)
    assert ledger["rows_in"] == len(kept) + len(dropped) + len(quarantined)
    assert (ledger["kept"], ledger["dropped"]) == (len(kept), len(dropped))
    assert ledger["quarantined"] == len(quarantined)
    places = [_places(kept), _places(dropped)]
    places.append([(*row["file"].split("/"), row["line"]) for row in quarantined])
    everything = [place for some in places for place in some]
    assert len(everything) == len(set(everything))
    assert all(some == _in_order(some, files) for some in places[:2])
    reasons = Counter(dropped["dropped_by"])
    assert None not in reasons
    assert CONFLICT not in reasons
    assert all(row["error"] for row in quarantined)
    told = Counter()
    for before, after in zip(ledger["stages"], ledger["stages"][1:], strict=False):
        assert before["out"] == after["in"]
    for stage in ledger["stages"]:
        told.update(stage["dropped"])
    assert told == reasons
    assert ledger["stages"][-1]["out"] == len(kept)
    assert built.json("audit.json")["rows"] == len(kept)
    assert built.json("audit.json")["dropped"] == dict(reasons)


@settings(max_examples=8)
@given(sources(), STAGES)
def test_nothing_is_lost_and_the_cut_does_not_matter(files, stages):
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        folder = Path(name)
        recipe = _write(folder, files, stages)
        first = build(folder / "first", recipe=recipe, workers=1)
        _check_the_law(first, files)
        expected = first.bytes()
        for rows in (1, 3):
            patch.setattr(pipeline, "SHARD_ROWS", rows)
            again = build(folder / "again", recipe=recipe, workers=1)
            assert again.exit == first.exit
            for output in OUTPUTS:
                assert again.bytes()[output] == expected[output], (output, rows)
            shutil.rmtree(folder / "again")


def test_the_law_s_rows_meet_every_reason(tmp_path):
    """The property above is worth as much as its rows: each reason can come up in them."""
    stages = [
        {"stage": "year"},
        {"stage": "length", "min_chars": 3, "max_chars": 100},
        {"stage": "exact_duplicates"},
        {"stage": "leakage"},
    ]
    rows = [
        question("k"),
        question("k"),
        question("c", STEMS[3]),
        question("c", STEMS[4]),
        question("e", STEMS[6]),
        question("s", STEMS[4]),
        question("l", STEMS[7]),
        question("u", year=None),
        question("n", year=2018),
        question("d", STEMS[1].replace("、", "")),
        question("r", STEMS[3], choices=HELD_OUT[0]["choices"]),
        question("v", STEMS[3]),
        BAD[0],
    ]
    pages = [document("x", f"昔の試験から。{STEMS[3]} ヘモグロビン アルブミン フィブリン")]
    recipe = _write(tmp_path, [("questions", rows), ("documents", pages)], stages)
    built = build(tmp_path / "run", recipe=recipe)
    _check_the_law(built, [("questions", rows), ("documents", pages)])
    assert built.ids() == ["k"]
    assert built.reasons() == {
        "k": "duplicate.id",
        "e": "text.empty",
        "s": "length.short",
        "l": "length.long",
        "u": "year.unknown",
        "n": "year.after",
        "d": "duplicate.exact",
        "r": "leakage.recycled",
        "v": "leakage.review",
        "x": "leakage.contaminated",
    }
    assert [row["line"] for row in built.quarantine()] == [13, 3, 4]


def test_more_shards_than_the_row_group_of_a_file_give_the_same_bytes(tmp_path, monkeypatch):
    rows = [document(f"d{n}", f"{n}番目の臓器についての短い文章である。") for n in range(2_500)]
    path = write_lines(tmp_path / "a.jsonl", rows)
    monkeypatch.setattr("curate.runs.folder.ROW_GROUP", 400)
    one = build(tmp_path / "one", path).bytes()
    monkeypatch.setattr(pipeline, "SHARD_ROWS", 7 * 31)
    assert build(tmp_path / "two", path).bytes() == one
