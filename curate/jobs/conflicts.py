"""Rows whose key clashes with another row's: they leave the frame for the quarantine."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, tee
from typing import Any

import polars as pl

from curate.corpus.shards import Shard
from curate.corpus.stages.intake import CONFLICT
from curate.jobs.plan import Plan
from curate.models import RAW_LIMIT, Quarantined
from curate.sources import RunSource, raw_rows
from curate.tables import ROW_SCHEMA, canonical_rows

IN_CONFLICT = pl.col("dropped_by").eq_missing(CONFLICT)


def clashing_rows(plan: Plan, shards: Sequence[Shard]) -> Iterator[Quarantined]:
    """Yields the rows whose key clashes with another row's, with the line they were read from.

    Rows of a finished run come with the place that they had there; their files are not read again.
    """
    files = {
        f"{source.name}/{file.relative}": (source, file)
        for source in plan.recipe.sources
        if not isinstance(source, RunSource)
        for file in plan.files[str(source.name)]
    }
    for name, some in groupby(shards, key=lambda shard: shard.input):
        if name not in files:
            yield from _of_run(some)
            continue
        rows, again = tee(row for shard in some for row in _small(_conflicts(shard)))
        numbers = (row["provenance"]["line"] for row in again)
        for row, raw in zip(rows, raw_rows(*files[name], numbers), strict=True):
            yield _conflict(row, raw)


def _of_run(shards: Iterable[Shard]) -> Iterator[Quarantined]:
    for shard in shards:
        frame = _conflicts(shard)
        lines = canonical_rows(frame.select(list(ROW_SCHEMA)))
        for row, line in zip(_small(frame), lines, strict=True):
            yield _conflict(row, line.decode()[:RAW_LIMIT])


def _conflicts(shard: Shard) -> pl.DataFrame:
    return shard.where(IN_CONFLICT)


def _small(frame: pl.DataFrame) -> Iterator[dict[str, Any]]:
    return frame.select("id", "exam", "provenance").iter_rows(named=True)


def _conflict(row: dict[str, Any], raw: str) -> Quarantined:
    place = row["provenance"]
    exam = f" of exam {row['exam']}" if row["exam"] else ""
    return Quarantined(
        file=f"{place['source']}/{place['path']}",
        line=place["line"] or place["page"],
        error=f"{CONFLICT}: id {row['id']!r}{exam} stands here with other content than elsewhere",
        raw=raw,
    )
