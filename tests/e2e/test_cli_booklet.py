"""Booklets on the command line: built, audited, and what cannot be read told by page and question."""

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

STEMS = {
    1: "竜の鱗の色はどれか。架空の問い。",
    2: "虹の端にあるのはどれか。架空の問い。",
    4: "月の裏にいるのはどれか。架空の問い。",
}


@pytest.fixture
def folder(tmp_path):
    """A folder with a booklet of exam 98 that lacks question 3, and its answer sheet."""
    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    booklet, sheet = (tmp_path / f"exam/{name}.pdf" for name in ("98a_questions", "98_answers"))
    booklet.parent.mkdir()
    pages = Canvas(str(booklet), pagesize=A4)
    for number, stem in STEMS.items():
        pages.setFont("HeiseiMin-W3", 10)
        pages.drawString(60, 700, f"{number}　{stem}")
        for n, letter in enumerate("abcde", 1):
            pages.drawString(80, 700 - 15 * n, f"{letter}　選択肢{letter}{number}")
        pages.showPage()
    pages.save()
    table = Canvas(str(sheet), pagesize=A4)
    table.setFont("HeiseiMin-W3", 10)
    for number in range(1, 5):
        table.drawString(60, 700 - 15 * number, f"A{number}　b")
    table.save()
    return booklet.parent


def test_a_missing_question_fails_the_run_with_everything_written(
    build, folder, run, table, read_lines
):
    told = build(folder)
    assert told.code == 3
    (bad,) = read_lines(run / "quarantine.jsonl")
    assert (bad["file"], bad["line"]) == ("booklet/98a_questions.pdf", 3)
    assert bad["error"] == "page 3, question A3: expected, not found"
    kept = table(run / "kept.parquet")
    assert [(row["id"], row["year"], row["provenance"]["page"]) for row in kept] == [
        ("98A1", 2004, 1), ("98A2", 2004, 2), ("98A4", 2004, 3),
    ]  # fmt: skip


def test_one_missing_question_may_be_allowed(build, folder):
    assert build(folder, "--max-bad", "1").code == 0


def test_an_audit_finds_the_layout(cli, folder, held_out, tmp_path, read_json):
    told = cli(
        "audit",
        folder,
        "--benchmark",
        f"held={held_out}",
        "--max-bad",
        "1",
        "--out",
        tmp_path / "a",
    )
    assert told.code == 0, told.err
    assert read_json(tmp_path / "a/ledger.json")["kept"] == 3


def test_a_dry_run_counts_questions(cli, folder, tmp_path):
    told = cli("build-corpus", folder, "--dry-run", "--out", tmp_path / "a", "--format", "json")
    rows = {entry["path"]: entry["rows"] for entry in told.data["inputs"]}
    assert rows == {"98_answers.pdf": 0, "98a_questions.pdf": 4}
