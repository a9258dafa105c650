"""Few-shot examples: solved questions of the corpus, none so near to a question that it gives it away."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import polars as pl

from curate.errors import InputError
from curate.models import LETTERS
from curate.models.question import Exclusion
from curate.sampling.templates import Asking, Shots
from curate.text import normalise

COLUMNS = (
    "kind",
    "id",
    "text",
    "original_text",
    "vignette",
    "vignette_id",
    "choices",
    "answers",
    "exclusion",
    "has_image",
    "explanation",
    "flags",
)
"""What is read of a corpus' rows."""
_DOUBTED = ("suspicious.", "explanation.")
_TELLING = 4  # a shorter right option stands in any text


class Example(NamedTuple):
    """One solved question, as it is written; `said` is all of it, normalised."""

    id: str
    group: str | None
    stem: str
    choices: frozenset[str]
    said: str
    question: str
    completion: str

    def is_kin(self, question: "Asked") -> bool:
        """Whether it is the question itself, of its series, or one with the same text or options."""
        return (
            self.id == question.id
            or (self.group is not None and self.group == question.group)
            or self.stem == question.stem
            or (len(self.choices) > 1 and self.choices == question.choices)
        )

    def tells(self, question: "Asked") -> bool:
        """Whether a right option of the question stands in it."""
        return any(right in self.said for right in question.right)


class Asked(NamedTuple):
    """What examples are kept apart from: a question, normalised, and its right options."""

    id: str
    group: str | None
    stem: str
    choices: frozenset[str]
    right: tuple[str, ...]

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """Returns what matters of a row."""
        choices = [normalise(choice) for choice in row["choices"]]
        letters = {letter for answer in row["answers"] for letter in answer} if choices else set()
        right = (choices[LETTERS.index(letter)] for letter in sorted(letters))
        telling = tuple(text for text in right if len(text) >= _TELLING)
        stem = normalise(row["text"])
        return cls(row["id"], row["vignette_id"], stem, frozenset(choices), telling)


@dataclass(frozen=True)
class Examples:
    """Solved examples in the order in which they are taken.

    Those that a person gave are taken as they are; a question that is one of them is not asked.
    """

    shots: Shots
    found: Sequence[Example]
    given: bool = False

    def of(self, question: Asked) -> list[Example] | None:
        """Returns the examples for a question; None where too few are far enough from it."""
        if self.given:
            first = list(self.found[: self.shots.count])
            return None if any(one.is_kin(question) for one in first) else first
        taken: list[Example] = []
        for at in self._order(question):
            if len(taken) == self.shots.count:
                break
            one = self.found[at]
            if one.is_kin(question) or one.tells(question):
                continue
            if all(one.stem != other.stem for other in taken):
                taken.append(one)
        return taken if len(taken) == self.shots.count else None

    def _order(self, question: Asked) -> Iterator[int]:
        total = len(self.found)
        if self.shots.draw == "same":
            yield from range(total)
            return
        seen: set[int] = set()
        for draw in range(total):
            at = _draw(self.shots.seed, question.id, str(draw)) % total
            if at not in seen:
                seen.add(at)
                yield at
        yield from (at for at in range(total) if at not in seen)


def drawn_examples(rows: pl.DataFrame, template: Asking) -> Examples:
    """Returns the examples that the rows of a corpus hold, in an order drawn by the template's seed.

    An example has what the template's completion asks for, shows no image, counts in its exam, and no stage
    has flagged its text or explanation.

    Raises:
        InputError: The template asks for more examples than there are.
    """
    shots = template.shots
    if not shots.count:
        return Examples(shots, ())
    found = list(_solved(rows.filter(_fit()), template))
    found = [one for one in found if len(one.question) + len(one.completion) <= shots.max_chars]
    found.sort(key=lambda one: (_draw(shots.seed, one.id, one.stem), one.id))
    _refuse_few(shots, len({one.stem for one in found}), "the corpus has {} that can be one")
    return Examples(shots, found)


def given_examples(rows: pl.DataFrame, template: Asking) -> Examples:
    """Returns the rows as examples, in their order.

    Raises:
        InputError: There are fewer than the template asks for, or one lacks what an example shows.
    """
    found = list(_solved(rows.head(template.shots.count), template))
    kept = {one.id for one in found}
    for id_ in rows.head(template.shots.count)["id"]:
        if id_ not in kept:
            raise InputError(
                f"the example {id_} lacks what the template {template.name!r} shows of one",
                hint="An example needs an accepted answer and, where it is shown, an explanation.",
            )
    _refuse_few(template.shots, len(found), "{} are given")
    return Examples(template.shots, found, given=True)


def _fit() -> pl.Expr:
    flagged = pl.any_horizontal(
        *(
            pl.col("flags").list.eval(pl.element().str.starts_with(prefix)).list.any()
            for prefix in _DOUBTED
        )
    )
    return (
        (pl.col("kind") == "question")
        & ~pl.col("has_image")
        & (pl.col("exclusion") == Exclusion.NONE.value)
        & ~flagged
    )


def _solved(rows: pl.DataFrame, template: Asking) -> Iterator[Example]:
    """Yields the rows that have what the template shows of a solved question."""
    written = zip(template.asked(rows), template.completed(rows), strict=True)
    for row, (question, completion) in zip(rows.iter_rows(named=True), written, strict=True):
        if completion is None or not question:
            continue
        parts = (row["vignette"], row["text"], *row["choices"], row["explanation"])
        yield Example(
            id=row["id"],
            group=row["vignette_id"],
            stem=normalise(row["text"]),
            choices=frozenset(normalise(choice) for choice in row["choices"]),
            said=normalise("\n".join(part for part in parts if part)),
            question=question,
            completion=completion,
        )


def _refuse_few(shots: Shots, found: int, there: str) -> None:
    if found < shots.count:
        raise InputError(
            f"{shots.count} few-shot examples are asked for, {there.format(found)}",
            hint="Lower shots.count in the template, raise shots.max_chars, or give examples.",
        )


def _draw(seed: int, *words: str) -> int:
    digest = hashlib.sha256("\0".join((str(seed), "examples", *words)).encode()).digest()
    return int.from_bytes(digest[:8])
