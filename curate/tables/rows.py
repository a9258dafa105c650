"""The row frame: one wide schema for questions and documents, and the columns a stage may add."""

from collections.abc import Collection, Iterable
from hashlib import sha256
from typing import Any

import orjson
import polars as pl
from polars.datatypes import DataTypeClass

AnyType = pl.DataType | DataTypeClass

PROVENANCE = pl.Struct(
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

NEAR = pl.Struct({"rank": pl.Int64, "bands": pl.List(pl.UInt64), "grams": pl.List(pl.UInt32)})
"""What near duplicates are found by: a row's rank among them, its bands, the hashes of its grams."""

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
        "flags": pl.List(pl.String()),
        "provenance": PROVENANCE,
        "rendered": pl.String(),
    }
)
"""Columns of kept.parquet, in order; the fields of `Question` and `Document`, and `rendered`."""

INTERNAL = pl.Schema(
    {
        "row": pl.Int64(),
        "chars": pl.Int64(),
        "blank": pl.Boolean(),
        "content": pl.Binary(),
        "text_key": pl.Binary(),
        "near": NEAR,
        "dropped_by": pl.String(),
        "dropped_at": pl.Int64(),
        "survivor_id": pl.String(),
        "survivor_row": pl.Int64(),
        "findings": pl.List(FINDING),
        "digest": pl.Binary(),
    }
)
"""Columns that live only while a run does: the row's ordinal and its length in characters; what corpus
stages compare (whether the text says nothing, hashes of the content and of the normalised text, grams);
why and at which stage the row was dropped and for which other row, its findings, and at the end the hash
of the row as it is written."""

WORK_SCHEMA = pl.Schema({**ROW_SCHEMA, **INTERNAL})

MADE = frozenset({"flags", "rendered"})
"""What stages add to a row that is written."""

SOURCE_COLUMNS = ("row", *(name for name in ROW_SCHEMA if name not in MADE))
"""What a row is read as, which no stage changes; all other columns are marks."""

SAID = frozenset(ROW_SCHEMA) - {"provenance"} - MADE
"""What a row says, without the place that it comes from and what stages made of it."""

LARGE = 1 << 25
"""Bytes of a frame whose rows are written as JSON one by one."""

MARKS = ("row", *(name for name in WORK_SCHEMA if name not in SOURCE_COLUMNS))


def undropped() -> pl.Expr:
    """True where no stage has dropped the row."""
    return pl.col("dropped_by").is_null()


def drop_where(shard: pl.DataFrame, condition: pl.Expr, reason: str) -> pl.DataFrame:
    """Returns `shard` with `reason` set where `condition` holds; the first reason of a row wins."""
    marked = pl.when(undropped() & condition.fill_null(value=False)).then(pl.lit(reason))
    return shard.with_columns(marked.otherwise(pl.col("dropped_by")).alias("dropped_by"))


def canonical_rows(frame: pl.DataFrame, names: Collection[str] | None = None) -> pl.Series:
    """Returns each row, or its columns `names`, as JSON bytes with sorted keys at every depth."""
    chosen = frame.columns if names is None else [n for n in frame.columns if n in names]
    if frame.is_empty() or not chosen:
        return pl.repeat(b"{}", frame.height, dtype=pl.Binary, eager=True)
    row = _sorted_struct({name: (pl.col(name), frame.schema[name]) for name in chosen})
    return frame.select(row.struct.json_encode().cast(pl.Binary).alias("canonical")).to_series()


def row_contents(frame: pl.DataFrame) -> pl.Series:
    """Returns the SHA-256 of what each row says, wherever it stands: of its canonical row of `SAID`."""
    if frame.estimated_size() <= LARGE:
        rows: Iterable[bytes] = canonical_rows(frame, SAID)
    else:  # Polars would hold all of it four times; both write the same bytes
        said = frame.select(name for name in frame.columns if name in SAID)
        rows = map(canonical_json, said.iter_rows(named=True, buffer_size=1))
    return pl.Series("content", [sha256(row).digest() for row in rows], dtype=pl.Binary)


def row_digests(frame: pl.DataFrame, contents: pl.Series | None = None) -> pl.Series:
    """Returns the SHA-256 of each whole row, 32 bytes each.

    It is taken of the row's content hash (`contents`, or else made here) and the canonical row of all
    other columns, so that a long text is hashed once, whatever becomes of its row.
    """
    said = row_contents(frame) if contents is None else contents
    rest = canonical_rows(frame, set(frame.columns) - SAID)
    digests = [sha256(one + other).digest() for one, other in zip(said, rest, strict=True)]
    return pl.Series("digest", digests, dtype=pl.Binary)


def canonical_json(value: Any) -> bytes:
    """Returns `value` as JSON bytes with sorted keys."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _sorted_struct(fields: dict[str, tuple[pl.Expr, AnyType]]) -> pl.Expr:
    return pl.struct(_sorted(*fields[name]).alias(name) for name in sorted(fields))


def _sorted(value: pl.Expr, dtype: AnyType) -> pl.Expr:
    """Returns the value with the fields of its structs sorted by name; a null struct stays null."""
    if isinstance(dtype, pl.List) and _has_struct(dtype):
        return value.list.eval(_sorted(pl.element(), dtype.inner))
    if not isinstance(dtype, pl.Struct):
        return value
    fields = {field.name: (value.struct.field(field.name), field.dtype) for field in dtype.fields}
    return pl.when(value.is_not_null()).then(_sorted_struct(fields))


def _has_struct(dtype: AnyType) -> bool:
    while isinstance(dtype, pl.List):
        dtype = dtype.inner
    return isinstance(dtype, pl.Struct)
