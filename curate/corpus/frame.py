"""Between records and the row frame: one place where rows become a frame and a row a record again."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from curate.models import Document, Quarantined, Question
from curate.sources import (
    Block,
    DocumentRow,
    DocumentSource,
    InputFile,
    Source,
    read_block,
    read_document_block,
)
from curate.tables import PROVENANCE, ROW_SCHEMA, WORK_SCHEMA, row_contents

_PLACE = {field.name: field.dtype for field in PROVENANCE.fields}
_PLAIN = tuple(n for n in ROW_SCHEMA if n not in ("exclusion", "provenance", "rendered"))
_EMPTY = pl.DataFrame(schema=WORK_SCHEMA)
_NO_FLAGS = pl.Series([[]], dtype=WORK_SCHEMA["flags"])
_DOCUMENT = pl.Schema(
    {"row": pl.Int64(), "line": pl.Int64()}
    | {name: ROW_SCHEMA[name] for name in DocumentRow._fields}
)


def block_frame(
    source: Source, file: InputFile, block: Block, before: int
) -> tuple[pl.DataFrame, list[Quarantined]]:
    """Returns the rows of a block, and those that could not be read.

    A row's ordinal is its number in the file and `before`.
    """
    bad: list[Quarantined] = []
    if isinstance(source, DocumentSource):
        documents: list[tuple[int, DocumentRow]] = []
        for found in read_document_block(source, file, block):
            bad.append(found) if isinstance(found, Quarantined) else documents.append(found)
        return _document_frame(source, file, documents, before), bad
    records: list[Question | Document] = []
    rows: list[int] = []
    for one in read_block(source, file, block):
        if isinstance(one, Quarantined):
            bad.append(one)
        else:
            rows.append(before + one[0])
            records.append(one[1])
    return shard_frame(records, rows), bad


def shard_frame(records: Sequence[Question | Document], rows: Sequence[int]) -> pl.DataFrame:
    """Returns the frame of `records`, whose ordinals are `rows`; with none, the one true empty frame."""
    columns: dict[str, Any] = {
        name: [getattr(record, name, None) for record in records] for name in _PLAIN
    }
    columns["exclusion"] = [
        record.exclusion.value if isinstance(record, Question) else None for record in records
    ]
    places = {name: [getattr(record.provenance, name) for record in records] for name in _PLACE}
    columns["row"] = list(rows)
    columns["chars"] = [len(record.full_text) for record in records]
    frame = pl.DataFrame(columns, schema_overrides={n: WORK_SCHEMA[n] for n in columns})
    provenance = pl.DataFrame(places, schema=_PLACE).to_struct("provenance")
    return _completed(frame.with_columns(provenance))


def record_of(row: Mapping[str, Any]) -> Question | Document:
    """Returns the record of a row of the frame; it was validated when it was read."""
    if row["kind"] == "document":
        return Document.model_validate({name: row[name] for name in Document.model_fields})
    return Question.model_validate({name: row[name] for name in Question.model_fields})


def full_text() -> pl.Expr:
    """Returns `full_text` of every row's record, as an expression over the frame."""
    printed = pl.coalesce("original_text", "text")
    choices = pl.col("choices").list.join("\n")
    some = pl.col("choices").list.len() > 0
    question = (
        printed
        + pl.when(some).then("\n" + choices).otherwise(pl.lit(""))
        + "\n"
        + pl.col("explanation").fill_null("")
        + pl.when(pl.col("original_text").is_null() & pl.col("vignette").is_not_null())
        .then("\n" + pl.col("vignette"))
        .otherwise(pl.lit(""))
    )
    return pl.when(pl.col("kind") == "document").then("text").otherwise(question)


def _document_frame(
    source: Source, file: InputFile, rows: Sequence[tuple[int, DocumentRow]], before: int
) -> pl.DataFrame:
    numbers = [number for number, _ in rows]
    values = (
        zip(*(row for _, row in rows), strict=True) if rows else ((),) * len(DocumentRow._fields)
    )
    columns = dict(zip(DocumentRow._fields, values, strict=True))
    frame = pl.DataFrame(
        {"row": [before + number for number in numbers], "line": numbers, **columns},
        schema=_DOCUMENT,
    )
    constant = {
        "source": source.label,
        "path": file.relative,
        "sha256": file.sha256,
        "page": None,
        "licence": source.licence,
    }
    fields = {
        name: pl.col("line") if name == "line" else pl.lit(constant[name], dtype=dtype)
        for name, dtype in _PLACE.items()
    }
    return _completed(
        frame.with_columns(
            kind=pl.lit("document"),
            chars=pl.col("text").str.len_chars().cast(pl.Int64),
            provenance=pl.struct(value.alias(name) for name, value in fields.items()),
        )
    )


def _completed(frame: pl.DataFrame) -> pl.DataFrame:
    """Returns the frame with all columns of the schema, in order: content hashes, and nulls for the rest."""
    known = frame.select(name for name in frame.columns if name in WORK_SCHEMA)
    whole = pl.concat([_EMPTY, known], how="diagonal")
    noticed = pl.col("flags").fill_null(pl.lit(_NO_FLAGS))
    return whole.with_columns(row_contents(whole), noticed)
