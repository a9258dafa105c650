"""The row frame: one wide schema for questions and documents, and the columns a stage may add."""

from collections.abc import Iterator
from typing import Any

import orjson
import polars as pl

_PROVENANCE = pl.Struct(
    {
        "source": pl.String,
        "path": pl.String,
        "sha256": pl.String,
        "line": pl.Int64,
        "page": pl.Int64,
        "licence": pl.String,
    }
)

FINDING = pl.Struct(
    {
        "record_id": pl.String,
        "source": pl.String,
        "benchmark": pl.String,
        "item_id": pl.String,
        "part": pl.String,
        "detector": pl.String,
        "score": pl.Float64,
        "threshold": pl.Float64,
        "verdict": pl.String,
        "record_start": pl.Int64,
        "record_end": pl.Int64,
        "item_start": pl.Int64,
        "item_end": pl.Int64,
        "decided_by": pl.String,
    }
)

ROW_SCHEMA = pl.Schema(
    {
        "kind": pl.String(),
        "id": pl.String(),
        "exam": pl.String(),
        "year": pl.Int64(),
        "year_rule": pl.String(),
        "section": pl.String(),
        "number": pl.Int64(),
        "text": pl.String(),
        "original_text": pl.String(),
        "vignette": pl.String(),
        "vignette_id": pl.String(),
        "choices": pl.List(pl.String()),
        "answers": pl.List(pl.List(pl.String())),
        "points": pl.Int64(),
        "exclusion": pl.String(),
        "required": pl.Boolean(),
        "has_image": pl.Boolean(),
        "explanation": pl.String(),
        "explanation_verified": pl.String(),
        "published": pl.Int64(),
        "published_rule": pl.String(),
        "provenance": _PROVENANCE,
        "rendered": pl.String(),
    }
)
"""Columns of kept.parquet, in order; the fields of `Question` and `Document`, and `rendered`."""

INTERNAL = pl.Schema(
    {
        "row": pl.Int64(),
        "chars": pl.Int64(),
        "content": pl.String(),
        "text_key": pl.String(),
        "dropped_by": pl.String(),
        "dropped_at": pl.Int64(),
        "survivor_id": pl.String(),
        "findings": pl.List(FINDING),
    }
)
"""Columns that live only while a run does: the row's ordinal, its length in characters, hashes of its
content and of its normalised text, why and at which stage it was dropped, and its findings."""

WORK_SCHEMA = pl.Schema({**ROW_SCHEMA, **INTERNAL})


def undropped() -> pl.Expr:
    """True where no stage has dropped the row."""
    return pl.col("dropped_by").is_null()


def drop_where(shard: pl.DataFrame, condition: pl.Expr, reason: str) -> pl.DataFrame:
    """Returns `shard` with `reason` set where `condition` holds; the first reason of a row wins."""
    marked = pl.when(undropped() & condition.fill_null(value=False)).then(pl.lit(reason))
    return shard.with_columns(marked.otherwise(pl.col("dropped_by")).alias("dropped_by"))


def canonical_rows(frame: pl.DataFrame) -> Iterator[bytes]:
    """Yields each row as JSON with sorted keys: what a content hash is taken of."""
    for row in frame.iter_rows(named=True):
        yield canonical_json(row)


def canonical_json(value: Any) -> bytes:
    """Returns `value` as JSON bytes with sorted keys."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
