"""What a training leaves: a row of metrics a logged step, and the record that its report is made of."""

from typing import Any, Literal

from pydantic import ConfigDict, NonNegativeFloat, NonNegativeInt, PositiveInt

from curate.models.audit import Audit
from curate.models.base import NonEmpty, Record, Sha256
from curate.models.report import Redo


class MetricsRow(Record):
    """A line of metrics.jsonl: what was logged at a step, averaged since the one before.

    `dpo_loss` and `nll_loss` are the parts of `loss`, the second before its weight; null where a stage has
    no such part. Any other number is TRL's own, under TRL's name.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    step: NonNegativeInt
    epoch: NonNegativeFloat
    loss: float
    dpo_loss: float | None = None
    nll_loss: float | None = None
    learning_rate: float
    grad_norm: float | None = None


class TokenLengths(Record):
    """The lengths of what is trained on: all `tokens`; else of a row's longest side with its prompt."""

    rows: PositiveInt
    tokens: PositiveInt
    median: PositiveInt
    p95: PositiveInt
    longest: PositiveInt


class SampledWith(Record):
    """The model that sampled, as far as it is known: hashes of its weights, tokenizer and chat template."""

    engine: NonEmpty
    model: NonEmpty | None = None
    weights_sha256: Sha256 | None = None
    adapter_sha256: Sha256 | None = None
    dtype: NonEmpty | None = None
    tokenizer_sha256: Sha256 | None = None
    chat_template_sha256: Sha256 | None = None


class Probe(Record):
    """A check that a training passed, or that was waived; what it found stands in `found`."""

    probe: NonEmpty
    passed: bool
    found: NonEmpty


class TrainReport(Record):
    """The report of `train`; its `report.html` is this and a template."""

    format: Literal["train-report/1"] = "train-report/1"
    name: NonEmpty
    stage: Literal["cpt", "sft", "rpo", "dpo"]
    audit: Audit | None
    unaudited: NonEmpty | None = None
    model: NonEmpty
    adapter: NonEmpty | None = None
    trained: Literal["adapter", "model"]
    recipe: dict[str, Any]
    rows: NonNegativeInt
    dropped: NonNegativeInt
    lengths: TokenLengths
    steps: NonNegativeInt
    probes: list[Probe]
    metrics: list[MetricsRow]
    redo: Redo
