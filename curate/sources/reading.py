"""Rows of a source as records; the one place where a bad row becomes a quarantined one."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from curate.models import Document, Provenance, Quarantined, Question
from curate.sources.base import DocumentRow, DocumentSource, Source
from curate.sources.files import InputFile, InputFiles, input_files
from curate.sources.formats import Block, Limits, Row
from curate.sources.rows import with_columns

RowReader = Callable[[Path, str], Iterator[Row | Quarantined]]
"""Yields the rows of a file; the text is what a quarantined row calls the file."""

_ERRORS_SHOWN = 3
Record = Question | Document
T = TypeVar("T")


def source_files(source: Source) -> InputFiles:
    """Returns the source's files, hashed, sorted by relative path.

    Raises InputError where the path is missing, unreadable or holds nothing that the layout reads.
    """
    return input_files(source.path, source.files)


def read_source(
    source: Source, files: Sequence[InputFile], rows: RowReader | None = None
) -> Iterator[Record | Quarantined]:
    """Yields every row of the files, in file and line order; an unreadable one as Quarantined.

    `rows` reads them, where the source does not.
    Raises InputError for a file that is not what its layout promises.
    """
    for file in files:
        label = label_of(source, file)
        read = rows or source.reader(file.path)
        found = with_columns(read(file.path, label), source, label)
        for row in _read(found, _record_of(source, file), label):
            yield row if isinstance(row, Quarantined) else row[1]
        file.refuse_changed()


def check_file(source: Source, file: InputFile) -> None:
    """Raises InputError for a file that is not what its layout promises, by its first rows."""
    label = label_of(source, file)
    next(with_columns(source.reader(file.path)(file.path, label), source, label), None)


def cut(source: Source, file: InputFile, limits: Limits) -> Iterator[Block]:
    """Yields the blocks of a file, in order; an empty file has none."""
    return source.reader(file.path).cut(file.path, limits)


def count_rows(source: Source, file: InputFile) -> int:
    """Returns how many rows a file has, unreadable ones too."""
    return source.reader(file.path).count(file.path)


def raw_rows(source: Source, file: InputFile, numbers: Iterable[int]) -> Iterator[str]:
    """Yields the given rows of a file, in rising order, as they stand there, cut at RAW_LIMIT."""
    found = source.reader(file.path)(file.path, file.relative)
    rows = (row for row in found if isinstance(row, Row))
    for number in numbers:
        row = next((row for row in rows if row.number == number), None)
        yield row.quarantined(file.relative, "asked for").raw if row else ""


def read_block(
    source: Source, file: InputFile, block: Block
) -> Iterator[tuple[int, Record] | Quarantined]:
    """Yields every row of a block with its number in the file; an unreadable one as Quarantined."""
    label = label_of(source, file)
    rows = source.reader(file.path).rows(file.path, block, label)
    return _read(rows, _record_of(source, file), label)


def refused_block(
    source: Source, file: InputFile, block: Block, error: str
) -> Iterator[Quarantined]:
    """Yields every row of a block as one that could not be read, for the error or one of its own."""
    label = label_of(source, file)
    for row in source.reader(file.path).rows(file.path, block, label):
        yield row if isinstance(row, Quarantined) else row.quarantined(label, error)


def read_document_block(
    source: DocumentSource, file: InputFile, block: Block
) -> Iterator[tuple[int, DocumentRow] | Quarantined]:
    """Yields what the documents of a block say, without making a record of each."""
    label = label_of(source, file)

    def row(row: Row) -> DocumentRow:
        return source.row(row.cells, f"{file.relative}:{row.number}")

    return _read(source.reader(file.path).rows(file.path, block, label), row, label)


def _read(
    rows: Iterable[Row | Quarantined], convert: Callable[[Row], T], label: str
) -> Iterator[tuple[int, T] | Quarantined]:
    for row in rows:
        if isinstance(row, Quarantined):
            yield row
            continue
        try:
            yield row.number, convert(row)
        except ValueError as exc:
            yield row.quarantined(label, _reason(exc))


def _record_of(source: Source, file: InputFile) -> Callable[[Row], Record]:
    convert = source.converter()

    def record(row: Row) -> Record:
        provenance = Provenance(
            source=source.label,
            path=file.relative,
            sha256=file.sha256,
            line=None if row.page else row.number,
            page=row.page,
            licence=source.licence,
        )
        return convert(row.cells, provenance)

    return record


def label_of(source: Source, file: InputFile) -> str:
    """Returns what a quarantined row calls its file."""
    return f"{source.label}/{file.relative}"


def _reason(error: ValueError) -> str:
    """Returns "field: what is wrong", in one line, without the row's text."""
    if not isinstance(error, ValidationError):
        return str(error)
    details = error.errors(include_url=False, include_input=False, include_context=False)
    return "; ".join(_detail(one["loc"], one["msg"]) for one in details[:_ERRORS_SHOWN])


def _detail(where: tuple[int | str, ...], message: str) -> str:
    message = message.removeprefix("Value error, ")
    return f"{'.'.join(map(str, where))}: {message}" if where else message
