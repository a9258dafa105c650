"""Judges every prediction by each metric, once for every item of each section that occurs."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from curate.errors import InputError
from curate.evaluation import gestalt
from curate.evaluation.items import Item, Items
from curate.evaluation.predictions import Prediction
from curate.grading import Graded, Grader, strict_answer
from curate.models import Grade

PUBLISHED: Final = "published"
TOLERANT: Final = "tolerant"
GESTALT: Final = "gestalt"
_SHOWN = 5
_ID = 40


class Judged(NamedTuple):
    """One prediction by one metric; `forbidden` tells whether a forbidden choice was picked, if known."""

    right: bool
    letters: tuple[str, ...]
    forbidden: bool | None


class Verdicts(NamedTuple):
    """One prediction by every metric that scores its item, and how it was read."""

    by_metric: dict[str, Judged]
    graded: Graded

    @property
    def grade(self) -> Grade | None:
        """The tolerant grade."""
        return self.graded.grade


@dataclass
class _Seen:
    """Where the predictions stand, to tell what is missing, too many, or of another exam."""

    places: dict[str, str] = field(default_factory=dict)
    twice: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    where: str = ""

    def is_first(self, one: Prediction, items: Items) -> bool:
        """Notes the prediction, and tells whether it is the first one of an item."""
        id_ = one.question_id
        if id_ not in items.by_id:
            self.unknown.append(_quoted(id_))
            self.where = self.where or one.place
        elif id_ in self.places:
            self.where = self.where or one.place
            self.twice.append(f"{_quoted(id_)} in {one.place} and {self.places[id_]}")
        else:
            self.places[id_] = one.place
            return True
        return False


def judge_all(
    predictions: Iterable[Prediction],
    items: Items,
    label: str | None = None,
    excused: Collection[str] = (),
) -> dict[str, Verdicts]:
    """Returns what every metric makes of the predictions, by item id.

    `label` is what the prompt's template writes before the answer, if it asks for more than that; the
    items `excused` were not asked, and may be missing.

    Raises:
        InputError: A section that occurs lacks an item, has one twice, or has one of another exam.
    """
    seen = _Seen()
    found = {
        one.question_id: _verdicts(items.by_id[one.question_id], one, label)
        for one in predictions
        if seen.is_first(one, items)
    }
    _refuse_strangers(seen, items)
    _refuse_twice(seen)
    _refuse_missing(seen, items, excused)
    return found


def _verdicts(item: Item, one: Prediction, label: str | None) -> Verdicts:
    graded = Grader(item.question, label).grade(one.text, one.finish_reason)
    by_metric: dict[str, Judged] = {}
    if item.is_scored:
        published = strict_answer(one.text, label)
        by_metric[PUBLISHED] = _judged(item, published, right=bool(graded.strict))
        right = graded.grade is Grade.CORRECT
        by_metric[TOLERANT] = _judged(item, graded.answer, right=right)
        if gestalt.is_eligible(item.question):
            letters = gestalt.picked(item.question, one.text)
            right = gestalt.is_right(item.question, letters)
            by_metric[GESTALT] = _judged(item, tuple(letters), right=right)
    return Verdicts(by_metric, graded)


def _judged(item: Item, letters: tuple[str, ...], *, right: bool) -> Judged:
    forbidden = None if item.told is None else not item.told.forbidden.isdisjoint(letters)
    return Judged(right, letters, forbidden)


def _refuse_strangers(seen: _Seen, items: Items) -> None:
    if seen.unknown:
        years = sorted({i.question.year for i in items.by_id.values() if i.question.year})
        of = " ".join([items.name, "-".join(map(str, sorted({*years[:1], *years[-1:]})))]).strip()
        raise InputError(
            f"not an item of {of}: {_some(seen.unknown)}",
            where=seen.where,
            hint="Check the exam that was answered, --benchmark and --years.",
        )


def _refuse_twice(seen: _Seen) -> None:
    if seen.twice:
        raise InputError(
            f"predicted more than once: {_some(seen.twice)}",
            where=seen.where,
            hint="Give one model's predictions, and one sample of each.",
        )


def _refuse_missing(seen: _Seen, items: Items, excused: Collection[str]) -> None:
    told, where = [], ""
    for section, some in items.sections.items():
        due = [item.question.id for item in some if item.question.id not in excused]
        missing = [_quoted(id_) for id_ in due if id_ not in seen.places]
        if missing and len(missing) < len(due):
            told.append(f"{section} lacks {len(missing)} of {len(some)}: {_some(missing)}")
            where = where or _place_of(some, seen.places)
    if told:
        raise InputError(
            f"no prediction of some items: {_some(told)}",
            where=where,
            hint="A section is scored whole; leave out all of it, or predict what is missing.",
        )


def _place_of(some: Sequence[Item], places: Mapping[str, str]) -> str:
    """Returns the file and line of the section's last prediction."""
    return [places[one.question.id] for one in some if one.question.id in places][-1]


def _some(told: Sequence[str]) -> str:
    more = f" and {len(told) - _SHOWN:,} more" if len(told) > _SHOWN else ""
    return ", ".join(told[:_SHOWN]) + more


def _quoted(id_: str) -> str:
    return repr(id_[:_ID])
