"""Booklets printed with two font technologies, in one and two columns, come back as they were."""

import booklet_exam
import booklet_fonts
import pytest
from booklet_invented import CHARACTERS, EXAM, ITEMS, KEYS, SECTION, expected
from booklet_press import COVER, Style, print_booklet, print_sheet

from curate.sources import BookletSource, detect_layout

STYLES = {
    "cid, one column": {},
    "cid, two columns": {"columns": 2, "across": True},
    "truetype, one column": {"hanging": False, "across": True, "full_width": True},
    "truetype, two columns": {"columns": 2, "hanging": False, "full_width": True, "size": 9},
}


def _style(name, characters, folder):
    cid = name.startswith("cid")
    font = booklet_fonts.cid_font() if cid else booklet_fonts.truetype_font(characters, folder)
    return Style(font, **STYLES[name])


def _plain(record):
    return {name: booklet_exam.plain(value) for name, value in record.model_dump().items()}


@booklet_fonts.needs_noto
@pytest.mark.parametrize("name", STYLES)
def test_an_invented_section(name, tmp_path, read):
    style = _style(name, CHARACTERS, tmp_path)
    print_booklet(tmp_path / "98b_questions.pdf", ITEMS, style, SECTION, EXAM)
    print_sheet(tmp_path / "answers.pdf", {SECTION: KEYS}, style.font, EXAM)
    rows = read(BookletSource, tmp_path)
    assert [_plain(row) for row in rows] == [
        _plain(expected(item, row.provenance)) for item, row in zip(ITEMS, rows, strict=True)
    ]
    pages = [row.provenance.page for row in rows]
    assert pages == sorted(pages)
    assert pages[0] == 2  # after the cover
    assert {row.provenance.line for row in rows} == {None}


@booklet_fonts.needs_noto
@pytest.mark.parametrize("name", ["cid, one column", "truetype, two columns"])
def test_a_real_section(name, tmp_path, real_data):
    sections = booklet_exam.records_of(real_data / "igakuqa/data/2018")
    some = {"B": sections["B"]}
    text = "".join((r.original_text or r.text) + "".join(r.choices) for r in some["B"])
    characters = text + CHARACTERS + COVER + booklet_exam.PLATE
    booklet_exam.print_exam(tmp_path / "112", some, _style(name, characters, tmp_path), "112")
    found, bad = booklet_exam.read_exam(tmp_path / "112")
    assert (len(found), bad) == (49, [])
    assert list(booklet_exam.differences(some["B"], found)) == []


@booklet_fonts.needs_noto
def test_a_paragraph_stays_one_and_words_stay_apart(tmp_path, read):
    style = Style(booklet_fonts.cid_font())
    print_booklet(tmp_path / "98b_questions.pdf", ITEMS, style, SECTION, EXAM)
    print_sheet(tmp_path / "98_answers.pdf", {SECTION: KEYS}, style.font, EXAM)
    rows = read(BookletSource, tmp_path)
    assert rows[11].text == ITEMS[11].text  # broken over several lines and a page
    assert "dragon is brought to the clinic because of a weak flame" in rows[2].text
    assert rows[5].vignette.count("\n") == 1


def test_the_layout_is_found_by_names(tmp_path):
    style = Style(booklet_fonts.cid_font())
    print_booklet(tmp_path / "98b_questions.pdf", ITEMS, style, SECTION, EXAM)
    assert detect_layout(tmp_path) == "booklet"
    assert detect_layout(tmp_path / "98b_questions.pdf") == "booklet"
