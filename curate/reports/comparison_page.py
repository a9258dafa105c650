"""What the comparison's template shows beside the record itself."""

from dataclasses import dataclass

from curate.models import (
    Bounded,
    ColumnDrop,
    ComparedCell,
    ComparedTable,
    Comparison,
    PublishedRow,
)
from curate.reports.comparison import column_name, comparison_grids, notes_of, table_title
from curate.reports.evaluation_plots import Axis, unit_axis

__all__ = ["context"]


@dataclass(frozen=True)
class Panel:
    """One column: each run's rate, and what papers print, on the table's axis."""

    name: str
    cells: list[tuple[str, ComparedCell]]
    published: list[tuple[PublishedRow, float, str]]


@dataclass(frozen=True)
class Pair:
    """One row's first two columns; `baseline` and `mode` are their places. Of a paper there is no `drop`."""

    name: str
    first: float
    second: float
    baseline: str
    mode: str
    drop: ColumnDrop | None


@dataclass(frozen=True)
class Shown:
    """One table."""

    title: str
    kind: str
    names: list[str]
    tests: int
    printed: bool
    axis: Axis
    panels: list[Panel]
    pairs: list[Pair]


def context(told: Comparison) -> dict[str, object]:
    """Returns the template's variables."""
    return {
        "told": told,
        "tables": [_shown(table) for table in told.tables],
        "leaks": comparison_grids(told)[len(told.tables) :],
        "notes": notes_of(told),
    }


def _shown(table: ComparedTable) -> Shown:
    rates = [cell.rate for row in table.rows for cell in row.cells if cell]
    printed = [value for row in table.published for value in row.values if value is not None]
    axis = unit_axis([*rates, *(Bounded(value=value) for value in printed)])
    return Shown(
        title=table_title(table),
        kind=table.kind,
        names=[column_name(table, column) for column in table.columns],
        tests=table.tests,
        printed=bool(table.published),
        axis=axis,
        panels=[_panel(table, at, axis) for at in range(len(table.columns))],
        pairs=_pairs(table, axis),
    )


def _panel(table: ComparedTable, at: int, axis: Axis) -> Panel:
    cells = [(row.run, cell) for row in table.rows if (cell := row.cells[at])]
    printed = [(row, row.values[at]) for row in table.published]
    return Panel(
        name=column_name(table, table.columns[at]),
        cells=cells,
        published=[(row, value, axis.at(value)) for row, value in printed if value is not None],
    )


def _pairs(table: ComparedTable, axis: Axis) -> list[Pair]:
    pairs = []
    for row in table.rows:
        first, second = (*row.cells, None)[:2]
        if row.drop and first and second:
            one, other = first.rate.value, second.rate.value
            pairs.append(Pair(row.run, one, other, axis.at(one), axis.at(other), row.drop))
    for printed in table.published if table.kind != "benchmarks" else ():
        left, right = (*printed.values, None)[:2]
        if left is not None and right is not None:
            name = f"{printed.name} ({printed.source})"
            pairs.append(Pair(name, left, right, axis.at(left), axis.at(right), None))
    return pairs
