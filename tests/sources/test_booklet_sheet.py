"""Answer sheets: keys in all their spellings, tables of several forms."""

import pytest
from booklet_scraps import draw

from curate.models import Exclusion
from curate.sources.booklet.sheet import PrintedKey, printed_key, read_sheet


@pytest.mark.parametrize(
    ("text", "answers", "exclusion"),
    [
        ("c", [["c"]], Exclusion.NONE),
        ("ａ、ｃ", [["a", "c"]], Exclusion.NONE),
        ("a c e", [["a", "c", "e"]], Exclusion.NONE),
        ("7.20", [["7.20"]], Exclusion.NONE),
        ("aまたはd", [["a"], ["d"]], Exclusion.SEVERAL_KEYS),
        ("a,c 又は b,d", [["a", "c"], ["b", "d"]], Exclusion.SEVERAL_KEYS),
        ("a、d（いずれも正解）", [["a"], ["d"]], Exclusion.SEVERAL_KEYS),
        ("採点除外", [], Exclusion.DROPPED),
        ("解なし", [], Exclusion.DROPPED),
        ("b 採点除外（正解した者は採点対象に含める）", [["b"]], Exclusion.COUNTED_IF_RIGHT),
    ],
)
def test_printed_keys(text, answers, exclusion):
    assert printed_key(text) == PrintedKey(answers, exclusion)


@pytest.mark.parametrize("text", ["", "a または", "？", "a1"])
def test_keys_that_are_none(text):
    assert printed_key(text).problem


@pytest.fixture
def sheet(tmp_path):
    """Reads a sheet of one drawn page."""
    return lambda *cells, name="answers.pdf": read_sheet(draw(tmp_path / name, cells), "own/s")


def _letters(sheet):
    return {place: key.answers for place, key in sheet.keys.items()}


def test_sections_side_by_side(sheet):
    cells = [(60, 760, "第98回医師国家試験正答値表"), (60, 740, "A問題"), (260, 740, "B問題")]
    for n, (one, other) in enumerate([("a", "b"), ("c", "26"), ("d,e", "1")], 1):
        y = 720 - 15 * n
        cells += [(60, y, str(n)), (100, y, one), (260, y, str(n)), (300, y, other)]
    found = sheet(*cells)
    assert found.exams == {"98"}
    assert _letters(found) == {
        ("A", 1): [["a"]], ("A", 2): [["c"]], ("A", 3): [["d", "e"]],
        ("B", 1): [["b"]], ("B", 2): [["26"]], ("B", 3): [["1"]],
    }  # fmt: skip


def test_ids_with_their_section(sheet):
    found = sheet(
        (60, 700, "A001　c"), (200, 700, "C12　a,b"), (60, 680, "A-2　e"), (60, 600, "※ 注意")
    )
    assert _letters(found) == {("A", 1): [["c"]], ("C", 12): [["a", "b"]], ("A", 2): [["e"]]}


def test_the_section_of_the_files_name(sheet):
    found = sheet(
        (60, 700, "1"), (90, 700, "c"), (60, 685, "2"), (90, 685, "d"), name="98d_answers.pdf"
    )
    assert _letters(found) == {("D", 1): [["c"]], ("D", 2): [["d"]]}


def test_numbers_without_a_section_are_told(sheet):
    found = sheet((60, 700, "1"), (90, 700, "c"), (60, 685, "2"), (90, 685, "d"))
    assert [row.error for row in found.unread] == ["page 1: a number without a section"] * 2


def test_two_answers_to_one_number(sheet):
    found = sheet((60, 700, "A1　c"), (60, 680, "A1　d"), (60, 660, "A2　e"), (60, 640, "A2　e"))
    assert found.keys["A", 1].problem == "it stands twice, with different answers"
    assert found.keys["A", 2].problem is None
