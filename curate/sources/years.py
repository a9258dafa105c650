"""The rules that give a question its year and an explanation its year of publication."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Annotated, Literal, NamedTuple

from pydantic import BeforeValidator

from curate.models import NonEmpty, Record
from curate.sources.values import Cells, folded, wrong

FIRST_YEAR, LAST_YEAR = 1800, 2200
_SHOWN = 40
_YEAR = re.compile(r"[0-9]{4}")
_DATE = re.compile(
    r"([0-9]{4})(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01])([T ][0-9:.,Z+-]*)?)?)?", re.IGNORECASE
)


class ExamPlus(Record):
    """The year is the exam's number plus this: 1906 for physicians, 1915 for pharmacists."""

    exam_plus: int


class FieldRule(Record):
    """The year stands in a column."""

    field: NonEmpty


def _named(value: object) -> object:
    return {"field": value} if isinstance(value, str) and value not in _WORDS else value


_WORDS = ("exam_year", "unknown", "field_or_exam_year")
YearRule = ExamPlus | FieldRule
Published = Annotated[
    Literal["exam_year", "unknown", "field_or_exam_year"] | FieldRule, BeforeValidator(_named)
]
"""How an explanation's year is known; a plain name other than these words is a column's.

`field_or_exam_year`: the row's `published` where it has one, else the exam's year, recorded as assumed.
"""


class Dated(NamedTuple):
    """A year, or none, and the rule that gave it or says why there is none."""

    year: int | None
    rule: str


def question_year(rule: YearRule, exam: str | None, cells: Cells) -> Dated:
    """Returns the year of a question by the source's rule."""
    if isinstance(rule, FieldRule):
        return field_year(rule.field, cells)
    name = f"exam{rule.exam_plus:+d}"
    if exam is None:
        return Dated(None, f"{name}: no exam number")
    if not (exam.isascii() and exam.isdigit() and len(exam) <= 4):  # noqa: PLR2004
        return Dated(None, f"{name}: {_shown(exam)} is not an exam number")
    return _in_range(int(exam) + rule.exam_plus, name)


def published_year(rule: Published, exam: Dated, cells: Cells) -> Dated:
    """Returns the year in which an explanation was published, by the source's rule."""
    if isinstance(rule, FieldRule):
        return field_date(rule.field, cells)
    if rule == "unknown":
        return Dated(None, "unknown")
    if rule == "field_or_exam_year" and cells.get("published") is not None:
        return field_date("published", cells)
    if exam.year is None:
        return Dated(None, "exam_year: the exam has no year")
    return Dated(exam.year, "exam_year (assumed)")


def field_year(field: str, cells: Cells) -> Dated:
    """Returns the year in a column: a whole number or a text of four digits."""
    return _from_field(field, cells, _four_digits)


def field_date(field: str, cells: Cells) -> Dated:
    """Returns the year in a column, also that of an ISO date."""
    return _from_field(field, cells, _iso_date)


def _from_field(field: str, cells: Cells, parse: Callable[[str], int | None]) -> Dated:
    """Raises ValueError for a type that can hold no year; a text that is none is no year."""
    name, value = f"field:{field}", cells.get(field)
    if value is None:
        return Dated(None, f"{name}: no value")
    if isinstance(value, dt.date):
        return _in_range(value.year, name)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise wrong(field, "a year", value)
    if isinstance(value, str):
        year = parse(folded(value))
    else:
        year = int(value) if isinstance(value, int) or value.is_integer() else None
    if year is None:
        return Dated(None, f"{name}: {_shown(value)} is not a year")
    return _in_range(year, name)


def _four_digits(text: str) -> int | None:
    return int(text) if _YEAR.fullmatch(text) else None


def _iso_date(text: str) -> int | None:
    match = _DATE.fullmatch(text)
    return int(match[1]) if match else None


def _in_range(year: int, name: str) -> Dated:
    if FIRST_YEAR <= year <= LAST_YEAR:
        return Dated(year, name)
    return Dated(None, f"{name}: {_shown(year)} is not a year")


def _shown(value: float | str) -> str:
    return repr(value[:_SHOWN]) if isinstance(value, str) else str(value)[:_SHOWN]
