"""Exam, section and number from the spellings of a question's id."""

import re
from typing import NamedTuple

from curate.sources.values import folded

_MEDICAL = re.compile(
    r"\(?[Kk]?(?P<exam>[0-9]{1,4})?[-_ ]?(?P<section>[A-Ia-i])[-_ ]?(?P<number>[0-9]{1,3})\)?"
)
_SIX_DIGITS = re.compile(r"(?P<exam>[0-9]{3})(?P<number>[0-9]{3})")
_LABEL = re.compile(r"第?([0-9]{1,3})回?(?:[(（].*[)）])?")
_YEAR_DIGITS = 4


class ExamId(NamedTuple):
    """What an id says: `exam` without leading zeros, or else `exam_year` ("2018A001")."""

    exam: str | None = None
    section: str | None = None
    number: int | None = None
    exam_year: int | None = None


def parse_id(found: str, label: str | None = None) -> ExamId:
    """Returns exam, section and number of a medical exam's id, in any width; None if it is none.

    Read are "111A1", "111A-1", "(111A-1)", "119A01", "k114-A001", "115-A-001", "2018A001", and
    "A001" with the exam in `label` ("第117回（2023年公表）"), which wins over an exam in the id.
    """
    match = _MEDICAL.fullmatch(folded(found))
    labelled = parse_exam(label) if label else None
    if not match:
        return ExamId(exam=labelled)
    printed = match["exam"] or ""
    is_year = len(printed) == _YEAR_DIGITS
    exam = labelled or (str(int(printed)) if printed and not is_year else None)
    exam_year = int(printed) if is_year and not exam else None
    return ExamId(exam, match["section"].upper(), int(match["number"]), exam_year)


def parse_six_digits(found: str) -> ExamId:
    """Returns exam and number of a pharmacists' id: "099001" is exam 99, number 1."""
    match = _SIX_DIGITS.fullmatch(folded(found))
    if not match:
        return ExamId()
    return ExamId(exam=str(int(match["exam"])), number=int(match["number"]))


def parse_exam(label: str) -> str:
    """Returns an exam's number ("第117回（2023年公表）" is "117"), or else the label."""
    match = _LABEL.fullmatch(folded(label))
    return str(int(match[1])) if match else label
