"""Whether a model's answers stay when it is asked in another way."""

from typing import Annotated, Literal

from pydantic import Field, NonNegativeInt, PositiveInt

from curate.models.audit import AuditVerdict
from curate.models.base import NonEmpty, Record, Sha256
from curate.models.evaluated import Method
from curate.models.score import Share

Metric = Literal["published", "tolerant", "gestalt", "accuracy", "norm_accuracy"]
"""How an answer is judged: the last two by log-likelihood. They and `gestalt` count items, not points."""

P = Annotated[float, Field(ge=0, le=1)]
Signed = Annotated[float, Field(ge=-1, le=1)]


class Bounded(Record):
    """A rate, or a difference of rates, with its 95 % interval over cases; null of fewer than two cases."""

    value: Signed
    low: Signed | None = None
    high: Signed | None = None


class Noise(Record):
    """How far repeats of one mode are from each other, which no change of mode explains.

    `rates` are the points rates of the repeats, in their order. Of all pairs of repeats, `changed` is the
    mean share of items with another answer (or one unreadable), and `flipped` of items right in one alone.
    """

    seeds: list[NonNegativeInt | None]
    rates: list[Share]
    changed: Share
    flipped: Share


class ModeRow(Record):
    """One mode's answers to one benchmark in one language.

    `rates` are means over repeats, of the `scored` items. `grades` counts all responses; `unreadable` is the
    share in which no answer of the right form could be read (`no_answer`, `conflicting`, `degenerate`,
    `wrong_count`, `out_of_range`).
    """

    benchmark: NonEmpty
    language: NonEmpty
    mode: NonEmpty
    template: NonEmpty
    method: Method
    items: PositiveInt
    repeats: PositiveInt
    responses: PositiveInt
    rates: dict[Metric, Bounded]
    scored: dict[Metric, PositiveInt]
    grades: dict[str, PositiveInt]
    unreadable: Share
    truncated: Share
    refused: Share
    noise: Noise | None = None


class FlipCounts(Record):
    """What became of each item from the baseline to the mode.

    Of those wrong in both, the answer stayed (`wrong_same`), changed (`wrong_other`), or was not readable
    in one of them (`wrong_unread`). Of those right in one alone, `turned_alike` have the same answer in both:
    only its form turned. `agreement` is the share of items answered alike in both.
    """

    right_right: NonNegativeInt
    right_wrong: NonNegativeInt
    wrong_right: NonNegativeInt
    wrong_same: NonNegativeInt
    wrong_other: NonNegativeInt
    wrong_unread: NonNegativeInt
    turned_alike: NonNegativeInt
    agreement: Share

    @property
    def flipped(self) -> int:
        """How many items are right in one of the two alone."""
        return self.right_wrong + self.wrong_right


class ModePair(Record):
    """Two modes on the same items, by one metric.

    `drop` is the baseline's rate less the mode's, so what the mode costs: of points, or of items where the
    metric counts items; repeats are averaged. `flips` and `mcnemar`, the exact two-sided p value over single
    items, are of the first repeats. `p` is that of a permutation test over cases, which does not take serial
    questions for independent. `unpaired` counts the items that one of the two lacks: they are left out.
    """

    benchmark: NonEmpty
    language: NonEmpty
    baseline: NonEmpty
    mode: NonEmpty
    metric: Metric
    items: PositiveInt
    cases: PositiveInt
    unpaired: NonNegativeInt = 0
    baseline_rate: Share
    mode_rate: Share
    drop: Bounded
    p: P
    mcnemar: P
    flips: FlipCounts


class GroupDrop(Record):
    """A `ModePair` told apart by year, section or stratum; the interval is not adjusted for their number."""

    benchmark: NonEmpty
    language: NonEmpty
    baseline: NonEmpty
    mode: NonEmpty
    by: NonEmpty
    value: str
    items: PositiveInt
    baseline_rate: Share
    mode_rate: Share
    drop: Bounded
    right_wrong: NonNegativeInt
    wrong_right: NonNegativeInt


class LeakRow(Record):
    """One mode's score on the items that the training corpus's audit found, beside the items it did not find.

    `found` are contaminated or recycled: `in_data` where a row that holds the item is still in the corpus,
    `dropped` where none is. `difference` is their rate less that of the others: of other items, so that it
    may come of how hard they are.
    """

    benchmark: NonEmpty
    language: NonEmpty
    mode: NonEmpty
    metric: Metric
    found: Literal["in_data", "dropped"]
    items: PositiveInt
    rate: Bounded
    others: NonNegativeInt
    others_rate: Bounded | None = None
    difference: Bounded | None = None


class Leaks(Record):
    """What the audit of the training corpus says of the items that were asked.

    `content_sha256` names the audited rows. `unchecked` are benchmarks that it did not look for, of which it
    says nothing, and `other_files` those of which it read other files than the evaluation.
    """

    verdict: AuditVerdict
    content_sha256: Sha256
    checked: list[NonEmpty]
    unchecked: list[NonEmpty] = []
    other_files: list[NonEmpty] = []
    rows: list[LeakRow]


class Stability(Record):
    """stability.json: every mode, and each two of them over the same items.

    Intervals are 95 % percentile bootstrap intervals of `draws` draws of cases. `leaks` is null where the
    training data is not known.
    """

    format: Literal["stability/1"] = "stability/1"
    baseline: NonEmpty
    draws: PositiveInt
    seed: NonNegativeInt = 0
    modes: list[ModeRow]
    pairs: list[ModePair] = []
    groups: list[GroupDrop] = []
    leaks: Leaks | None = None
