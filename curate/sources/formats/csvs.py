"""CSV and TSV: a quoted field may hold delimiters and line ends; a bad row costs only itself."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

from curate.errors import InputError
from curate.models import Quarantined
from curate.sources.formats.base import Block, Format, Limits, Row, not_utf8, packed_blocks
from curate.sources.formats.lines import line_ends
from curate.sources.lines import LINE_LIMIT, Line, range_lines, raw_text, read_lines
from curate.sources.packings import packing_of, unpacked_name

_TOO_LONG = "field larger than field limit"
_NAME_SHOWN = 40
_NAME_LIMIT = 64
_NO_NAME = re.compile(r"[\n。．？！?!]|\A[0-9.,%-]+\Z")


class NoHeaderError(InputError):
    """The first row of a CSV file names no columns, and nobody else does."""


@dataclass(frozen=True)
class Csv(Format):
    """CSV; `columns` names the columns of files that have no header row.

    Without a `delimiter` it is a tab in files named .tsv, and a comma in all others. A row's number is
    that of the line on which it begins; blank lines are no rows.
    """

    suffixes = (".csv", ".tsv")

    columns: Sequence[str] | None = None
    delimiter: str | None = None

    def cut(self, path: Path, limits: Limits) -> Iterator[Block]:
        """Yields blocks that end where the parser stands between two records."""
        records = self.records(path, read_lines(path))
        if packing_of(path):
            return packed_blocks((record.lines for record in records), limits)
        return _ranges(path, records, limits)

    def rows(self, path: Path, block: Block, file: str) -> Iterator[Row | Quarantined]:
        """Yields the rows of a block.

        Raises InputError for a first row that should name the columns and cannot.
        """
        lines: Iterable[Line | Quarantined] | None = block.lines
        if lines is None:
            lines = range_lines(path, block.first, block.start, block.stop)
        names, header = self.columns, None
        if names is None:
            header = self._header(path)
            names = _names(header, file) if header else ()
        for record in self.records(path, iter(lines)):
            if header is None or record.number != header.number:
                yield from record.rows(names, file)

    def records(self, path: Path, lines: Iterator[Line | Quarantined]) -> "Iterator[Record]":
        """Yields the records in lines, blank ones too: every line belongs to one."""
        feed = _Feed(lines)
        tabs = unpacked_name(path.name).endswith(".tsv")
        parser = csv.reader(feed, strict=True, delimiter=self.delimiter or ("\t" if tabs else ","))
        while True:
            error = None
            fields: list[str] = []
            try:
                fields = next(parser)
            except StopIteration:
                return
            except csv.Error as exc:
                error = f"not CSV: {exc}"
                if _TOO_LONG in error:  # at any other error the parser is out of the quotes
                    feed.close_quotes()
            yield Record(feed.take(), fields, error)

    def _header(self, path: Path) -> "Record | None":
        """Returns the first record that is not blank, unless a broken stream lost it."""
        records = self.records(path, read_lines(path))
        first = next((one for one in records if one.fields or one.error or one.lost), None)
        return first if first and not first.lost else None


class Record(NamedTuple):
    """The lines of one record and its fields, or why it has none."""

    lines: tuple[Line | Quarantined, ...]
    fields: list[str]
    error: str | None

    @property
    def number(self) -> int:
        """The number of its first line."""
        first = self.lines[0]
        return first.line if isinstance(first, Quarantined) else first.number

    @property
    def raw(self) -> bytes:
        """The text of its lines."""
        return b"\n".join(line.raw for line in self.lines if isinstance(line, Line))

    @property
    def lost(self) -> list[Quarantined]:
        """Those of its lines that could not be read."""
        return [line for line in self.lines if isinstance(line, Quarantined)]

    @property
    def wrong(self) -> str | None:
        """What keeps it from being a row of text."""
        error = self.error or not_utf8(self.raw)
        if error and len(self.lines) > 1:
            return f"{error}; lines {self.number}-{self.number + len(self.lines) - 1} are in it"
        return error

    def rows(self, names: Sequence[str], file: str) -> Iterator[Row | Quarantined]:
        """Yields the row, or what is wrong with it or its lines; nothing for a blank line."""
        error = self.wrong
        if self.lost:
            yield from (line.model_copy(update={"file": file}) for line in self.lost)
            return
        if not error and self.fields and len(self.fields) != len(names):
            error = f"expected {len(names)} fields, found {len(self.fields)}"
        if error:
            yield Quarantined(file=file, line=self.number, error=error, raw=raw_text(self.raw))
        elif self.fields:
            yield Row(self.number, dict(zip(names, self.fields, strict=True)), self.raw)


class _Feed:
    """Feeds lines to the CSV parser and keeps those of the record at hand."""

    def __init__(self, lines: Iterator[Line | Quarantined]) -> None:
        self.lines = lines
        self.fed: list[Line | Quarantined] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self.lines)
        self.fed.append(line)
        return line.raw.decode("utf-8", "replace") + "\n" if isinstance(line, Line) else ""

    def close_quotes(self) -> None:
        """Goes on to the line that ends a quoted field of several, if one does; the parser gave up in it."""
        ahead: list[Line | Quarantined] = []
        marks = sum(map(_marks, self.fed))
        size = sum(len(line.raw) for line in self.fed)
        while marks % 2 and size < LINE_LIMIT:
            if (line := next(self.lines, None)) is None:
                break
            ahead.append(line)
            marks, size = marks + _marks(line), size + len(line.raw)
        if marks % 2:  # it is never closed: the lines are rows
            self.lines = chain(ahead, self.lines)
        else:
            self.fed += ahead

    def take(self) -> tuple[Line | Quarantined, ...]:
        fed, self.fed = self.fed, []
        return tuple(fed)


def _marks(line: Line | Quarantined) -> int:
    return line.raw.count(b'"') if isinstance(line, Line) else 0


def _ranges(path: Path, records: Iterator[Record], limits: Limits) -> Iterator[Block]:
    ends = (int(end) for some in line_ends(path) for end in some)
    first, start, rows = 1, 0, 0
    stop = 0
    for record in records:
        rows += len(record.lines)
        *_, stop = islice(ends, len(record.lines))
        if rows >= limits.rows or stop - start >= limits.size:
            yield Block(first, rows, start, stop)
            first, start, rows = first + rows, stop, 0
    if rows:
        yield Block(first, rows, start, stop)


def _names(header: Record, file: str) -> list[str]:
    """Returns the names in a header; a blank one is "(n)", as tables with an index write it."""
    where = f"{file}:{header.number}"
    if header.wrong:
        raise InputError(
            f"the first row should name the columns, but it is {header.wrong}",
            where=where,
            hint="Write the file as UTF-8 CSV; a table of an old program may be in Shift_JIS.",
        )
    found = [name.strip() for name in header.fields]
    names = [name or f"({at})" for at, name in enumerate(found, 1)]
    twice = next((name for name in names if names.count(name) > 1), None)
    if not any(found) or any(len(name) > _NAME_LIMIT or _NO_NAME.search(name) for name in names):
        raise NoHeaderError(
            "its first row does not look like the names of columns",
            where=where,
            hint="Name them in a recipe (columns: [id, text, ...]), or write them as the first row.",
        )
    if twice is not None:
        raise InputError(
            f"the column {twice[:_NAME_SHOWN]!r} stands twice in the header",
            where=where,
            hint="Rename one of them.",
        )
    return names
