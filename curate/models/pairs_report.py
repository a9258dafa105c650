"""report.json of `make-pairs`: what was sampled, how it was graded, what became pairs and what did not."""

from typing import Annotated, Literal

from pydantic import Field, NonNegativeInt, PositiveInt

from curate.models.audit import Audit
from curate.models.base import NonEmpty, Record
from curate.models.pair import Tier
from curate.models.pair_ledger import PairLedger
from curate.models.report import Redo
from curate.models.response import Grade

Share = Annotated[float, Field(ge=0, le=1)]
Signed = Annotated[float, Field(ge=-1, le=1)]
Length = Annotated[float, Field(ge=0)]


class Estimate(Record):
    """A share or a mean of shares with its 95 % Wilson interval; `of` is what it was counted over."""

    value: Share
    low: Share
    high: Share
    of: PositiveInt


class SampledBy(Record):
    """Who answered, and to which template; `samples` is how many a question were asked for."""

    engine: NonEmpty
    models: list[NonEmpty] = []
    revision: str | None = None
    template: NonEmpty | None = None
    samples: PositiveInt | None = None


class Lengths(Record):
    """The distribution of the lengths of texts."""

    unit: Literal["characters", "tokens"]
    texts: PositiveInt
    mean: Length
    p5: Length
    p25: Length
    median: Length
    p75: Length
    p95: Length
    longest: NonNegativeInt


class Distinct(Record):
    """How many of a sample's n-grams of characters are different ones."""

    n: PositiveInt
    share: Share


class TierRow(Record):
    """The different texts of one tier that stand in pairs.

    `histogram` counts their lengths in characters between the report's `edges`; what is longer than the last
    edge is in the last count. `distinct` is taken from as many characters of every tier.
    """

    tier: Tier
    texts: PositiveInt
    questions: PositiveInt
    preferred: NonNegativeInt
    dispreferred: NonNegativeInt
    characters: Lengths
    tokens: Lengths | None = None
    histogram: list[NonNegativeInt]
    distinct: list[Distinct] = []


class LengthGap(Record):
    """How much longer the preferred sides are.

    `delta` is Cliff's delta within pairs: the share of pairs with the longer side preferred less the share
    with the shorter one, every question counting once. `low` and `high`: its 95 % interval over questions.
    """

    unit: Literal["characters", "tokens"]
    median: float
    longer: NonNegativeInt
    equal: NonNegativeInt
    shorter: NonNegativeInt
    delta: Signed
    low: Signed
    high: Signed


class PairKind(Record):
    """The pairs of two tiers."""

    chosen_tier: Tier
    rejected_tier: Tier
    pairs: PositiveInt
    questions: PositiveInt
    gap: LengthGap


class GradeRow(Record):
    """The responses of one grade (`null`: no key), and how many the strict grade calls right."""

    grade: Grade | None
    responses: PositiveInt
    questions: PositiveInt
    in_pairs: NonNegativeInt
    strict_right: NonNegativeInt
    median_characters: Length


class PatternRow(Record):
    """The responses whose answer one pattern of the grader read."""

    pattern: NonEmpty
    responses: PositiveInt
    correct: NonNegativeInt


class FlagRow(Record):
    """The responses with a flag, by grade."""

    flag: NonEmpty
    responses: PositiveInt
    correct: NonNegativeInt
    incorrect: NonNegativeInt


class OutcomeRow(Record):
    """The questions with so many right and so many wrong samples; the rest of their samples is neither."""

    right: NonNegativeInt
    wrong: NonNegativeInt
    questions: PositiveInt
    paired: NonNegativeInt


class PassRow(Record):
    """pass@k: the chance that of k samples at least one is right, over questions with k samples or more."""

    k: PositiveInt
    rate: Estimate


class VoteRow(Record):
    """Questions whose commonest answer has a share in (low, high] of the samples; all agree: both are 1."""

    low: Share
    high: Share
    questions: PositiveInt
    right: NonNegativeInt


class Votes(Record):
    """The commonest answer of each question; a tie goes to the smaller answer."""

    mean_share: Share
    right: Estimate
    rows: list[VoteRow]


class HumanRow(Record):
    """The questions whose human accuracy is in (low, high], or from 0 on, and both means."""

    low: Share
    high: Share
    questions: PositiveInt
    human: Share
    passed: Share


class HumanComparison(Record):
    """Pass rate against human accuracy: Spearman's rank correlation, null where it is not defined."""

    questions: PositiveInt
    correlation: Signed | None
    rows: list[HumanRow]


class Excerpt(Record):
    """The beginning of a text, and how many characters follow."""

    text: str
    left_out: NonNegativeInt = 0


class ExampleSample(Record):
    """One response to an example's question; `tier` where it stands in a pair."""

    index: NonNegativeInt
    grade: Grade | None
    tier: Tier | None = None
    answer: list[str] = []
    pattern: str | None = None
    strict: bool | None = None
    flags: list[str] = []
    finish_reason: str | None = None
    text: Excerpt


class Example(Record):
    """A question beside its ground truth and one sample of every grade that it got."""

    question_id: NonEmpty
    year: int | None = None
    vignette: Excerpt | None = None
    text: Excerpt
    choices: list[Excerpt] = []
    answers: list[list[str]] = []
    explanation: Excerpt | None = None
    verified: str | None = None
    grades: dict[str, PositiveInt]
    pairs: NonNegativeInt
    samples: Annotated[list[ExampleSample], Field(min_length=1)]


class PairsReport(Record):
    """The report of `make-pairs`; its `report.html` is this and a template."""

    format: Literal["pairs-report/1"] = "pairs-report/1"
    name: NonEmpty
    audit: Audit
    sampled: SampledBy
    policy: NonEmpty
    questions: NonNegativeInt
    answered: NonNegativeInt
    responses: NonNegativeInt
    pairs: NonNegativeInt
    paired: NonNegativeInt
    edges: list[NonNegativeInt] = []
    distinct_characters: NonNegativeInt = 0
    tiers: list[TierRow]
    kinds: list[PairKind]
    grades: list[GradeRow]
    patterns: list[PatternRow]
    flags: list[FlagRow]
    outcomes: list[OutcomeRow]
    passes: list[PassRow]
    votes: Votes | None = None
    human: HumanComparison | None = None
    ledger: PairLedger
    examples: list[Example]
    redo: Redo
