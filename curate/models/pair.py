"""A preference pair, ready for TRL: ground truth > chosen > rejected."""

import hashlib
from enum import StrEnum
from typing import Self

from pydantic import NonNegativeInt, PositiveInt, model_validator

from curate.models.base import NonEmpty, Record, Sha256
from curate.models.question import Year


class Tier(StrEnum):
    """Where a side comes from, best first: the verified explanation, a correct sample, a wrong one."""

    GROUND_TRUTH = "ground_truth"
    CHOSEN = "chosen"
    REJECTED = "rejected"


_RANK = {tier: rank for rank, tier in enumerate(Tier)}


class Pair(Record):
    """One pair. The *columns* `chosen` and `rejected` are sides; the tiers say what stands in them.

    An index is that of the response in responses.parquet, null of a ground truth. Lengths are in tokens of the model that sampled; `audit` is the content hash that was audited.
    """

    prompt: NonEmpty
    chosen: NonEmpty
    rejected: NonEmpty
    chosen_tier: Tier
    rejected_tier: Tier
    question_id: NonEmpty
    year: Year | None = None
    chosen_sha256: Sha256
    rejected_sha256: Sha256
    chosen_index: NonNegativeInt | None = None
    rejected_index: NonNegativeInt | None = None
    prompt_tokens: PositiveInt | None = None
    chosen_tokens: PositiveInt | None = None
    rejected_tokens: PositiveInt | None = None
    audit: Sha256 | None = None

    @model_validator(mode="after")
    def _the_better_side_is_chosen(self) -> Self:
        if _RANK[self.chosen_tier] >= _RANK[self.rejected_tier]:
            raise ValueError(f"{self.chosen_tier} is not preferred over {self.rejected_tier}")
        if self.chosen == self.rejected:
            raise ValueError("chosen and rejected are the same text")
        return self

    @model_validator(mode="after")
    def _hashes_are_of_the_sides(self) -> Self:
        for text, sha256 in (
            (self.chosen, self.chosen_sha256),
            (self.rejected, self.rejected_sha256),
        ):
            if hashlib.sha256(text.encode()).hexdigest() != sha256:
                raise ValueError("a side's sha256 is not that of its text")
        return self
