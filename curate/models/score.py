"""What recorded predictions score on an exam."""

from typing import Annotated, Literal

from pydantic import Field, NonNegativeInt

from curate.models.base import NonEmpty, Record

Share = Annotated[float, Field(ge=0, le=1)]


class Tally(Record):
    """What a set of items scored.

    `score` and `total` are points, `correct` and `count` items; `accuracy` is correct / count and
    `points_rate` score / total, null of nothing. `required` and `general` are the points earned in each part.
    `kinki` counts the items of which a forbidden choice was picked, null where nobody says which those are.
    `passed` is told of a whole year with pass marks, and null of anything else.
    """

    score: NonNegativeInt
    total: NonNegativeInt
    correct: NonNegativeInt
    count: NonNegativeInt
    accuracy: Share | None
    points_rate: Share | None
    required: NonNegativeInt
    general: NonNegativeInt
    kinki: NonNegativeInt | None
    passed: bool | None = None


class Scores(Record):
    """One metric's tallies, by year and of all years together."""

    years: dict[str, Tally]
    pooled: Tally


class Stratum(Tally):
    """The items that are alike in one respect: of `stratum` they have `value`.

    `low` and `high` are the 95 % Wilson interval of the accuracy.
    """

    stratum: NonEmpty
    value: str
    low: Share
    high: Share


class Score(Record):
    """What `curate score --format json` prints.

    Years, sections ("112-A") and strata are as published; `metrics` has the other metrics of the same
    predictions. `absent` are the years and sections of which there is no prediction.
    """

    benchmark: NonEmpty
    metric: Literal["published"] = "published"
    years: dict[str, Tally]
    pooled: Tally
    sections: dict[str, Tally]
    metrics: dict[Literal["tolerant", "gestalt"], Scores]
    strata: list[Stratum]
    absent: list[str]
