"""Parquet: rows numbered from 1."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curate.errors import InputError, boundary
from curate.models import RAW_LIMIT, Quarantined
from curate.sources import gzips
from curate.sources.formats.base import Block, Format, Limits, Row
from curate.sources.lines import LINE_LIMIT

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class Parquet(Format):
    """A Parquet file; lists and structs come as lists and dicts."""

    suffixes = (".parquet",)

    def cut(self, path: Path, limits: Limits) -> Iterator[Block]:
        """Yields blocks by the bytes of text in their rows."""
        _check(path)
        ends = _sizes(path).cum_sum().to_numpy()
        at = before = 0
        while at < len(ends):
            by_size = int(ends.searchsorted(before + limits.size)) + 1
            stop = min(at + limits.rows, by_size, len(ends))
            yield Block(at + 1, stop - at)
            at, before = stop, int(ends[stop - 1])

    def rows(self, path: Path, block: Block, file: str) -> Iterator[Row | Quarantined]:
        """Yields the rows of a block; an over-long one as Quarantined."""
        import polars as pl  # noqa: PLC0415

        with _parquet(path):
            batch = _scan(path).slice(block.first - 1, block.rows).collect()
            long = batch.select(_row_size(batch.schema) > LINE_LIMIT).to_series()
            if not long.any():
                rows = batch.iter_rows(named=True)
                yield from (Row(n, one) for n, one in enumerate(rows, block.first))
                return
            heads = batch.select(pl.col(pl.String).str.slice(0, RAW_LIMIT))
            for at in range(batch.height):
                row = Row(block.first + at, (heads if long[at] else batch).row(at, named=True))
                error = f"the row is longer than {LINE_LIMIT:,} bytes"
                yield row.quarantined(file, error) if long[at] else row

    def count(self, path: Path) -> int:
        """Returns how many rows the file says it has; raises InputError if it is no Parquet."""
        import polars as pl  # noqa: PLC0415  # a run without Parquet input does without polars

        _check(path)
        with _parquet(path):
            return int(_scan(path).select(pl.len()).collect().item())


def _check(path: Path) -> None:
    """Raises InputError for a damaged file; it is read once for that, as long as it does not change."""
    with boundary(InputError, "cannot read"):
        status = path.stat()
    _check_whole(path, (status.st_ino, status.st_size, status.st_mtime_ns))


@lru_cache(maxsize=1 << 16)
def _check_whole(path: Path, state: tuple[int, int, int]) -> None:  # noqa: ARG001 (what is remembered)
    from curate.tables import refuse_damage  # noqa: PLC0415

    try:
        refuse_damage(path)
    except ValueError as exc:
        raise _unreadable(path) from exc


def _sizes(path: Path) -> "pl.Series":
    """Returns how many bytes of text each row holds; refuses a file that inflates beyond all proportion."""
    import polars as pl  # noqa: PLC0415

    with _parquet(path):
        rows = _scan(path)
        count = int(rows.select(pl.len()).collect().item())
        sizes = (
            rows.select(_row_size(rows.collect_schema())).collect(engine="streaming").to_series()
        )
    gzips.refuse_bomb(path.stat().st_size, int(sizes.sum()), str(path))
    return sizes if len(sizes) == count else pl.repeat(0, count, eager=True)


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
    """Refuses a file where Polars fails: it panics at what it does not expect, and at far dates."""
    from polars.exceptions import PanicException, PolarsError  # noqa: PLC0415

    try:
        yield
    except (PolarsError, PanicException, OSError, ValueError, OverflowError) as exc:
        raise _unreadable(path) from exc


def _unreadable(path: Path) -> InputError:
    hint = "Is the file whole, and are its dates within the years 1 to 9999? Write it again."
    return InputError("cannot be read as Parquet", where=str(path), hint=hint)
