"""Several evaluations side by side, in the forms of the papers' tables."""

from typing import Annotated, Literal

from pydantic import Field, NonNegativeInt, PositiveInt

from curate.models.base import NonEmpty, Record, Sha256
from curate.models.stability import Bounded, FlipCounts, LeakRow, Metric, P

TableKind = Literal["modes", "benchmarks", "languages"]
"""What the columns are: modes of one benchmark, benchmarks with their mean, or languages of one benchmark."""


class ComparedColumn(Record):
    """A column; `benchmark` is null of the mean of all the others, `mode` of whatever mode there was."""

    benchmark: NonEmpty | None
    language: NonEmpty
    mode: NonEmpty | None


class Versus(Record):
    """A run's answers beside those of the baseline run, on the items of both.

    `difference` is the run's rate less the baseline's. `p` is of a permutation test over cases, and `holm`
    the same adjusted for all tests of its table; `mcnemar` is exact, over items, of the first repeats.
    `unpaired` counts the items of one run alone. `flips` goes from the baseline to the run.
    """

    difference: Bounded
    p: P
    holm: P
    mcnemar: P | None = None
    items: PositiveInt
    unpaired: NonNegativeInt = 0
    flips: FlipCounts | None = None


class ComparedCell(Record):
    """One run in one column; `best` only where it is ahead of every other run beyond noise."""

    rate: Bounded
    items: PositiveInt
    versus: Versus | None = None
    best: bool = False


class ColumnDrop(Record):
    """The first column's rate less the second's in one run, paired over items."""

    drop: Bounded
    p: P
    flips: FlipCounts


class ComparedRow(Record):
    """One run; a cell is null where it was not asked that."""

    run: NonEmpty
    cells: list[ComparedCell | None]
    drop: ColumnDrop | None = None


class PublishedRow(Record):
    """What a paper prints, as shares; null where it prints nothing. Without its answers nothing is tested."""

    name: NonEmpty
    values: list[Annotated[float, Field(ge=0, le=1)] | None]
    source: NonEmpty


class ComparedTable(Record):
    """Runs by columns. `tests` were made, for which p values are adjusted together."""

    kind: TableKind
    metric: Metric
    columns: Annotated[list[ComparedColumn], Field(min_length=1)]
    rows: list[ComparedRow]
    published: list[PublishedRow] = []
    tests: NonNegativeInt = 0


class EvaluatedRun(Record):
    """A run that is compared; `leaks` are what its training data's audit found, where it was told."""

    name: NonEmpty
    model: str | None = None
    revision: str | None = None
    adapter: str | None = None
    benchmarks: dict[str, Sha256]
    leaks: list[LeakRow] = []


class Comparison(Record):
    """What `curate compare` prints of evaluations with `--format json`."""

    format: Literal["comparison/1"] = "comparison/1"
    baseline: NonEmpty
    draws: PositiveInt
    seed: NonNegativeInt = 0
    runs: Annotated[list[EvaluatedRun], Field(min_length=1)]
    tables: list[ComparedTable]
    notes: list[NonEmpty] = []
