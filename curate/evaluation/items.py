"""The items that are scored: a benchmark's questions with what is told of them, found by their ids."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from curate.errors import InputError
from curate.evaluation.marks import BenchmarkMarks
from curate.evaluation.metadata import Metadata
from curate.models import Exclusion, Question

_UNKNOWN = Metadata(None, frozenset(), None)
_BIN = 20
_BINS = 5


class Item(NamedTuple):
    """A question; `section` names its section among all ("112-A"), `told` is None where nothing is told."""

    question: Question
    section: str
    points: int
    told: Metadata | None

    @property
    def is_scored(self) -> bool:
        """Whether there is a key, and the item was not dropped from the exam."""
        question = self.question
        return bool(question.answers) and question.exclusion is not Exclusion.DROPPED

    @property
    def cluster(self) -> tuple[str | None, str]:
        """What serial questions about one case share."""
        question = self.question
        return question.exam, question.vignette_id or question.id

    @property
    def follows(self) -> bool:
        """Whether it is a later question about a case, which is printed with the first one."""
        question = self.question
        return question.vignette_id not in (None, question.id) and question.original_text is None

    @property
    def is_numeric(self) -> bool:
        """Whether its key is a number."""
        key = self.question.answers[0] if self.question.answers else []
        return "".join(key[:1]).replace(".", "").isdigit()

    def strata(self) -> dict[str, str]:
        """Returns the item's value in every respect in which scores are told apart."""
        question, told = self.question, self.told or _UNKNOWN
        key = question.answers[0] if question.answers else []
        return {
            "image": _yes(question.has_image),
            "serial_without_vignette": _yes(self.follows),
            "numeric": _yes(self.is_numeric),
            "answers": str(len(key)),
            "category": told.category or "unknown",
            "human_accuracy": human_bin(told.human_accuracy),
        }


@dataclass(frozen=True)
class Items:
    """All items of a benchmark, by id."""

    name: str
    by_id: Mapping[str, Item]
    absent_years: Sequence[int] = ()
    marks: BenchmarkMarks | None = None

    @cached_property
    def sections(self) -> dict[str, list[Item]]:
        """The items of every section, in their order."""
        found: dict[str, list[Item]] = {}
        for item in self.by_id.values():
            found.setdefault(item.section, []).append(item)
        return found


def items_of(
    name: str,
    questions: Sequence[Question],
    told: Mapping[str, Metadata],
    marks: BenchmarkMarks | None,
    absent_years: Sequence[int] = (),
) -> Items:
    """Returns the items of a benchmark, all of it or of some years.

    Raises:
        InputError: Two exams use one id, points are lacking, or those of a year do not add up.
    """
    worth = any(question.points is not None for question in questions)
    items: dict[str, Item] = {}
    for question in questions:
        if question.id in items:
            raise InputError(
                f"two exams have an item {question.id!r}, and a prediction does not tell which",
                where=_place(question),
            )
        points = question.points if worth else 1
        if points is None:
            raise InputError("points: missing, and other items have them", where=_place(question))
        items[question.id] = Item(question, _section(name, question), points, told.get(question.id))
    if worth and marks:
        _check_points(name, items, marks)
    return Items(name, items, absent_years, marks)


def _check_points(name: str, items: Mapping[str, Item], marks: BenchmarkMarks) -> None:
    totals: dict[int, int] = {}
    for item in items.values():
        if item.question.year is not None:
            totals[item.question.year] = totals.get(item.question.year, 0) + item.points
    for year, total in totals.items():
        if year in marks.years and total != marks.years[year].points:
            raise InputError(
                f"the points of {year} add up to {total}, expected {marks.years[year].points}",
                where=name,
                hint=f"`curate fetch {name}` gets the files as they were published.",
            )


def _section(name: str, question: Question) -> str:
    parts = [part for part in (question.exam, question.section) if part]
    return "-".join(parts) or str(question.year or name)


def _place(question: Question) -> str:
    place = question.provenance
    return f"{place.source}/{place.path}:{place.line}"


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "no"


def human_bin(percent: float | None) -> str:
    """Returns the range of twenty percent that a share of people who were right is in."""
    if percent is None:
        return "unknown"
    low = min(int(percent // _BIN), _BINS - 1) * _BIN
    return f"{low}-{low + _BIN}"
