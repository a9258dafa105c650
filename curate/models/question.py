"""An exam question with its key, as every source is read into."""

import re
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from curate.models.base import NonEmpty, Record
from curate.models.provenance import Provenance

MAX_CHOICES = 10
LETTERS = "abcdefghij"
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")

Answer = Annotated[list[NonEmpty], Field(min_length=1, max_length=MAX_CHOICES)]
"""One accepted answer: sorted distinct letters, or exactly one number as printed ("7.20")."""

Year = Annotated[int, Field(ge=1800, le=2200)]
Small = Annotated[int, Field(ge=0, lt=1_000_000_000)]


class Exclusion(StrEnum):
    """How an item left the ordinary scoring (採点除外); a boolean cannot hold the three kinds."""

    NONE = "none"
    DROPPED = "dropped"
    SEVERAL_KEYS = "several_keys"
    COUNTED_IF_RIGHT = "counted_if_right"


class Question(Record):
    """One question. `text` is the stem alone; a serial question's case is its `vignette`.

    `answers` lists the accepted answers: `[["a","d"]]` wants both letters, `[["a"],["d"]]` either,
    `[["26"]]` a number, and `[]` stands for no answer (解なし) or no known key. Where the options are
    images, `choices` is empty, `has_image` is true and the key is kept unchecked. `flags` is what stages
    noticed and did not drop the row for, such as "suspicious.control".
    """

    kind: Literal["question"] = "question"
    id: NonEmpty
    exam: NonEmpty | None = None
    year: Year | None = None
    year_rule: str | None = None
    section: NonEmpty | None = None
    number: Small | None = None
    text: str
    original_text: str | None = None
    vignette: NonEmpty | None = None
    vignette_id: NonEmpty | None = None
    choices: Annotated[list[str], Field(max_length=MAX_CHOICES)] = []
    answers: list[Answer] = []
    points: Small | None = None
    exclusion: Exclusion = Exclusion.NONE
    required: bool = False
    has_image: bool = False
    explanation: NonEmpty | None = None
    explanation_verified: NonEmpty | None = None
    published: Year | None = None
    published_rule: str | None = None
    flags: list[NonEmpty] = []
    provenance: Provenance

    @property
    def full_text(self) -> str:
        """The text that a finding's offsets count in: printed stem, choices, explanation, vignette.

        The vignette stands there only for a follow-up: the first question's printed stem holds it.
        """
        parts = [self.original_text or self.text, *self.choices, self.explanation or ""]
        if self.vignette and not self.original_text:
            parts.append(self.vignette)
        return "\n".join(parts)

    @model_validator(mode="after")
    def _answers_fit_the_choices(self) -> Self:
        for answer in self.answers:
            _check_answer(answer, len(self.choices), self.has_image)
        if len({tuple(answer) for answer in self.answers}) < len(self.answers):
            raise ValueError("answers: the same accepted answer is listed twice")
        return self

    @model_validator(mode="after")
    def _exclusion_fits(self) -> Self:
        if self.exclusion is Exclusion.SEVERAL_KEYS and len(self.answers) <= 1:
            raise ValueError("exclusion: several_keys needs at least two accepted answers")
        if self.exclusion is Exclusion.COUNTED_IF_RIGHT and not self.required:
            raise ValueError("exclusion: counted_if_right exists only in the required part (必修)")
        return self

    @model_validator(mode="after")
    def _parts_belong_together(self) -> Self:
        if (self.vignette is None) != (self.vignette_id is None):
            raise ValueError("vignette and vignette_id go together")
        if self.explanation is None and (self.explanation_verified or self.published is not None):
            raise ValueError("explanation_verified and published need an explanation")
        return self


class Document(Record):
    """A text that is not a question: a chapter, a guideline, an article."""

    kind: Literal["document"] = "document"
    id: NonEmpty
    text: str
    published: Year | None = None
    published_rule: str | None = None
    flags: list[NonEmpty] = []
    provenance: Provenance

    @property
    def full_text(self) -> str:
        """The text that a finding's offsets count in."""
        return self.text


def _check_answer(answer: list[str], choices: int, has_image: bool) -> None:
    if len(answer) == 1 and _NUMBER.fullmatch(answer[0]):
        if choices:
            raise ValueError(
                f"answers: the number {answer[0]!r} cannot be the key of a multiple choice"
            )
        return
    if any(letter not in LETTERS or len(letter) != 1 for letter in answer):
        raise ValueError(f"answers: {answer!r} is neither letters a-j nor one number")
    if any(one >= other for one, other in pairwise(answer)):
        raise ValueError(f"answers: {answer!r} must be sorted and without repeats")
    if not choices and not has_image:
        raise ValueError(f"answers: {answer!r} has letters, but there are no choices and no image")
    if choices and LETTERS.index(answer[-1]) >= choices:
        raise ValueError(f"answers: {answer[-1]!r} is beyond the {choices} choices")
