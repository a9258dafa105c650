"""Rows whose key clashes with another row's: they leave the frame for the quarantine."""

from collections.abc import Iterator, Sequence
from itertools import groupby, tee
from typing import Any

import polars as pl

from curate.corpus.failures import quarantined_at
from curate.corpus.frame import FILE_ROWS
from curate.corpus.shards import Shard
from curate.corpus.stages.intake import CONFLICT
from curate.jobs.plan import Plan
from curate.models import RAW_LIMIT, Quarantined
from curate.sources import BookletSource, InputFile, RunSource, Source, raw_rows
from curate.tables import ROW_SCHEMA, canonical_rows

IN_CONFLICT = pl.col("dropped_by").eq_missing(CONFLICT)


def clashing_rows(plan: Plan, shards: Sequence[Shard]) -> Iterator[Quarantined]:
    """Yields the rows whose key clashes with another row's, with the line they were read from.

    Rows of a finished run or a PDF come with the place that they had there; their files are not read again.
    """
    clashing = (row for shard in shards for row in _conflicts(shard))
    for index, some in groupby(clashing, key=lambda row: int(row["row"]) >> FILE_ROWS):
        source, file = _input(plan, index)
        if isinstance(source, RunSource | BookletSource):
            yield from (_conflict(row, row["line"]) for row in some)
            continue
        rows, again = tee(some)
        numbers = (row["provenance"]["line"] for row in again)
        for row, raw in zip(rows, raw_rows(source, file, numbers), strict=True):
            yield _conflict(row, raw)
        file.refuse_changed()


def _input(plan: Plan, index: int) -> tuple[Source, InputFile]:
    """Returns the run's input of a number, and its source."""
    for source in plan.recipe.sources:
        files = plan.files[str(source.name)]
        if index < len(files):
            return source, files[index]
        index -= len(files)
    raise IndexError(index)


def _conflicts(shard: Shard) -> Iterator[dict[str, Any]]:
    """Yields what is told of a shard's clashing rows; `line` is the canonical row."""
    frame = shard.where(IN_CONFLICT)
    lines = canonical_rows(frame.select(list(ROW_SCHEMA)))
    small = frame.select("row", "id", "exam", "provenance").iter_rows(named=True)
    for row, line in zip(small, lines, strict=True):
        yield {**row, "line": line.decode()[:RAW_LIMIT]}


def _conflict(row: dict[str, Any], raw: str) -> Quarantined:
    exam = f" of exam {row['exam']}" if row["exam"] else ""
    error = f"{CONFLICT}: id {row['id']!r}{exam} stands here with other content than elsewhere"
    return quarantined_at(row["provenance"], error, raw)
