"""ledger.json and quarantine.jsonl: what became of every row."""

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, NonNegativeInt, model_validator

from curate.models.base import NonEmpty, Record

RAW_LIMIT = 2000


class StageCount(Record):
    """One stage's rows and characters; `in` and `out` in JSON.

    `clusters` counts the groups of which one row survived, by how many rows they had with it; `flags` counts
    the rows that the stage flagged and let through or dropped.
    """

    model_config = ConfigDict(
        validate_by_name=True, validate_by_alias=True, serialize_by_alias=True
    )

    stage: NonEmpty
    rows_in: Annotated[NonNegativeInt, Field(alias="in")]
    rows_out: Annotated[NonNegativeInt, Field(alias="out")]
    dropped: dict[str, NonNegativeInt] = {}
    clusters: dict[str, NonNegativeInt] = {}
    flags: dict[str, NonNegativeInt] = {}
    chars_in: NonNegativeInt
    chars_out: NonNegativeInt


class Ledger(Record):
    """rows in = kept + dropped + quarantined, or it is no ledger."""

    format: Literal["ledger/1"] = "ledger/1"
    rows_in: NonNegativeInt
    kept: NonNegativeInt
    dropped: NonNegativeInt
    quarantined: NonNegativeInt
    stages: list[StageCount] = []

    @model_validator(mode="after")
    def _nothing_is_lost(self) -> Self:
        if self.rows_in != self.kept + self.dropped + self.quarantined:
            raise ValueError("rows in must be kept + dropped + quarantined")
        return self


class Quarantined(Record):
    """One unreadable row: where it stands, what is wrong, and its first 2,000 characters."""

    file: NonEmpty
    line: NonNegativeInt
    error: NonEmpty
    raw: Annotated[str, Field(max_length=RAW_LIMIT)]
