"""Ingesters, one file a format: what they read comes as records or, row by row, as quarantined."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from curate.errors import InputError
from curate.sources.base import Column, Convert, DocumentRow, DocumentSource, Source
from curate.sources.booklet.source import BookletSource
from curate.sources.documents import DocumentsSource
from curate.sources.files import InputFile, existing, root_of, row_files, without_links_out
from curate.sources.formats import WHOLE, Block, Csv, Format, JsonDocument, Limits, Row, format_of
from curate.sources.igakuqa import IgakuqaSource
from curate.sources.igakuqa119 import Igakuqa119Source
from curate.sources.lines import Line, raw_text, read_lines
from curate.sources.mmlu import MmluSource
from curate.sources.questions import QuestionsSource, only_our_columns
from curate.sources.reading import (
    RowReader,
    check_file,
    count_rows,
    cut,
    label_of,
    raw_rows,
    read_block,
    read_document_block,
    read_source,
    refused_block,
    source_files,
)
from curate.sources.rows import first_cells, read_rows
from curate.sources.run import RunSource
from curate.sources.text import TextSource
from curate.sources.texts import TextsSource
from curate.sources.yakugakuqa import YakugakuqaSource

__all__ = [
    "WHOLE",
    "AnySource",
    "Block",
    "BookletSource",
    "Column",
    "Convert",
    "Csv",
    "DocumentRow",
    "DocumentSource",
    "DocumentsSource",
    "Format",
    "Igakuqa119Source",
    "IgakuqaSource",
    "InputFile",
    "JsonDocument",
    "Limits",
    "Line",
    "MmluSource",
    "QuestionsSource",
    "Row",
    "RowReader",
    "RunSource",
    "Source",
    "TextSource",
    "TextsSource",
    "YakugakuqaSource",
    "check_file",
    "count_rows",
    "cut",
    "detect_layout",
    "format_of",
    "label_of",
    "only_our_columns",
    "raw_rows",
    "raw_text",
    "read_block",
    "read_document_block",
    "read_lines",
    "read_rows",
    "read_source",
    "refused_block",
    "source_files",
]

AnySource = Annotated[
    IgakuqaSource
    | YakugakuqaSource
    | Igakuqa119Source
    | MmluSource
    | BookletSource
    | QuestionsSource
    | DocumentsSource
    | TextSource
    | TextsSource
    | RunSource,
    Field(discriminator="layout"),
]

_BY_FORM: tuple[type[Source], ...] = (
    RunSource,
    IgakuqaSource,
    YakugakuqaSource,
    Igakuqa119Source,
    MmluSource,
    BookletSource,
    TextSource,
    DocumentsSource,
    QuestionsSource,
)


def detect_layout(path: Path) -> str | None:
    """Returns the layout of a file, folder or glob, by names and the first row; None if it is none.

    Raises InputError where there is nothing at the path or a file cannot be read at all.
    """
    existing(str(path))
    found = next((source for source in _BY_FORM if source.recognises(path)), None)
    if found in (DocumentsSource, QuestionsSource):
        _refuse_mixture(path)
    return str(found.model_fields["layout"].default) if found else None


def _refuse_mixture(path: Path) -> None:
    """Refuses a folder or glob in which some files hold questions and some documents."""
    holds: dict[type[Source], Path] = {}
    root = root_of(str(path))
    for file in without_links_out(row_files(str(path)), root, root):
        cells = first_cells(file)
        for kind in (DocumentsSource, QuestionsSource):
            if cells is not None and kind.fits(cells):
                holds.setdefault(kind, file)
    if len(holds) > 1:
        names = " and ".join(file.name for file in holds.values())
        raise InputError(
            f"documents and questions are mixed ({names})",
            where=str(path),
            hint="Give each kind as a source of its own.",
        )
