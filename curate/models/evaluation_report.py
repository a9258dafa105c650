"""report.json of `evaluate`: the numbers, how stable they are, every item with its answers side by side."""

from typing import Literal

from pydantic import NonNegativeInt

from curate.models.base import NonEmpty, Record
from curate.models.evaluated import Evaluation
from curate.models.pairs_report import Excerpt
from curate.models.report import Redo
from curate.models.response import Grade
from curate.models.stability import Stability


class Said(Record):
    """A response as it came; a long one without `left_out` characters, after which `tail` stands."""

    text: str
    left_out: NonNegativeInt = 0
    tail: str = ""


class Again(Record):
    """What another repeat answered; `answer` is empty where nothing could be read."""

    answer: list[NonEmpty] = []
    right: bool


class ItemSide(Record):
    """One mode's answer to an item, in its first repeat.

    `right` is as published, or that the likeliest option is right; `tolerant` is the tolerant reading.
    `said` is null where the run holds no text.
    """

    mode: NonEmpty
    answer: list[NonEmpty] = []
    right: bool
    tolerant: bool
    grade: Grade | None = None
    finish_reason: str | None = None
    said: Said | None = None
    again: list[Again] = []


class ItemCard(Record):
    """An item in one language, and what every mode made of it, the baseline first.

    `strata` are its values by stratum. `leak` tells what the training corpus's audit found of it, if it did.
    """

    benchmark: NonEmpty
    language: NonEmpty
    item_id: NonEmpty
    year: int | None = None
    section: NonEmpty
    points: NonNegativeInt
    gold: list[list[NonEmpty]]
    vignette: Excerpt | None = None
    text: Excerpt | None = None
    choices: list[Excerpt] = []
    strata: dict[str, str] = {}
    leak: Literal["in_data", "dropped"] | None = None
    sides: list[ItemSide]


class EvaluationReport(Record):
    """The report of `evaluate`; its `report.html` is this and a template."""

    format: Literal["evaluation-report/1"] = "evaluation-report/1"
    evaluation: Evaluation
    stability: Stability
    items: list[ItemCard]
    redo: Redo
