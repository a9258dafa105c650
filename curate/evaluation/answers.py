"""What evaluation.parquet says, by benchmark, language and mode: the items of each in one order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final, NamedTuple, get_args

import polars as pl

from curate.models import Metric

BASELINE: Final = "direct"
"""The mode that others are compared with."""

METRICS: Final[tuple[Metric, ...]] = get_args(Metric)
_BY_ITEM: Final = ("gestalt", "accuracy", "norm_accuracy")
_METHODS: Final[dict[str, dict[Metric, str]]] = {
    "generation": {"published": "strict", "tolerant": "correct", "gestalt": "gestalt"},
    "loglikelihood": {"accuracy": "correct", "norm_accuracy": "norm_correct"},
}
"""The metrics of each method, and the column that tells whether an answer is right."""


class Key(NamedTuple):
    """What was asked, and how."""

    benchmark: str
    language: str
    mode: str


@dataclass(frozen=True)
class Answers:
    """One mode's rows, by item and repeat; `rows` has the columns of evaluation.parquet."""

    key: Key
    rows: pl.DataFrame

    @property
    def first(self) -> pl.DataFrame:
        """The rows of the first repeat, an item each."""
        return self.rows.filter(pl.col("repeat") == pl.col("repeat").min())

    @property
    def metrics(self) -> Sequence[Metric]:
        """The metrics that score any of its items."""
        known = _METHODS[self.rows["method"][0]]
        return [name for name in METRICS if name in known and self.rows[known[name]].count()]

    def column(self, metric: Metric) -> str:
        """Returns the column that tells whether an answer is right."""
        return _METHODS[self.rows["method"][0]][metric]

    def scored(self, metric: Metric) -> pl.DataFrame:
        """Returns the items that the metric scores, by id, with the mean over repeats.

        Columns: item_id, case, weight (points, or 1 where items count), earned, right and answer (of the
        first repeat, `answer` empty where none was read).
        """
        right = pl.col(self.column(metric))
        weight = pl.lit(1.0) if metric in _BY_ITEM else pl.col("points").cast(pl.Float64)
        return (
            self.rows.filter(right.is_not_null())
            .sort("item_id", "repeat")
            .group_by("item_id", maintain_order=True)
            .agg(
                case().first().alias("case"),
                weight.first().alias("weight"),
                (weight.first() * right.mean()).alias("earned"),
                right.first().alias("right"),
                pl.col("answer").first().fill_null([]).alias("answer"),
            )
        )


def case() -> pl.Expr:
    """Returns the name of an item's case: the first of its serial questions, or itself."""
    return pl.coalesce("vignette_id", "item_id")


def answers_of(frame: pl.DataFrame, baseline: str = BASELINE) -> list[Answers]:
    """Returns what a run's evaluation.parquet holds, the baseline mode first where it is there."""
    parts = frame.partition_by("benchmark", "language", "mode", as_dict=True, maintain_order=True)
    found = [Answers(Key(*map(str, key)), rows) for key, rows in parts.items()]
    order = {one.key: at for at, one in enumerate(found)}
    groups = list(dict.fromkeys((one.key.benchmark, one.key.language) for one in found))
    return sorted(
        found,
        key=lambda one: (
            groups.index((one.key.benchmark, one.key.language)),
            one.key.mode != baseline,
            order[one.key],
        ),
    )


def mode_pairs(found: Sequence[Answers]) -> Iterator[tuple[Answers, Answers]]:
    """Yields each two modes of one benchmark, language and method, the earlier one first."""
    for one, other in combinations(found, 2):
        same = one.key.benchmark == other.key.benchmark and one.key.language == other.key.language
        if same and one.rows["method"][0] == other.rows["method"][0]:
            yield one, other
