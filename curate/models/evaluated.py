"""What a model answered to the items of a benchmark, and what that scores."""

from typing import Any, Literal

from pydantic import NonNegativeInt, PositiveInt

from curate.models.base import NonEmpty, Record, Sha256
from curate.models.response import Grade
from curate.models.score import Score, Share

Method = Literal["generation", "loglikelihood"]
"""How an answer is got: the model writes it, or the option whose text it finds likeliest is taken."""


class EvaluatedItem(Record):
    """One answer: a row of evaluation.parquet, unique by benchmark, item, mode, language and repeat.

    Items without a key, and those that were not asked, have no row; evaluation.json lists them. `gold`
    are the accepted answers. `strict` tells whether the published scorer counts the response as right,
    and `score` the points it earns of `points`; `answer` and `correct` are the tolerant reading,
    `answer` null where nothing could be read. `gestalt` is null where that metric does not score the
    item. `serial` is a follow-up, whose case stands with the first question; items of one case share
    `vignette_id`. `forbidden` tells whether a forbidden choice was picked, as published; null where
    nobody says which those are. `tokens` is the length of the response. By log-likelihood, `answer` is
    the option with the smallest loss, and `norm_correct` tells whether the one with the smallest loss
    per token is right.
    """

    benchmark: NonEmpty
    item_id: NonEmpty
    year: int | None = None
    section: NonEmpty
    vignette_id: NonEmpty | None = None
    mode: NonEmpty
    template: NonEmpty
    language: Literal["ja", "en"]
    repeat: NonNegativeInt = 0
    method: Method = "generation"
    seed: NonNegativeInt | None = None
    prompt_sha256: Sha256 | None = None
    gold: list[list[NonEmpty]]
    answer: list[NonEmpty] | None = None
    strict: bool
    correct: bool
    norm_correct: bool | None = None
    gestalt: bool | None = None
    grade: Grade | None = None
    finish_reason: str | None = None
    tokens: NonNegativeInt | None = None
    points: NonNegativeInt
    score: NonNegativeInt
    required: bool = False
    forbidden: bool | None = None
    has_image: bool = False
    serial: bool = False
    numeric: bool = False
    n_answers: NonNegativeInt
    category: str | None = None
    human_accuracy: float | None = None


class NotAsked(Record):
    """An item of an asked section that was not asked, and why: it counts neither as right nor as wrong.

    `tokens` and `context` say how far a prompt was too long.
    """

    item_id: NonEmpty
    section: NonEmpty
    reason: NonEmpty
    tokens: NonNegativeInt | None = None
    context: NonNegativeInt | None = None


class EvaluatedBenchmark(Record):
    """A benchmark as it was read; `asked` are the sections of which items were wanted."""

    name: NonEmpty
    sha256: Sha256
    items: NonNegativeInt
    asked: list[NonEmpty]
    notes: list[str] = []


class EvaluatedMode(Record):
    """A mode: its prompt template, and what that writes before an answer, if anything."""

    mode: NonEmpty
    language: Literal["ja", "en"]
    template: NonEmpty
    label: NonEmpty | None = None
    explained: bool
    examples: list[NonEmpty] = []


class EvaluationResult(Record):
    """The numbers of one benchmark in one mode, language and repeat.

    `score` has the form of `curate score`, of the items that were asked; it is the published number
    only where `complete`, so that every item of each section was. `low` and `high` are the 95 %
    interval of the points rate of all years (a bootstrap of cases), null of fewer than two cases.
    `grades` counts the tolerant grades. `norm_accuracy` is of log-likelihoods alone.
    """

    benchmark: NonEmpty
    mode: NonEmpty
    language: Literal["ja", "en"]
    repeat: NonNegativeInt = 0
    method: Method = "generation"
    asked: NonNegativeInt
    complete: bool
    score: Score
    low: Share | None = None
    high: Share | None = None
    norm_accuracy: Share | None = None
    grades: dict[str, NonNegativeInt] = {}
    not_asked: list[NotAsked] = []


class Evaluation(Record):
    """evaluation.json: who was asked what, how, and every number.

    `model`, `revision` and `adapter` are as the responses tell them; `sampling` the settings of the
    first repeat. `absent` are the combinations of benchmark, mode and language that were asked for and
    do not exist, with the reason.
    """

    format: Literal["evaluation/1"] = "evaluation/1"
    name: NonEmpty
    model: str | None = None
    revision: str | None = None
    adapter: str | None = None
    engine: Literal["vllm", "openai", "transformers", "recorded"]
    method: Method = "generation"
    vignettes: Literal["published", "linked"]
    repeats: PositiveInt = 1
    sampling: dict[str, Any] = {}
    benchmarks: list[EvaluatedBenchmark]
    modes: list[EvaluatedMode]
    results: list[EvaluationResult]
    absent: list[str] = []
