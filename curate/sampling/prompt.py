"""What a model is asked about a question, and what could not be asked."""

from functools import cached_property
from typing import Literal, Self

from pydantic import NonNegativeInt, model_validator

from curate.models import NonEmpty, Record
from curate.runs import json_sha256

Role = Literal["system", "user", "assistant"]


class Message(Record):
    """One turn of a chat."""

    role: Role
    content: str


class Prompt(Record):
    """The prompt of a question: `text`, or the `messages` of a chat.

    `answer_count` is how many letters its key has (None without a key), `examples` the ids of its few-shot
    examples, `tokens` its length with the model's tokenizer, where that is known. With `endings` the model is
    not asked to go on, but how likely it finds each of these texts after the prompt.
    """

    question_id: NonEmpty
    template: NonEmpty
    text: NonEmpty | None = None
    messages: tuple[Message, ...] | None = None
    answer_count: NonNegativeInt | None = None
    examples: tuple[NonEmpty, ...] = ()
    tokens: NonNegativeInt | None = None
    endings: tuple[NonEmpty, ...] = ()

    @cached_property
    def sha256(self) -> str:
        """The hash of what the model is asked, and of nothing else."""
        turns = None if self.messages is None else [dict(turn) for turn in self.messages]
        endings = {"endings": self.endings} if self.endings else {}
        return json_sha256({"messages": turns, "text": self.text, **endings})

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if (self.text is None) == (not self.messages):
            raise ValueError("a prompt is either a text or messages")
        return self


class Skipped(Record):
    """A question that was not asked, and why; `tokens` and `context` say how far a prompt was too long.

    Reasons: `prompt.image`, `prompt.no_key`, `prompt.no_text`, `prompt.no_choices`, `prompt.id_twice`,
    `prompt.is_example`, `prompt.too_long`, `recorded.none`.
    """

    question_id: NonEmpty
    reason: NonEmpty
    tokens: NonNegativeInt | None = None
    context: NonNegativeInt | None = None
