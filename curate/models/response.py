"""A model's sampled answer to a question, and its grade."""

from enum import StrEnum
from typing import Any, Literal, Self

from pydantic import NonNegativeInt, model_validator

from curate.models.base import NonEmpty, Record, Sha256


class Grade(StrEnum):
    """What a response is worth; only `correct` and `incorrect` enter pairs unasked."""

    CORRECT = "correct"
    INCORRECT = "incorrect"
    NO_ANSWER = "no_answer"
    TRUNCATED = "truncated"
    REFUSED = "refused"
    WRONG_COUNT = "wrong_count"
    OUT_OF_RANGE = "out_of_range"
    CONFLICTING = "conflicting"
    DEGENERATE = "degenerate"


class Response(Record):
    """One sample, stored as it came; what follows `finish_reason` was read from its text.

    `grade` is the tolerant grade and `pattern` the reading that it stands on; `strict` tells whether the
    published scorer counts the same text as right. All three are None where the text was not graded; a
    question without a key has a `pattern` and an `answer`, but neither grade. `tokens` is the length of the
    text. `loss` is there where a model was not asked to write the text but how likely it finds it: the
    negative log-likelihood of all its tokens, in nats, and then `index` is the option's place.
    """

    question_id: NonEmpty
    prompt_sha256: Sha256 | None = None
    model: str | None = None
    revision: str | None = None
    engine: Literal["vllm", "openai", "transformers", "recorded"]
    sampling: dict[str, Any] = {}
    seed: int | None = None
    index: NonNegativeInt = 0
    text: str
    finish_reason: str | None = None
    tokens: NonNegativeInt | None = None
    loss: float | None = None
    explanation: str | None = None
    answer: list[NonEmpty] | None = None
    grade: Grade | None = None
    strict: bool | None = None
    pattern: NonEmpty | None = None
    flags: list[NonEmpty] = []

    @model_validator(mode="after")
    def _a_right_answer_is_an_answer(self) -> Self:
        if self.grade in (Grade.CORRECT, Grade.INCORRECT) and not self.answer:
            raise ValueError(f"grade: {self.grade} needs an answer")
        return self
