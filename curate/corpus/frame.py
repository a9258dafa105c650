"""Between records and the row frame: one place where rows become a frame and a row a record again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
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

FILE_ROWS = 40
"""Bits of a row's ordinal for its number in its file; those above are the number of the input."""

_PLACE = {field.name: field.dtype for field in PROVENANCE.fields}
_PLAIN = tuple(n for n in ROW_SCHEMA if n not in ("exclusion", "provenance", "rendered"))
_EMPTY = pl.DataFrame(schema=WORK_SCHEMA)
_NO_FLAGS = pl.Series([[]], dtype=WORK_SCHEMA["flags"])
_DOCUMENT = pl.Schema(
    {"row": pl.Int64()}
    | {name: ROW_SCHEMA[name] for name in DocumentRow._fields}
    | {name: WORK_SCHEMA[name] for name in ("provenance", "kind", "chars")}
)


@dataclass(frozen=True, slots=True)
class Part:
    """A block of a file, which is the run's input number `input`."""

    input: int
    file: InputFile
    block: Block

    @property
    def before(self) -> int:
        """The ordinal before that of the file's first row."""
        return self.input << FILE_ROWS


def parts_frame(source: Source, parts: Sequence[Part]) -> tuple[pl.DataFrame, list[Quarantined]]:
    """Returns the rows of blocks of a source's files, in order, and those that could not be read.

    Raises InputError for a file that is not what it was when it was hashed.
    """
    bad: list[Quarantined] = []
    if isinstance(source, DocumentSource):
        found = [_documents(source, part, bad) for part in parts]
        return _document_frame(source, parts, found), bad
    records: list[Question | Document] = []
    rows: list[int] = []
    for part in parts:
        for one in read_block(source, part.file, part.block):
            if isinstance(one, Quarantined):
                bad.append(one)
            else:
                rows.append(part.before + one[0])
                records.append(one[1])
        part.file.refuse_changed()
    return shard_frame(records, rows), bad


def _documents(
    source: DocumentSource, part: Part, bad: list[Quarantined]
) -> list[tuple[int, DocumentRow]]:
    """Returns what the documents of a block say; adds those that cannot be read to `bad`."""
    good: list[tuple[int, DocumentRow]] = []
    for found in read_document_block(source, part.file, part.block):
        bad.append(found) if isinstance(found, Quarantined) else good.append(found)
    part.file.refuse_changed()
    return good


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
    source: Source, parts: Sequence[Part], found: Sequence[Sequence[tuple[int, DocumentRow]]]
) -> pl.DataFrame:
    pairs = list(zip(parts, found, strict=True))
    rows = [row for _, some in pairs for _, row in some]
    values = zip(*rows, strict=True) if rows else ((),) * len(DocumentRow._fields)
    # Polars copies the text of a frame of one row at every step, so none is kept for long.
    return _completed(
        pl.DataFrame(
            {
                "row": [part.before + number for part, some in pairs for number, _ in some],
                **dict(zip(DocumentRow._fields, values, strict=True)),
                "provenance": _places(source, pairs),
                "kind": ["document"] * len(rows),
                "chars": [len(row.text) for row in rows],
            },
            schema=_DOCUMENT,
        )
    )


def _places(
    source: Source, pairs: Sequence[tuple[Part, Sequence[tuple[int, DocumentRow]]]]
) -> pl.Series:
    """Returns where each document comes from."""
    of_file = {
        name: list(_repeated((getattr(part.file, of), len(some)) for part, some in pairs))
        for name, of in (("path", "relative"), ("sha256", "sha256"))
    }
    lines = [number for _, some in pairs for number, _ in some]
    places = pl.DataFrame(
        {"line": lines, **of_file}, schema={name: _PLACE[name] for name in ("line", *of_file)}
    )
    constant = {"source": source.label, "page": None, "licence": source.licence}
    places = places.with_columns(
        pl.lit(value, dtype=_PLACE[name]).alias(name) for name, value in constant.items()
    )
    return places.select(*_PLACE).to_struct("provenance")


def _repeated(counted: Iterator[tuple[str, int]]) -> Iterator[str]:
    return chain.from_iterable(repeat(value, times) for value, times in counted)


def _completed(frame: pl.DataFrame) -> pl.DataFrame:
    """Returns the frame with all columns of the schema, in order: content hashes, and nulls for the rest."""
    frame = pl.concat([_EMPTY, frame], how="diagonal")
    noticed = pl.col("flags").fill_null(pl.lit(_NO_FLAGS))
    return frame.with_columns(row_contents(frame), noticed)
