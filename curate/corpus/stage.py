"""What a stage is: frozen parameters and one pure method, or one SQL file."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Self

import polars as pl

from curate.leakage import Detector, Semantic
from curate.models import Decision, Record


@dataclass(frozen=True)
class Prepared:
    """What stages take from the recipe and the benchmarks before the first shard.

    `applies_to` names the sources that the year filter looks at (None: all of them).
    """

    max_year: int | None = None
    applies_to: frozenset[str] | None = None
    detector: Detector | None = None
    semantic: Semantic | None = None
    decisions: Sequence[Decision] = field(default_factory=tuple)


class RowStage(Record):
    """A stage that sees one shard at a time: pure, it adds columns or sets `dropped_by`, never filters."""

    def ready(self, prepared: Prepared) -> Self:  # noqa: ARG002 (most stages need nothing)
        """Returns the stage with what it needs of the run."""
        return self

    @property
    def by_row(self) -> bool:
        """Whether what becomes of a row is the same, to the last bit, whatever rows are beside it."""
        return True

    def apply(self, shard: pl.DataFrame) -> pl.DataFrame:
        """Returns the shard with the stage's columns; rows and their order stay."""
        raise NotImplementedError


class CorpusStage(Record):
    """A stage that sees all undropped rows: a statement in pipelines/sql, run by DuckDB.

    The statement reads the view `corpus` and returns `row, id, dropped_by, survivor_id, survivor_row` of the
    rows it drops (`row` is the ordinal of the input row: ids may repeat across exams).
    """

    sql: ClassVar[str]

    def parameters(self) -> dict[str, float]:
        """Returns the values of the statement's `$name`s."""
        return {}

    def keyed(self, shard: pl.DataFrame) -> pl.DataFrame:
        """Returns a shard with the columns that the statement compares, filled before it runs."""
        return shard
