"""Rows of JSON Lines and Parquet files: one object a row, with its place."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from curate.errors import InputError, boundary, did_you_mean
from curate.models import RAW_LIMIT, Quarantined
from curate.sources import gzips
from curate.sources.base import Column, Source
from curate.sources.lines import LINE_LIMIT, Line, raw_text, read_lines
from curate.sources.values import Cells, kind

if TYPE_CHECKING:
    import polars as pl

HEAD_ROWS = 20
PARQUET_BATCH = 4096
BATCH_SIZE = 1 << 22

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
        check_parquet(path)
        yield from parquet_rows(path, 1, HEAD_ROWS, file)  # all that most callers take
        for first, rows in parquet_blocks(path, PARQUET_BATCH, BATCH_SIZE, HEAD_ROWS):
            yield from parquet_rows(path, first, rows, file)
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


def check_parquet(path: Path) -> None:
    """Reads a Parquet file to its end; raises InputError for a damaged one.

    At some damage Polars asks for so much memory that the process is aborted, which nothing can catch;
    Arrow tells of it. A file is read so once, as long as it does not change.
    """
    with boundary(InputError, "cannot read"):
        status = path.stat()
    _check_parquet(path, (status.st_ino, status.st_size, status.st_mtime_ns))


@lru_cache(maxsize=1 << 16)
def _check_parquet(path: Path, state: tuple[int, int, int]) -> None:  # noqa: ARG001 (what is remembered)
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        with pq.ParquetFile(path) as file:
            for _ in file.iter_batches(HEAD_ROWS):
                pass
    except (pa.ArrowException, OSError, ValueError) as exc:
        raise _unreadable_parquet(path) from exc


def parquet_blocks(path: Path, most: int, size: int, at: int = 0) -> Iterator[tuple[int, int]]:
    """Yields (first row, rows) of a Parquet file after the row number `at`.

    A block has at most `most` rows and ends with the one that reaches `size` bytes.
    """
    ends = parquet_sizes(path).cum_sum().to_numpy()
    before = int(ends[at - 1]) if 0 < at < len(ends) else 0
    while at < len(ends):
        stop = min(at + most, int(ends.searchsorted(before + size)) + 1, len(ends))
        yield at + 1, stop - at
        at, before = stop, int(ends[stop - 1])


def parquet_sizes(path: Path) -> "pl.Series":
    """Returns how many bytes of text each row of a Parquet file holds.

    Raises InputError for a file that is none, or inflates beyond all proportion.
    """
    import polars as pl  # noqa: PLC0415  # a run without Parquet input does without polars

    with _parquet(path):
        rows = _scan(path)
        count = int(rows.select(pl.len()).collect().item())
        sizes = rows.select(_row_size(rows.collect_schema())).collect(engine="streaming")
    gzips.refuse_bomb(path.stat().st_size, int(sizes.to_series().sum()), str(path))
    return sizes.to_series() if sizes.height == count else pl.repeat(0, count, eager=True)


def parquet_rows(path: Path, first: int, rows: int, file: str) -> Iterator[Row | Quarantined]:
    """Yields `rows` rows of a Parquet file, from row number `first` on; an over-long one as Quarantined."""
    import polars as pl  # noqa: PLC0415

    with _parquet(path):
        batch = _scan(path).slice(first - 1, rows).collect()
        long = batch.select(_row_size(batch.schema) > LINE_LIMIT).to_series()
    if not long.any():
        yield from (Row(n, cells) for n, cells in enumerate(batch.iter_rows(named=True), first))
        return
    heads = batch.select(pl.col(pl.String).str.slice(0, RAW_LIMIT))
    for at in range(batch.height):
        row = Row(first + at, (heads if long[at] else batch).row(at, named=True))
        error = f"the row is longer than {LINE_LIMIT:,} bytes"
        yield row.quarantined(file, error) if long[at] else row


def _row_size(schema: "Mapping[str, pl.DataType]") -> "pl.Expr":
    """Returns the bytes of all texts of a row, as an expression."""
    import polars as pl  # noqa: PLC0415

    sizes = [_size(pl.col(name), dtype) for name, dtype in schema.items()]
    known = [size.fill_null(0).cast(pl.Int64) for size in sizes if size is not None]
    return pl.sum_horizontal(known).alias("size") if known else pl.lit(0, pl.Int64).alias("size")


def _size(value: "pl.Expr", dtype: Any) -> "pl.Expr | None":
    import polars as pl  # noqa: PLC0415

    if isinstance(dtype, pl.String):
        return value.str.len_bytes()
    if isinstance(dtype, pl.Categorical | pl.Enum):
        return value.cat.len_bytes()
    if isinstance(dtype, pl.Binary):
        return value.bin.size()
    if isinstance(dtype, pl.List):
        inner = _size(pl.element(), dtype.inner)
        return None if inner is None else value.list.eval(inner).list.sum()
    if isinstance(dtype, pl.Struct):
        fields = [_size(value.struct.field(one.name), one.dtype) for one in dtype.fields]
        known = [size.fill_null(0).cast(pl.Int64) for size in fields if size is not None]
        return pl.sum_horizontal(known) if known else None
    return None


def _scan(path: Path) -> "pl.LazyFrame":
    import polars as pl  # noqa: PLC0415

    return pl.scan_parquet(path, glob=False, hive_partitioning=False)


@contextmanager
def _parquet(path: Path) -> Iterator[None]:
    from polars.exceptions import PanicException, PolarsError  # noqa: PLC0415

    try:
        yield
    except (PolarsError, PanicException, OSError) as exc:  # it panics at what it does not expect
        raise _unreadable_parquet(path) from exc


def _unreadable_parquet(path: Path) -> InputError:
    hint = "Is the file whole? Write it again."
    return InputError("cannot be read as Parquet", where=str(path), hint=hint)


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
