"""Shards in the work folder: rows as they were read, written once, and the small marks of the stages."""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl
from polars.io.plugins import register_io_source

from curate.ahead import in_threads
from curate.runs import table_sha256
from curate.tables import WORK_SCHEMA, Sandbox

READERS = 2
"""Threads that read shards ahead of what is written of them, if Polars has as many."""
FEW = 8
"""Of a shard's rows, one in so many or fewer are read alone."""


@dataclass(frozen=True)
class Shard:
    """One whole shard: `marks` is a table with one line a row, `rows` one of what the rows say.

    A job that will not read its rows again has no `rows`. `height` rows could be read; `bad` has those
    that could not, `unread` of them; `counts` are numbers of inputs, and how many rows each had, read or not.
    Ordinals lie between `first` and `last`, though not every one is taken.
    """

    name: str
    first: int
    last: int
    rows: Path
    marks: Path
    bad: Path | None
    counts: "tuple[array[int], array[int]]"
    height: int
    unread: int

    def after(self, marks: Path, bad: Path, rows: Path) -> "Shard":
        """Returns the shard with other marks; where a step failed, also what it left: `bad` and `rows`."""
        if not bad.exists():
            return replace(self, marks=marks)
        with bad.open("rb") as lines:
            unread = sum(1 for _ in lines)
        height = self.height + self.unread - unread
        return replace(self, rows=rows, marks=marks, bad=bad, height=height, unread=unread)

    def frame(self) -> pl.DataFrame:
        """Returns the rows with their marks; both tables have them in the same order."""
        rows = pl.read_parquet(self.rows, glob=False)
        return rows.hstack(pl.read_parquet(self.marks, glob=False).drop("row"))

    def where(self, condition: pl.Expr) -> pl.DataFrame:
        """Returns the rows whose marks fulfil the condition; where none does, no text is read."""
        marks = pl.scan_parquet(self.marks, glob=False)
        found = marks.select(condition.alias("found")).collect().to_series()
        if not found.any():
            return _EMPTY
        if FEW * found.sum() > len(found):
            return self.frame() if found.all() else self.frame().filter(found)
        at = found.arg_true()
        rows = pl.scan_parquet(self.rows, glob=False, row_index_name="at")
        alone = rows.filter(pl.col("at").is_in(at.implode())).drop("at").collect()
        return alone.hstack(pl.read_parquet(self.marks, glob=False).drop("row")[at])


_EMPTY = pl.DataFrame(schema=WORK_SCHEMA)


def scan(shards: Sequence[Shard], condition: pl.Expr, columns: Sequence[str]) -> pl.LazyFrame:
    """Returns the rows of all shards whose marks fulfil the condition, a few shards at a time in memory."""

    def frames(
        wanted: list[str] | None, predicate: pl.Expr | None, limit: int | None, _: int | None
    ) -> Iterator[pl.DataFrame]:
        def read(shard: Shard) -> pl.DataFrame:
            frame = shard.where(condition).select(wanted or columns)
            return frame if predicate is None else frame.filter(predicate)

        left = limit
        for frame in in_threads(read, shards, min(READERS, pl.thread_pool_size())):
            yield frame if left is None else frame.head(left)
            left = None if left is None else max(0, left - frame.height)

    return register_io_source(frames, schema={name: WORK_SCHEMA[name] for name in columns})


def rows_sha256(shards: Sequence[Shard], condition: pl.Expr) -> str:
    """Returns the content hash of the rows whose marks fulfil the condition."""
    return table_sha256(
        pl.scan_parquet(shard.marks, glob=False)
        .filter(condition)
        .select("digest")
        .collect()
        .to_series()
        for shard in shards
    )


def corpus_view(db: Sandbox, shards: Sequence[Shard], where: str = "true") -> None:
    """Makes the view `corpus` of all rows with their marks."""
    files = [shard.rows for shard in shards], [shard.marks for shard in shards]
    db.joined_view("corpus", *files, "row", where)
