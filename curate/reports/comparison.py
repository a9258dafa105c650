"""A comparison as tables of text."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from curate.models import (
    ColumnDrop,
    ComparedCell,
    ComparedColumn,
    ComparedRow,
    ComparedTable,
    Comparison,
    PublishedRow,
    Versus,
)
from curate.reports.evaluation_page import METRICS
from curate.reports.formats import bounds, decimals, p_value, plural, points, span

__all__ = ["Grid", "Text", "column_name", "comparison_grids", "notes_of", "table_title"]


class Text(NamedTuple):
    """A cell; the best of its column is marked."""

    text: str
    best: bool = False


class Grid(NamedTuple):
    """A table: the first `ours` rows are of runs, the rest of papers."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Text]]
    ours: int


def comparison_grids(told: Comparison) -> list[Grid]:
    """Returns the tables of a comparison, and that of what the training data held, if it is known."""
    grids = [_grid(table, told) for table in told.tables]
    return [*grids, *_leaks(told)]


def table_title(table: ComparedTable) -> str:
    """Returns what a table is of."""
    first = table.columns[0]
    of = {
        "modes": f"{first.benchmark}, {first.language}",
        "benchmarks": f"{first.mode}, {first.language}",
        "languages": f"{first.benchmark}, {first.mode}",
    }[table.kind]
    return f"{of}: {METRICS[table.metric]}"


def column_name(table: ComparedTable, column: ComparedColumn) -> str:
    """Returns what tells a column from the others of its table."""
    if table.kind == "benchmarks":
        return column.benchmark or "mean"
    return (column.mode if table.kind == "modes" else column.language) or "any"


class _Shape(NamedTuple):
    """Which columns a table has: `tested` those beside the baseline, and whether a drop and a source."""

    tested: Sequence[bool]
    drop: bool
    source: bool


def _grid(table: ComparedTable, told: Comparison) -> Grid:
    names = [column_name(table, column) for column in table.columns]
    shape = _shape(table)
    head = [""]
    for name, is_tested in zip(names, shape.tested, strict=True):
        head += [name, *([f"{name} − {told.baseline}"] if is_tested else [])]
    head += [f"{names[0]} − {names[1]}"] if shape.drop else []
    head += ["source"] if shape.source else []
    ours = [[*_row(row, shape)] for row in table.rows]
    theirs = [[*_published(row, shape)] for row in table.published]
    title = table_title(table)
    if table.tests:
        title += f"; differences in points of 100, p adjusted for {plural(table.tests, 'test')}"
    return Grid(title, head, [*ours, *theirs], len(ours))


def _shape(table: ComparedTable) -> _Shape:
    tested = [
        any(cell is not None and cell.versus is not None for cell in column)
        for column in zip(*(row.cells for row in table.rows), strict=True)
    ]
    printed = any(None not in row.values[:2] for row in table.published) and len(tested) > 1
    dropped = any(row.drop for row in table.rows) or (table.kind != "benchmarks" and printed)
    return _Shape(tested, dropped, bool(table.published))


def _row(row: ComparedRow, shape: _Shape) -> Iterator[Text]:
    yield Text(row.run)
    for cell, is_tested in zip(row.cells, shape.tested, strict=True):
        yield _rate(cell)
        if is_tested:
            yield Text(_versus(cell.versus) if cell and cell.versus else "")
    if shape.drop:
        yield Text(_drop(row.drop) if row.drop else "")
    if shape.source:
        yield Text("")


def _published(row: PublishedRow, shape: _Shape) -> Iterator[Text]:
    yield Text(row.name)
    for value, is_tested in zip(row.values, shape.tested, strict=True):
        yield Text("–" if value is None else decimals(value))
        if is_tested:
            yield Text("")
    if shape.drop:
        first, second = row.values[:2]
        yield Text("" if first is None or second is None else points(first - second))
    yield Text(row.source)


def _rate(cell: ComparedCell | None) -> Text:
    if cell is None:
        return Text("")
    return Text(f"{decimals(cell.rate.value)} {bounds(cell.rate)}".rstrip(), cell.best)


def _versus(one: Versus) -> str:
    return f"{points(one.difference.value)} {span(one.difference)}, {_p(one.holm)}"


def _drop(one: ColumnDrop) -> str:
    flips = f"{one.flips.right_wrong:,} lost, {one.flips.wrong_right:,} won"
    return f"{points(one.drop.value)} {span(one.drop)}, {_p(one.p)}; {flips}"


def _p(p: float) -> str:
    text = p_value(p)
    return f"p {text}" if text.startswith("<") else f"p = {text}"


def _leaks(told: Comparison) -> Iterator[Grid]:
    rows = [(run.name, row) for run in told.runs for row in run.leaks]
    if rows:
        head = ("", "items", "found", "rate", "others", "rate", "difference")
        yield Grid(
            "Items that the audit of a run's training data found, beside those it did not find",
            head,
            [
                [
                    Text(f"{name}: {row.benchmark}, {row.mode}, {row.language}"),
                    Text(f"{row.items:,}"),
                    Text("in the data" if row.found == "in_data" else "found and dropped"),
                    Text(f"{decimals(row.rate.value)} {bounds(row.rate)}".rstrip()),
                    Text(f"{row.others:,}"),
                    Text(decimals(row.others_rate.value) if row.others_rate else ""),
                    Text(
                        f"{points(row.difference.value)} {span(row.difference)}"
                        if row.difference
                        else ""
                    ),
                ]
                for name, row in rows
            ],
            len(rows),
        )


def notes_of(told: Comparison) -> list[str]:
    """Returns how the numbers were got, and what the comparison notes."""
    how = f"95 % intervals of {told.draws:,} draws of cases; p of permutation tests over cases"
    marked = "The best of a column is marked where it is ahead of every other run beyond noise"
    return [f"{how}, adjusted by Holm. {marked}.", *told.notes]
