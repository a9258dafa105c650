"""The flags of rows: set by stages, counted in the ledger, written with the row, dropped for on demand."""

import polars as pl
import pytest
from corpus_rows import build, document, question, recipe_text, write_lines

ROWS = [
    question("1"),
    question(
        "2",
        "血液を全\x02身に送り出す臓器はどれか。",
        choices=["心Ø臓", "胃"],
        explanation="左にある。",
    ),
    question("3", explanation="1:正\n2:誤\n3:誤\n4:誤\n5:誤"),
    question("4", explanation="1:誤\n2:正\n3:誤\n4:誤\n5:誤"),
    question("5", explanation="1:誤\n2:正\n3:誤\n4:誤\n5:誤 K_{m}", year=2020),
]
STAGES = [{"stage": "year"}, {"stage": "suspicious"}, {"stage": "explanation"}]


@pytest.fixture
def run(tmp_path):
    """Builds a corpus of `ROWS` and one document through the stages."""

    def run(*stages, name="run"):
        write_lines(tmp_path / "a.jsonl", ROWS)
        write_lines(tmp_path / "b.jsonl", [document("d", "心臓は\u200b血液を送り出す。")])
        sources = [
            {"path": "a.jsonl", "layout": "questions", "name": "a"},
            {"path": "b.jsonl", "layout": "documents", "name": "b"},
        ]
        (tmp_path / "recipe.yaml").write_text(recipe_text(stages, sources, max_year=2017))
        return build(tmp_path / name, recipe=tmp_path / "recipe.yaml")

    return run


def flags(built, name="kept"):
    frame = built.frame(name)
    return dict(zip(frame["id"], frame["flags"].to_list(), strict=True))


FLAGGED = {
    "1": [],
    "2": ["suspicious.control", "suspicious.wrong_glyph"],
    "3": ["explanation.supports_key"],
    "4": ["explanation.contradicts_key:ab"],
    "d": ["suspicious.zero_width"],
}


def test_rows_carry_what_was_noticed_and_stay(run):
    built = run(*STAGES)
    assert flags(built) == FLAGGED
    assert flags(built, "dropped") == {"5": []}
    assert built.reasons() == {"5": "year.after"}


def test_the_ledger_counts_rows_by_flag_where_they_were_flagged(run):
    stages = {stage["stage"]: stage for stage in run(*STAGES).json("ledger.json")["stages"]}
    assert stages["suspicious"]["flags"] == {
        "suspicious.control": 1,
        "suspicious.wrong_glyph": 1,
        "suspicious.zero_width": 1,
    }
    assert stages["explanation"]["flags"] == {
        "explanation.contradicts_key": 1,
        "explanation.supports_key": 1,
    }
    assert stages["year"]["flags"] == {}


def test_the_report_shows_them(run):
    page = (run(*STAGES).path / "report.html").read_text(encoding="utf-8")
    assert "<b>1</b> flagged <code>explanation.contradicts_key</code>" in page


def test_a_policy_drops_by_flag(run):
    suspicious = {"stage": "suspicious", "drop": ["wrong_glyph", "zero_width"]}
    built = run(STAGES[0], suspicious, {"stage": "explanation", "drop": ["contradicts"]})
    assert built.reasons() == {
        "2": "suspicious.wrong_glyph",
        "4": "explanation.contradicts",
        "5": "year.after",
        "d": "suspicious.zero_width",
    }
    assert flags(built) | flags(built, "dropped") == {**FLAGGED, "5": []}
    ledger = {stage["stage"]: stage["flags"] for stage in built.json("ledger.json")["stages"]}
    assert ledger["suspicious"]["suspicious.control"] == 1
    assert ledger["explanation"]["explanation.contradicts_key"] == 1


def test_a_run_that_is_read_again_keeps_its_flags_and_a_stage_renews_its_own(run, tmp_path):
    first = run(*STAGES)
    (tmp_path / "plain.yaml").write_text(recipe_text([], max_year=2017))
    again = build(tmp_path / "again", first.path, recipe=tmp_path / "plain.yaml")
    assert flags(again) == FLAGGED
    (tmp_path / "one.yaml").write_text(recipe_text([{"stage": "suspicious"}]))
    renewed = build(tmp_path / "renewed", first.path, recipe=tmp_path / "one.yaml")
    assert flags(renewed) == FLAGGED


def test_flags_are_no_other_content_but_another_row(run):
    """An id that comes back with other flags is the same question; the written rows have another hash."""
    plain, flagged = run(STAGES[0], name="plain"), run(*STAGES, name="flagged")
    assert plain.ids() == flagged.ids()
    assert plain.data["content_sha256"] != flagged.data["content_sha256"]
    names = [name for name in plain.frame("kept").columns if name != "flags"]
    assert plain.frame("kept").select(names).equals(flagged.frame("kept").select(names))
    assert plain.frame("kept").schema["flags"] == pl.List(pl.String)
    sources = [flagged.path, plain.path]
    both = build(flagged.path.parent / "both", *sources)
    assert both.data["quarantined"] == 0


@pytest.mark.data
def test_on_real_exams_only_latex_is_flagged_and_every_contradiction_was_read(real_data, tmp_path):
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(recipe_text([{"stage": "suspicious"}, {"stage": "explanation"}]))
    built = build(tmp_path / "run", real_data / "yakugakuqa", real_data / "igakuqa", recipe=recipe)
    stages = {stage["stage"]: stage["flags"] for stage in built.json("ledger.json")["stages"]}
    assert stages["suspicious"] == {"suspicious.latex": 1600}
    assert stages["explanation"] == {
        "explanation.contradicts_key": 6,
        "explanation.supports_key": 2056,
    }
    against = {i: f for i, found in flags(built).items() for f in found if "contradicts" in f}
    assert against == {
        "100242": "explanation.contradicts_key:bce",
        "105227": "explanation.contradicts_key:ce",
        "105243": "explanation.contradicts_key:de",
        "108290": "explanation.contradicts_key:abde",
        "109082": "explanation.contradicts_key:ae",
        "109290": "explanation.contradicts_key:de",
    }
