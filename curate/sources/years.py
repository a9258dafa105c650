"""The rules that give a question its year and an explanation its year of publication."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Annotated, Literal, NamedTuple

from pydantic import BeforeValidator

from curate.models import NonEmpty, Record
from curate.models.question import Year
from curate.sources.eras import path_year, written_year
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


class FixedYear(Record):
    """Every row has this year."""

    year: Year


def _named(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        return {"year": value}
    return {"field": value} if isinstance(value, str) and value not in PUBLISHED_WORDS else value


PUBLISHED_WORDS = ("exam_year", "unknown", "field_or_exam_year", "file_name")
YearRule = ExamPlus | FieldRule | FixedYear
Published = Annotated[
    Literal["exam_year", "unknown", "field_or_exam_year", "file_name"] | FieldRule | FixedYear,
    BeforeValidator(_named),
]
"""How an explanation's year is known; another name is a column's, a plain number the year of all.

`field_or_exam_year`: the row's `published` where it has one, else the exam's year, recorded as assumed.
`file_name`: the year in the file's name, or else in the nearest folder of its path in the source.
"""


class Dated(NamedTuple):
    """A year, or none, and the rule that gave it or says why there is none."""

    year: int | None
    rule: str


def question_year(rule: YearRule, exam: str | None, cells: Cells) -> Dated:
    """Returns the year of a question by the source's rule."""
    if isinstance(rule, FieldRule):
        return field_year(rule.field, cells)
    if isinstance(rule, FixedYear):
        return _fixed(rule)
    name = f"exam{rule.exam_plus:+d}"
    if exam is None:
        return Dated(None, f"{name}: no exam number")
    if not (exam.isascii() and exam.isdigit() and len(exam) <= 4):  # noqa: PLR2004
        return Dated(None, f"{name}: {_shown(exam)} is not an exam number")
    return _in_range(int(exam) + rule.exam_plus, name)


def published_year(rule: Published, exam: Dated, cells: Cells, path: str) -> Dated:
    """Returns the year in which an explanation was published, by the source's rule."""
    if rule == "exam_year" or (rule == "field_or_exam_year" and cells.get("published") is None):
        if exam.year is None:
            return Dated(None, "exam_year: the exam has no year")
        return Dated(exam.year, "exam_year (assumed)")
    if rule == "field_or_exam_year":
        rule = FieldRule(field="published")
    return dated_by(rule, cells, path)


def dated_by(rule: str | FieldRule | FixedYear, cells: Cells, path: str) -> Dated:
    """Returns the year by a rule that needs no exam; `path` is the file's within its source."""
    if isinstance(rule, FieldRule):
        return field_date(rule.field, cells)
    if isinstance(rule, FixedYear):
        return _fixed(rule)
    return _file_year(path) if rule == "file_name" else Dated(None, "unknown")


def _fixed(rule: FixedYear) -> Dated:
    """Returns the year that the recipe gives to every row."""
    return Dated(rule.year, "fixed")


def _file_year(path: str) -> Dated:
    """Returns the year in the file's name, or else in the nearest folder of its path in the source.

    Raises ValueError for a name with several years or an impossible one.
    """
    try:
        year = path_year(path)
    except ValueError as exc:
        raise ValueError(f"file name: {exc}") from exc
    return Dated(year, "file_name") if year else Dated(None, "file_name: no year")


def field_year(field: str, cells: Cells) -> Dated:
    """Returns the year in a column: a whole number, a text of four digits, a Japanese year (平成29年)."""
    return _from_field(field, cells, _four_digits)


def field_date(field: str, cells: Cells) -> Dated:
    """Returns the year in a column, also that of an ISO date."""
    return _from_field(field, cells, _iso_date)


def _from_field(field: str, cells: Cells, parse: Callable[[str], int | None]) -> Dated:
    """Returns the year that `parse` or else the Japanese way of writing years finds in a column.

    Raises ValueError for a type that can hold no year, and for a year that cannot be or may be two; a
    text that is no year is none.
    """
    name, value = f"field:{field}", cells.get(field)
    if value is None:
        return Dated(None, f"{name}: no value")
    if isinstance(value, dt.date):
        return _in_range(value.year, name)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise wrong(field, "a year", value)
    if isinstance(value, str):
        year = parse(folded(value)) or _japanese(field, value)
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


def _japanese(field: str, value: str) -> int | None:
    try:
        return written_year(value)
    except ValueError as exc:
        raise ValueError(f"{field}: {exc}") from exc


def _in_range(year: int, name: str) -> Dated:
    if FIRST_YEAR <= year <= LAST_YEAR:
        return Dated(year, name)
    return Dated(None, f"{name}: {_shown(year)} is not a year")


def _shown(value: float | str) -> str:
    return repr(value[:_SHOWN]) if isinstance(value, str) else str(value)[:_SHOWN]
