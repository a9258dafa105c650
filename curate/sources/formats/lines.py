"""JSON Lines, plain or compressed: an object a line, numbered by its line."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import orjson

from curate.errors import InputError, boundary
from curate.models import Quarantined
from curate.sources.formats.base import Block, Format, Limits, Row, not_utf8, packed_blocks
from curate.sources.lines import CHUNK, Line, range_lines, raw_text, read_lines
from curate.sources.packings import packing_of
from curate.sources.values import kind

_NEWLINE = ord("\n")


@dataclass(frozen=True)
class JsonLines(Format):
    """A JSON object a line; blank lines are counted, and are no rows."""

    suffixes = (".jsonl", ".ndjson")

    def cut(self, path: Path, limits: Limits) -> Iterator[Block]:
        """Yields the blocks of a file by its line ends, without parsing a row."""
        if packing_of(path):
            return packed_blocks(((line,) for line in read_lines(path)), limits)
        return _ranges(path, limits)

    def rows(self, path: Path, block: Block, file: str) -> Iterator[Row | Quarantined]:
        """Yields the objects in the lines of a block."""
        lines: Iterable[Line | Quarantined] | None = block.lines
        if lines is None:
            lines = range_lines(path, block.first, block.start, block.stop)
        return objects_of(lines, file)

    def __call__(self, path: Path, file: str) -> Iterator[Row | Quarantined]:
        """Yields the rows of a file, in order; it is opened once, and not cut into blocks."""
        return objects_of(read_lines(path), file)

    def count(self, path: Path) -> int:
        """Returns how many lines are not blank."""
        return sum(
            isinstance(one, Quarantined) or bool(one.raw.strip()) for one in read_lines(path)
        )


def objects_of(lines: Iterable[Line | Quarantined], file: str) -> Iterator[Row | Quarantined]:
    """Yields the objects in lines, blank ones left out."""
    for line in lines:
        if isinstance(line, Quarantined):
            yield line.model_copy(update={"file": file})
        elif line.raw.strip():
            yield _row(line, file)


def _row(line: Line, file: str) -> Row | Quarantined:
    try:
        value = orjson.loads(line.raw)
    except orjson.JSONDecodeError as exc:
        error = not_utf8(line.raw) or f"not JSON: {exc.msg} (column {exc.colno})"
    else:
        if isinstance(value, dict):
            return Row(line.number, value, line.raw)
        error = f"expected a JSON object, found {kind(value)}"
    return Quarantined(file=file, line=line.number, error=error, raw=raw_text(line.raw))


def _ranges(path: Path, limits: Limits) -> Iterator[Block]:
    first, start, rows, stop = 1, 0, 0, 0
    for ends in line_ends(path):
        left = ends
        while len(left):
            by_size = int(np.searchsorted(left, start + limits.size)) + 1
            taken = min(limits.rows - rows, by_size, len(left))
            rows, stop = rows + taken, int(left[taken - 1])
            left = left[taken:]
            if rows >= limits.rows or stop - start >= limits.size:
                yield Block(first, rows, start, stop)
                first, start, rows = first + rows, stop, 0
    if rows:
        yield Block(first, rows, start, stop)


def line_ends(path: Path) -> Iterator[npt.NDArray[np.int64]]:
    """Yields, chunk by chunk, the places after each line's end; the last line may have none of its own."""
    buffer = bytearray(CHUNK)
    view, at, last = np.frombuffer(buffer, np.uint8), 0, 0
    with boundary(InputError, "cannot read"), path.open("rb") as file:
        while size := file.readinto(buffer):
            ends = np.flatnonzero(view[:size] == _NEWLINE) + (at + 1)
            at += size
            if len(ends):
                last = int(ends[-1])
                yield ends
    if at > last:
        yield np.array([at])
