"""What papers print, to stand beside ours: `pipelines/benchmarks/published/*.yaml`."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal, Self

import yaml
from pydantic import Field, ValidationError, model_validator

from curate.artefacts import share
from curate.errors import RecipeError
from curate.models import (
    ComparedColumn,
    ComparedTable,
    Metric,
    NonEmpty,
    PublishedRow,
    Record,
    TableKind,
)

_PERCENT = 100
_DIGITS = 6


class PublishedTable(Record):
    """A table as it is printed; `from` names, by row, where a paper took its numbers from."""

    table: NonEmpty
    kind: TableKind
    metrics: Annotated[list[Metric], Field(min_length=1)]
    unit: Literal["share", "percent"] = "share"
    columns: Annotated[list[ComparedColumn], Field(min_length=1)]
    rows: dict[str, list[Annotated[float, Field(ge=0, le=100)] | None]]
    taken_from: Annotated[dict[str, NonEmpty], Field(alias="from")] = {}

    @model_validator(mode="after")
    def _rows_are_as_wide_as_the_columns(self) -> Self:
        most = 1 if self.unit == "share" else _PERCENT
        for name, values in self.rows.items():
            if len(values) != len(self.columns):
                raise ValueError(
                    f"rows: {name!r} has {len(values)} numbers for {len(self.columns)} columns"
                )
            if any(value is not None and value > most for value in values):
                raise ValueError(f"rows: {name!r} has a number that is no {self.unit}")
        if unknown := self.taken_from.keys() - self.rows.keys():
            raise ValueError(f"from: there is no row {min(unknown)!r}")
        return self


class PublishedNumbers(Record):
    """The tables of one paper."""

    published: Literal["published-numbers/1"]
    source: NonEmpty
    title: NonEmpty
    tables: list[PublishedTable]


def read_published() -> list[PublishedNumbers]:
    """Returns the papers' numbers that are shipped.

    Raises:
        RecipeError: A file is wrong, with the key.
    """
    found = []
    for path in sorted(share("pipelines", "benchmarks", "published").glob("*.yaml")):
        try:
            data = yaml.safe_load(path.read_text(encoding="utf-8"))
            found.append(PublishedNumbers.model_validate(data))
        except yaml.YAMLError as exc:
            raise RecipeError("not YAML", where=f"published/{path.name}") from exc
        except ValidationError as exc:
            first = exc.errors(include_url=False, include_input=False)[0]
            key = ".".join(map(str, first["loc"]))
            raise RecipeError(f"{key}: {first['msg']}", where=f"published/{path.name}") from exc
    return found


def beside(table: ComparedTable, papers: Sequence[PublishedNumbers]) -> ComparedTable:
    """Returns the table with the rows of the papers' tables of its kind and metric that share a column.

    A paper's other columns stand after ours, so that its table is there whole.
    """
    found = [
        (paper, own)
        for paper in papers
        for own in paper.tables
        if own.kind == table.kind and table.metric in own.metrics and _shares(table, own)
    ]
    more: list[ComparedColumn] = []
    for _, own in found:
        for column in own.columns:
            if column.benchmark and _place(column, [*table.columns, *more], own=True) is None:
                more.append(column)
    columns = [*table.columns, *more]
    nothing = [None] * len(more)
    return table.model_copy(
        update={
            "columns": columns,
            "rows": [
                row.model_copy(update={"cells": [*row.cells, *nothing]}) for row in table.rows
            ],
            "published": [
                row
                for paper, own in found
                for row in _rows(_comparable(table, own), more, paper, own)
            ],
        }
    )


def _shares(table: ComparedTable, own: PublishedTable) -> bool:
    return any(one.benchmark and _place(one, own.columns) is not None for one in table.columns)


def _rows(
    columns: Sequence[ComparedColumn | None],
    more: Sequence[ComparedColumn],
    paper: PublishedNumbers,
    own: PublishedTable,
) -> Iterator[PublishedRow]:
    at = [None if one is None else _place(one, own.columns) for one in (*columns, *more)]
    for name, values in own.rows.items():
        taken = f", from {own.taken_from[name]}" if name in own.taken_from else ""
        yield PublishedRow(
            name=name,
            values=[None if one is None else _share(values[one], own.unit) for one in at],
            source=f"{paper.source}, {own.table}{taken}",
        )


def _comparable(table: ComparedTable, own: PublishedTable) -> Sequence[ComparedColumn | None]:
    """Returns the columns, without the mean where it is of other benchmarks than the paper's."""
    ours, theirs = ({one.benchmark for one in columns} for columns in (table.columns, own.columns))
    return [one if one.benchmark or ours == theirs else None for one in table.columns]


def _place(
    column: ComparedColumn, columns: Sequence[ComparedColumn], *, own: bool = False
) -> int | None:
    """Returns which of a paper's columns is the same, or, of the paper's `own`, which of ours.

    A paper's column without a mode is of any.
    """
    for at, one in enumerate(columns):
        printed, ours = (column, one) if own else (one, column)
        same = printed.benchmark == ours.benchmark and printed.language == ours.language
        if same and printed.mode in (None, ours.mode):
            return at
    return None


def _share(value: float | None, unit: str) -> float | None:
    if value is None or unit == "share":
        return value
    return round(value / _PERCENT, _DIGITS)
