"""What an engine is: a frozen configuration that opens a sampler."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, ClassVar, Protocol, runtime_checkable

from pydantic import PositiveInt

from curate.models import Record, Response
from curate.sampling.prompt import Message, Prompt, Skipped
from curate.sampling.settings import Sampling

Answers = Sequence[Response] | Skipped
"""What became of one prompt."""


@runtime_checkable
class Tokenizer(Protocol):
    """The tokenizer of a model."""

    def encode(self, text: str) -> list[int]:
        """Returns the tokens of a text, without those that a model wants before and after one."""

    def ids(self, prompt: Prompt) -> list[int]:
        """Returns the tokens that the model is given, those that it wants before a text among them."""

    def count(self, prompt: Prompt) -> int:
        """Returns how many tokens the model is given."""

    def chat(self, messages: Iterable[Message]) -> str:
        """Returns a chat as text up to where the model answers, by the tokenizer's chat template.

        Raises:
            InputError: The tokenizer has no chat template, or it refuses the messages.
        """


@runtime_checkable
class Sampler(Protocol):
    """A model, ready to be asked."""

    @property
    def tokenizer(self) -> Tokenizer | None:
        """The model's tokenizer; None where it is not known."""

    @property
    def context(self) -> int | None:
        """How many tokens prompt and answer may have together; None where it is not known."""

    def sample(self, prompts: Iterable[Prompt], sampling: Sampling) -> Iterator[Answers]:
        """Yields, for each prompt in turn, its `n` responses by `index`.

        A prompt that turns out to be too long for the model is Skipped, never cut.
        """


@runtime_checkable
class Scorer(Sampler, Protocol):
    """A model that tells how likely it finds a text."""

    def losses(self, prompts: Iterable[Prompt]) -> Iterator[Answers]:
        """Yields, for each prompt in turn, its endings as responses with their `loss` and `tokens`.

        A prompt that is too long for the model with one of its endings is Skipped, never cut.
        """


class Engine(Record):
    """What samples. `shard` prompts are sampled, and stored, together."""

    alone: ClassVar[bool] = False
    """Whether a prompt is sampled without regard to its neighbours, so that half a shard may be kept."""

    shard: PositiveInt = 256

    def state(self) -> dict[str, Any]:
        """Returns what identifies the model, for a run's fingerprint; the model is not loaded.

        Raises:
            InputError: There is no such model, or it is none that may be loaded.
        """
        raise NotImplementedError

    def open(self) -> AbstractContextManager[Sampler]:
        """Returns the sampler, open while the block runs.

        Raises:
            SetupError: What the engine needs is not installed, or does not answer.
            InputError: There is no such model, or it is none that may be loaded.
        """
        raise NotImplementedError
