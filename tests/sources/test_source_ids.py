"""Every spelling of an id gives the same exam, section and number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.sources.ids import ExamId, parse_exam, parse_id, parse_six_digits

EXAMS = st.integers(min_value=1, max_value=199)
SECTIONS = st.sampled_from("ABCDEFGHI")
NUMBERS = st.integers(min_value=1, max_value=199)
SPELLINGS = st.sampled_from(
    [
        "{e}{s}{n}",
        "{e}{s}-{n}",
        "({e}{s}-{n})",
        "{e}{s}{n:02}",
        "k{e}-{s}{n:03}",
        "{e}-{s}-{n:03}",
        " {e:03}{s}{n} ",
    ]
)
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


@given(exam=EXAMS, section=SECTIONS, number=NUMBERS, spelling=SPELLINGS, wide=st.booleans())
def test_any_spelling_reads_back(exam, section, number, spelling, wide):
    printed = spelling.format(e=exam, s=section, n=number)
    found = parse_id(printed.translate(WIDE) if wide else printed)
    assert found == ExamId(str(exam), section, number)


@given(year=st.integers(min_value=1900, max_value=2100), section=SECTIONS, number=NUMBERS)
def test_four_digits_are_the_exam_year(year, section, number):
    assert parse_id(f"{year}{section}{number:03}") == ExamId(None, section, number, year)


@given(exam=EXAMS, number=NUMBERS)
def test_six_digits_read_back(exam, number):
    assert parse_six_digits(f"{exam:03}{number:03}") == ExamId(str(exam), None, number)


def test_label_gives_the_exam():
    assert parse_id("A001", "第117回（2023年公表）") == ExamId("117", "A", 1)


@pytest.mark.parametrize("found", ["", "A", "Q-17", "12345A1", "112J1", "112A1234", "112A1 112A2"])
def test_what_is_no_id_says_nothing(found):
    assert parse_id(found) == ExamId()
    assert parse_six_digits(found) == ExamId()


@pytest.mark.parametrize(
    ("label", "exam"), [("117", "117"), ("099", "99"), ("第１１７回", "117"), ("模試", "模試")]
)
def test_exam_labels(label, exam):
    assert parse_exam(label) == exam
