"""Rows of JSON Lines and Parquet files: one object a row, with its place."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from curate.errors import InputError, did_you_mean
from curate.models import RAW_LIMIT, Quarantined
from curate.sources.base import Column, Source
from curate.sources.lines import Line, raw_text, read_lines
from curate.sources.values import Cells, kind

if TYPE_CHECKING:
    import polars as pl

HEAD_ROWS = 20
PARQUET_BATCH = 4096

_NAMES_SHOWN = 20
_MISSPELLED = 0.75
_OTHER_WORDS = frozenset({"publisher"})
_NAME_SHOWN = 40


class Row(NamedTuple):
    """One object and its place; `raw` is its line, where it has one."""

    number: int
    cells: Cells
    raw: bytes | None = None

    def quarantined(self, file: str, error: str) -> Quarantined:
        """Returns the row as one that could not be read."""
        if self.raw is None:
            raw = json.dumps(self.cells, ensure_ascii=False, default=str)[:RAW_LIMIT]
        else:
            raw = raw_text(self.raw)
        return Quarantined(file=file, line=self.number, error=error, raw=raw)


def read_rows(path: Path, file: str) -> Iterator[Row | Quarantined]:
    """Yields the objects of a file; `file` is what a quarantined row calls it."""
    if path.suffix == ".parquet":
        for first in range(1, parquet_height(path) + 1, PARQUET_BATCH):
            yield from parquet_rows(path, first, PARQUET_BATCH)
    else:
        yield from objects_of(read_lines(path), file)


def objects_of(lines: Iterable[Line | Quarantined], file: str) -> Iterator[Row | Quarantined]:
    """Yields the objects in lines, blank ones left out."""
    for line in lines:
        if isinstance(line, Quarantined):
            yield line.model_copy(update={"file": file})
        elif line.raw.strip():
            yield _row(line, file)


def with_columns(
    rows: Iterator[Row | Quarantined], source: Source, file: str
) -> Iterator[Row | Quarantined]:
    """Yields the rows; raises InputError if none of the first 20 has a needed column."""
    head: list[Row | Quarantined] = []
    objects: list[Row] = []
    for item in rows:
        head.append(item)
        if isinstance(item, Row):
            objects.append(item)
        if len(objects) == HEAD_ROWS:
            break
    if objects:
        _check_columns(objects, source, file)
    yield from chain(head, rows)


def first_cells(path: Path) -> Cells | None:
    """Returns the first readable object of a file, looking at the first 20 lines."""
    for _, item in zip(range(HEAD_ROWS), read_rows(path, path.name), strict=False):
        if isinstance(item, Row):
            return item.cells
    return None


def raw_lines(path: Path, numbers: Iterable[int]) -> Iterator[str]:
    """Yields the given rows of a file, in rising order, as they stand there, cut at RAW_LIMIT."""
    rows = (row for row in read_rows(path, path.name) if isinstance(row, Row))
    for number in numbers:
        row = next((row for row in rows if row.number == number), None)
        yield row.quarantined(path.name, "asked for").raw if row else ""


def _row(line: Line, file: str) -> Row | Quarantined:
    try:
        value = orjson.loads(line.raw)
    except orjson.JSONDecodeError as exc:
        error = not_utf8(line.raw) or f"not JSON: {exc.msg} (column {exc.colno})"
    else:
        if isinstance(value, dict):
            return Row(line.number, value, line.raw)
        error = f"expected a JSON object, found {kind(value)}"
    return Quarantined(file=file, line=line.number, error=error, raw=raw_text(line.raw))


def not_utf8(raw: bytes) -> str | None:
    """Returns what keeps bytes from being UTF-8 text, or None where nothing does."""
    try:
        raw.decode()
    except UnicodeDecodeError as exc:
        return f"not UTF-8 at byte {exc.start + 1}"
    return None


def parquet_height(path: Path) -> int:
    """Returns how many rows a Parquet file has; raises InputError if it is none."""
    import polars as pl  # noqa: PLC0415  # a run without Parquet input does without polars

    with _parquet(path):
        return int(_scan(path).select(pl.len()).collect().item())


def parquet_rows(path: Path, first: int, rows: int) -> Iterator[Row]:
    """Yields `rows` rows of a Parquet file, from row number `first` on."""
    with _parquet(path):
        batch = _scan(path).slice(first - 1, rows).collect()
    for number, cells in enumerate(batch.iter_rows(named=True), first):
        yield Row(number, cells)


def _scan(path: Path) -> "pl.LazyFrame":
    import polars as pl  # noqa: PLC0415

    return pl.scan_parquet(path, glob=False, hive_partitioning=False)


@contextmanager
def _parquet(path: Path) -> Iterator[None]:
    from polars.exceptions import PanicException, PolarsError  # noqa: PLC0415

    try:
        yield
    except (PolarsError, PanicException, OSError) as exc:  # it panics at what it does not expect
        raise InputError(
            "cannot be read as Parquet", where=str(path), hint="Is the file whole? Write it again."
        ) from exc


def _check_columns(rows: Sequence[Row], source: Source, file: str) -> None:
    found = list(dict.fromkeys(name for row in rows for name in row.cells))
    where = f"{file}:{rows[0].number}"
    for column in source.columns():
        if not any(name in found for name in column.names):
            raise _no_column(column, found, where, source.hint)
    either = {"answer", "answers"} if {"answer", "answers"} & set(found) else set()
    absent = sorted(source.our_columns() - set(found) - either)
    for name in sorted(set(found) - source.our_columns() - _OTHER_WORDS):
        if near := get_close_matches(name, absent, n=1, cutoff=_MISSPELLED):
            raise InputError(
                f"unknown column {name[:_NAME_SHOWN]!r}. Did you mean {near[0]!r}?",
                where=where,
                hint=f"Rename it, or map another name to it in the recipe. {source.hint}",
            )


def _no_column(column: Column, found: list[str], where: str, hint: str) -> InputError:
    wanted = " or ".join(f"'{name}'" for name in column.names)
    stands_for = "" if column.ours in column.names else f" (for {column.ours})"
    shown = ", ".join(name[:_NAME_SHOWN] for name in found[:_NAMES_SHOWN])
    near = next(filter(None, (did_you_mean(name, found) for name in column.names)), "")
    message = f"no column {wanted}{stands_for} in the first rows; found: {shown}.{near}"
    return InputError(message, where=where, hint=hint)


def renamed(cells: Cells, fields: Mapping[Any, str]) -> Cells:
    """Returns the row in our names; `fields` maps ours to theirs, other columns stay."""
    if not fields:
        return cells
    mapped = {ours: cells[theirs] for ours, theirs in fields.items() if theirs in cells}
    return {**{name: value for name, value in cells.items() if name not in fields}, **mapped}
