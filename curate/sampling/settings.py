"""How is sampled: the settings that every engine understands, and stands with every response."""

import hashlib
from typing import Annotated, Any, Self

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveInt, model_validator

from curate.models import NonEmpty, Record
from curate.sampling.prompt import Prompt

_SEEDS = 2**31
MAX_STOPS = 16


class Sampling(Record):
    """What is asked of a model for each prompt.

    `temperature` 0 is greedy, so that one sample says it all. `seed` is the run's: each prompt is sampled
    with one of its own, `seed_of`. A `regex` forces the whole answer into a pattern.
    """

    n: Annotated[PositiveInt, Field(le=1024)] = 4
    temperature: Annotated[NonNegativeFloat, Field(le=10)] = 0.8
    top_p: Annotated[float, Field(gt=0, le=1)] = 1.0
    max_tokens: PositiveInt = 1024
    seed: NonNegativeInt = 0
    stop: Annotated[tuple[NonEmpty, ...], Field(max_length=MAX_STOPS)] = ()
    regex: NonEmpty | None = None

    def seed_of(self, prompt: Prompt) -> int:
        """Returns a prompt's own seed, of 31 bits: whatever else is sampled, and in which order."""
        digest = hashlib.sha256(f"{self.seed}\0{prompt.question_id}\0{prompt.sha256}".encode())
        return int.from_bytes(digest.digest()[:4]) % _SEEDS

    def stopping_at(self, more: tuple[str, ...]) -> "Sampling":
        """Returns the settings with the stop strings of a template added."""
        return self.model_copy(update={"stop": tuple(dict.fromkeys((*self.stop, *more)))})

    def told(self) -> dict[str, Any]:
        """Returns what stands with each response; the prompt's own seed stands beside it."""
        return self.model_dump(mode="json")

    @model_validator(mode="after")
    def _greedy_is_one_sample(self) -> Self:
        if self.temperature == 0 and self.n > 1:
            raise ValueError(f"n: {self.n} samples at temperature 0 are {self.n} times the same")
        return self
