"""What a format is: a way to cut a file into blocks of rows, and to read the rows of a block."""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, NamedTuple

from curate.models import RAW_LIMIT, Quarantined
from curate.sources.lines import Line, raw_text
from curate.sources.packings import unpacked_name
from curate.sources.values import Cells


class Row(NamedTuple):
    """One object and its place; `raw` is its text in the file, where it has one.

    What stands on a page has the `page`, and a `name` for errors.
    """

    number: int
    cells: Cells
    raw: bytes | None = None
    page: int | None = None
    name: str | None = None

    def quarantined(self, file: str, error: str) -> Quarantined:
        """Returns the row as one that could not be read."""
        raw = self._shown()[:RAW_LIMIT] if self.raw is None else raw_text(self.raw)
        error = f"{self.name}: {error}" if self.name else error
        return Quarantined(file=file, line=self.page or self.number, error=error, raw=raw)

    def _shown(self) -> str:
        try:
            return json.dumps(self.cells, ensure_ascii=False, default=str)
        except TypeError:  # a key of a map that is no text
            return str(self.cells)


class Limits(NamedTuple):
    """A block ends with the row that reaches one of these; a whole file has neither."""

    rows: int
    size: int


WHOLE = Limits(1 << 62, 1 << 62)
READ = Limits(4096, 1 << 22)
"""So much of a file is in memory where nobody asks for blocks."""


@dataclass(frozen=True)
class Block:
    """`rows` numbers of rows, from `first` on; where they stand, `start` and `stop` tell their format.

    What cannot be read from its middle, a compressed text, comes with its `lines`.
    """

    first: int
    rows: int
    start: int = 0
    stop: int = 0
    lines: tuple[Line | Quarantined, ...] | None = None


@dataclass(frozen=True)
class Format(ABC):
    """How rows are got out of a file; what a row means is its layout's.

    A format is a reader of rows, too: called with a file and what a quarantined row calls it, it
    yields them all.
    """

    suffixes: ClassVar[tuple[str, ...]] = ()
    """The ends of the names of its files, in lower case and without that of a compression."""

    @classmethod
    def takes(cls, path: Path) -> bool:
        """Tells whether the file has this format by its name."""
        return unpacked_name(path.name).endswith(cls.suffixes)

    @abstractmethod
    def cut(self, path: Path, limits: Limits) -> Iterator[Block]:
        """Yields the blocks of a file, in order, without keeping its rows; an empty file has none."""

    @abstractmethod
    def rows(self, path: Path, block: Block, file: str) -> Iterator[Row | Quarantined]:
        """Yields the rows of a block, whatever else was read before; `file` is what a bad one calls it."""

    def __call__(self, path: Path, file: str) -> Iterator[Row | Quarantined]:
        """Yields the rows of a file, in order."""
        for block in self.cut(path, READ):
            yield from self.rows(path, block, file)

    def count(self, path: Path) -> int:
        """Returns how many rows a file has, unreadable ones too."""
        return sum(1 for _ in self(path, path.name))


def packed_blocks(
    records: Iterable[tuple[Line | Quarantined, ...]], limits: Limits
) -> Iterator[Block]:
    """Yields blocks that come with their lines; a record's lines stay together."""
    lines: list[Line | Quarantined] = []
    first, size = 1, 0
    for record in records:
        lines += record
        size += sum(len(line.raw) for line in record)
        if len(lines) >= limits.rows or size >= limits.size:
            yield Block(first, len(lines), lines=tuple(lines))
            first, size, lines = first + len(lines), 0, []
    if lines:
        yield Block(first, len(lines), lines=tuple(lines))


def not_utf8(raw: bytes) -> str | None:
    """Returns what keeps bytes from being UTF-8 text, or None where nothing does."""
    try:
        raw.decode()
    except UnicodeDecodeError as exc:
        return f"not UTF-8 at byte {exc.start + 1}"
    return None
