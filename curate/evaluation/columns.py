"""The columns of comparisons: which tables there are to make of what runs were asked."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final, NamedTuple

import polars as pl

from curate.evaluation.answers import BASELINE, Answers, Key
from curate.models import Metric, TableKind

_TWO = 2
_NAMES = ("item_id", "case")
_METRICS: Final[dict[TableKind, tuple[Metric, ...]]] = {
    "modes": ("published", "tolerant", "accuracy", "norm_accuracy"),
    "benchmarks": ("published", "accuracy", "norm_accuracy"),
    "languages": ("gestalt", "published", "accuracy", "norm_accuracy"),
}
"""The metrics of a table, the paper's first."""


class Scored(NamedTuple):
    """The items of one run in one column; `is_alone` tells that they are of one benchmark."""

    table: pl.DataFrame
    is_alone: bool


class Column(NamedTuple):
    """One or more of what was asked: of several the mean, in which each benchmark counts the same."""

    keys: tuple[Key, ...]

    def scored(self, found: Mapping[Key, Answers], metric: Metric) -> Scored | None:
        """Returns a run's items by the metric; None where it lacks one of the benchmarks."""
        tables = []
        for key in self.keys:
            own = found.get(key)
            if own is None or metric not in own.metrics:
                return None
            tables.append(own.scored(metric))
        if len(tables) == 1:
            return Scored(tables[0], is_alone=True)
        parts = [_evened(*pair, len(tables)) for pair in zip(self.keys, tables, strict=True)]
        return Scored(pl.concat(parts), is_alone=False)


class Layout(NamedTuple):
    """A table to be made."""

    kind: TableKind
    metric: Metric
    columns: Sequence[Column]


def layouts(runs: Mapping[str, Mapping[Key, Answers]]) -> Iterator[Layout]:
    """Yields the tables: by mode for each benchmark, by benchmark, and by language."""
    keys = list(dict.fromkeys(chain.from_iterable(runs.values())))
    modes = sorted(keys, key=lambda key: key.mode != BASELINE)
    for _, own in _parted(modes, lambda key: (key.benchmark, key.language)):
        yield from _of_kind("modes", own, runs, 1)
    for _, own in _parted(keys, lambda key: (key.language, key.mode)):
        yield from _of_kind("benchmarks", own, runs, _TWO)
    for _, own in _parted(sorted(keys), lambda key: (key.benchmark, key.mode)):
        yield from _of_kind("languages", own, runs, _TWO)


def _of_kind(
    kind: TableKind, keys: Sequence[Key], runs: Mapping[str, Mapping[Key, Answers]], least: int
) -> Iterator[Layout]:
    for metric in _METRICS[kind]:
        own = [key for key in keys if any(_has(found.get(key), metric) for found in runs.values())]
        if len(own) < least:
            continue
        columns = [Column((key,)) for key in own]
        yield Layout(
            kind, metric, [*columns, *([Column(tuple(own))] if kind == "benchmarks" else [])]
        )


def _parted(
    keys: Sequence[Key], by: Callable[[Key], tuple[str, str]]
) -> Iterator[tuple[tuple[str, str], list[Key]]]:
    parts: dict[tuple[str, str], list[Key]] = {}
    for key in keys:
        parts.setdefault(by(key), []).append(key)
    yield from parts.items()


def _has(found: Answers | None, metric: Metric) -> bool:
    return found is not None and metric in found.metrics


def _evened(key: Key, table: pl.DataFrame, number: int) -> pl.DataFrame:
    """Returns a benchmark's items with weights that add up to its share of the mean."""
    whole = table["weight"].sum() * number
    names = [pl.format("{}/{}", pl.lit(key.benchmark), pl.col(one)).alias(one) for one in _NAMES]
    return table.with_columns(pl.col("weight") / whole, pl.col("earned") / whole, *names)
