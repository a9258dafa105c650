"""Parquet: rows numbered from 1."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from curate.errors import InputError
from curate.sources.formats.base import Block, Format, Limits, Row

if TYPE_CHECKING:
    import polars as pl

_PACKED = 4  # texts take about a quarter of their size in Parquet


@dataclass(frozen=True)
class Parquet(Format):
    """A Parquet file; lists and structs come as lists and dicts."""

    suffixes = (".parquet",)

    def cut(self, path: Path, limits: Limits) -> Iterator[Block]:
        """Yields blocks of as many rows as the file's size lets expect in a block."""
        height, packed = self.count(path), path.stat().st_size
        rows = min(limits.rows, max(1, limits.size * height // (packed * _PACKED)))
        for first in range(1, height + 1, rows):
            yield Block(first, min(rows, height + 1 - first))

    def rows(self, path: Path, block: Block, file: str) -> Iterator[Row]:  # noqa: ARG002 (whole or not at all)
        """Yields the rows of a block."""
        with _parquet(path):
            batch = _scan(path).slice(block.first - 1, block.rows).collect()
        for number, cells in enumerate(batch.iter_rows(named=True), block.first):
            yield Row(number, cells)

    def count(self, path: Path) -> int:
        """Returns how many rows the file says it has; raises InputError if it is no Parquet."""
        import polars as pl  # noqa: PLC0415  # a run without Parquet input does without polars

        with _parquet(path):
            return int(_scan(path).select(pl.len()).collect().item())


def _scan(path: Path) -> "pl.LazyFrame":
    import polars as pl  # noqa: PLC0415

    return pl.scan_parquet(path, glob=False, hive_partitioning=False)


@contextmanager
def _parquet(path: Path) -> Iterator[None]:
    from polars.exceptions import PolarsError  # noqa: PLC0415

    try:
        yield
    except (PolarsError, OSError) as exc:
        raise InputError(
            "cannot be read as Parquet", where=str(path), hint="Is the file whole? Write it again."
        ) from exc
