"""Pair policies: which tiers are paired, how often, and what is left out; the union is their registry."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, PositiveInt

from curate.grading.flags import Flag
from curate.models import Grade, Record, Tier

TierPair = tuple[Tier, Tier]
Choice = Literal["pair", "leave_out"]


class PairPolicy(Record):
    """What all policies state.

    A question gives at most `per_tiers` pairs of each two tiers, and `per_question` in all. Sides are taken in
    an order drawn by the recipe's seed; with `lengths: nearest` each better side gets the worse one nearest to
    its length. Two sides that are alike to `near_identical` or more (share of the longer text's characters in
    common order) make no pair. `all_right` and `all_wrong` say what becomes of a question whose samples
    are all right or all wrong, `wrong_count` whether an answer of too many or too few letters is a wrong one,
    `unexplained` what becomes of a sample without the explanation that its template asks for. A sample with
    one of `flags` is left out.
    """

    tiers: ClassVar[tuple[TierPair, ...]]

    per_tiers: PositiveInt = 1
    per_question: PositiveInt | None = None
    lengths: Literal["any", "nearest"] = "any"
    near_identical: Annotated[float, Field(gt=0, le=1)] = 0.95
    all_right: Choice = "pair"
    all_wrong: Choice = "pair"
    wrong_count: Literal["leave_out", "rejected"] = "leave_out"
    unexplained: Literal["leave_out", "keep"] = "leave_out"
    flags: tuple[Flag, ...] = ()

    def tier_of(self) -> dict[str, Tier]:
        """Returns the tier of each grade that may stand in a pair."""
        tiers = {Grade.CORRECT.value: Tier.CHOSEN, Grade.INCORRECT.value: Tier.REJECTED}
        if self.wrong_count == "rejected":
            tiers[Grade.WRONG_COUNT.value] = Tier.REJECTED
        return tiers


class Hierarchy(PairPolicy):
    """Ground truth over right and wrong samples, right samples over wrong ones (arXiv 2504.18080)."""

    tiers: ClassVar[tuple[TierPair, ...]] = (
        (Tier.GROUND_TRUTH, Tier.CHOSEN),
        (Tier.GROUND_TRUTH, Tier.REJECTED),
        (Tier.CHOSEN, Tier.REJECTED),
    )
    policy: Literal["hierarchy"] = "hierarchy"


class Samples(PairPolicy):
    """Right samples over wrong ones, without the ground truth (arXiv 2404.19733)."""

    tiers: ClassVar[tuple[TierPair, ...]] = ((Tier.CHOSEN, Tier.REJECTED),)
    policy: Literal["samples"] = "samples"


class GroundTruth(PairPolicy):
    """Ground truth over samples, right or wrong."""

    tiers: ClassVar[tuple[TierPair, ...]] = Hierarchy.tiers[:2]
    policy: Literal["ground_truth"] = "ground_truth"


AnyPolicy = Annotated[Hierarchy | Samples | GroundTruth, Field(discriminator="policy")]
