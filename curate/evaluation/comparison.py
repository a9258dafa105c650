"""Comparison: several runs on the same items, paired with a baseline run, the p values adjusted."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import polars as pl

from curate.evaluation.answers import Answers, Key
from curate.evaluation.columns import Column, Layout, Scored, layouts
from curate.evaluation.paired import Draws, compared, joined, turns
from curate.evaluation.statistics import Ratio, holm, mcnemar
from curate.models import (
    ColumnDrop,
    ComparedCell,
    ComparedColumn,
    ComparedRow,
    ComparedTable,
    Versus,
)

LEVEL = 0.05
"""A difference is beyond noise where its adjusted p value is no greater, and its interval leaves 0 out."""

Runs = Mapping[str, Mapping[Key, Answers]]
Grid = dict[tuple[str, int], Scored]


class Test(NamedTuple):
    """A run beside the baseline in one column, with the p value as it is."""

    run: str
    column: int
    versus: Versus


def compared_tables(runs: Runs, baseline: str, how: Draws) -> list[ComparedTable]:
    """Returns the tables that the runs have the columns for."""
    return [_table(layout, runs, baseline, how) for layout in layouts(runs)]


def _table(layout: Layout, runs: Runs, baseline: str, how: Draws) -> ComparedTable:
    grid: Grid = {}
    for run, found in runs.items():
        for at, column in enumerate(layout.columns):
            scored = column.scored(found, layout.metric)
            if scored is not None:
                grid[run, at] = scored
    tests = _adjusted(
        [
            Test(run, at, _versus(scored, grid[baseline, at], how))
            for (run, at), scored in grid.items()
            if run != baseline and (baseline, at) in grid
        ]
    )
    versus = {(one.run, one.column): one.versus for one in tests}
    best = {_best(at, grid, how) for at in range(len(layout.columns))}
    rows = [
        ComparedRow(
            run=run,
            cells=[
                _cell(grid.get((run, at)), versus.get((run, at)), (run, at) in best, how)
                for at in range(len(layout.columns))
            ],
            drop=_drop(layout, run, grid, how),
        )
        for run in runs
        if any((run, at) in grid for at in range(len(layout.columns)))
    ]
    return ComparedTable(
        kind=layout.kind,
        metric=layout.metric,
        columns=[_told(column) for column in layout.columns],
        rows=rows,
        tests=len(tests),
    )


def _told(column: Column) -> ComparedColumn:
    first = column.keys[0]
    alone = len(column.keys) == 1
    return ComparedColumn(
        benchmark=first.benchmark if alone else None, language=first.language, mode=first.mode
    )


def _cell(
    scored: Scored | None, versus: Versus | None, best: bool, how: Draws
) -> ComparedCell | None:  # fmt: skip
    if scored is None:
        return None
    table = scored.table
    ratio = Ratio(table["earned"].to_list(), table["weight"].to_list())
    rate = how.intervals([ratio], table["case"].to_list())[0]
    return ComparedCell(rate=rate, items=table.height, versus=versus, best=best)


def _versus(one: Scored, baseline: Scored, how: Draws) -> Versus:
    both = joined(one.table, baseline.table)
    _, _, difference, p = compared(both, how)
    turned = turns(both.rename(_SWAPPED)) if one.is_alone else None
    return Versus(
        difference=difference,
        p=p,
        holm=p,
        mcnemar=mcnemar(turned.right_wrong, turned.wrong_right) if turned else None,
        items=both.height,
        unpaired=one.table.height + baseline.table.height - 2 * both.height,
        flips=turned,
    )


_SWAPPED = {
    "right": "right_other", "right_other": "right", "answer": "answer_other", "answer_other": "answer",
}  # fmt: skip


def _adjusted(tests: Sequence[Test]) -> list[Test]:
    """Returns the tests with their p values adjusted for their number."""
    adjusted = holm([one.versus.p for one in tests])
    return [
        one._replace(versus=one.versus.model_copy(update={"holm": p}))
        for one, p in zip(tests, adjusted, strict=True)
    ]


def _best(at: int, grid: Grid, how: Draws) -> tuple[str, int] | None:
    """Returns the run that is ahead of every other one in a column beyond noise, if one is."""
    own = {run: scored.table for (run, column), scored in grid.items() if column == at}
    if len(own) == 1 or not own:
        return None
    first = max(own, key=lambda run: _rate(own[run]))
    differences, p_values = [], []
    for run, table in own.items():
        if run != first:
            _, _, difference, p = compared(joined(own[first], table), how)
            differences.append(difference)
            p_values.append(p)
    ahead = all(one.low is not None and one.low > 0 for one in differences)
    return (first, at) if ahead and max(holm(p_values)) <= LEVEL else None


def _rate(table: pl.DataFrame) -> float:
    return float(table["earned"].sum()) / float(table["weight"].sum())


def _drop(layout: Layout, run: str, grid: Grid, how: Draws) -> ColumnDrop | None:
    """Returns what the second column costs, where both are of the same items."""
    if layout.kind == "benchmarks" or (run, 0) not in grid or (run, 1) not in grid:
        return None
    both = joined(grid[run, 0].table, grid[run, 1].table)
    if not both.height:
        return None
    _, _, drop, p = compared(both, how)
    return ColumnDrop(drop=drop, p=p, flips=turns(both))
