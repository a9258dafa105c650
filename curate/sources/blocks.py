"""Cuts a file into blocks of rows that can be read by themselves, without parsing a row."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from curate.errors import InputError, boundary
from curate.models import Quarantined
from curate.sources.lines import CHUNK, Line, is_compressed, range_lines, read_lines
from curate.sources.rows import Row, objects_of, parquet_blocks, parquet_rows

_NEWLINE = ord("\n")


class Limits(NamedTuple):
    """A block ends with the row that reaches one of these; a whole file has neither."""

    rows: int
    size: int


WHOLE = Limits(1 << 62, 1 << 62)


@dataclass(frozen=True)
class Block:
    """`rows` lines (or rows of a Parquet file), numbered from `first`: the bytes [start, stop) of the file.

    What cannot be read from its middle, a compressed text, comes with its `lines`.
    """

    first: int
    rows: int
    start: int = 0
    stop: int = 0
    lines: tuple[Line | Quarantined, ...] | None = None

    @property
    def size(self) -> int:
        """Its bytes as text; 0 where they are not known, of a Parquet file."""
        if self.lines is not None:
            return sum(len(line.raw) for line in self.lines)
        return self.stop - self.start


def cut(path: Path, limits: Limits) -> Iterator[Block]:
    """Yields the blocks of a file, in order; an empty file has none."""
    if path.suffix == ".parquet":
        return _rows(path, limits)
    return _inflated(path, limits) if is_compressed(path) else _ranges(path, limits)


def block_rows(path: Path, block: Block, file: str) -> Iterator[Row | Quarantined]:
    """Yields the objects of a block; `file` is what a quarantined row calls the file."""
    if path.suffix == ".parquet":
        yield from parquet_rows(path, block.first, block.rows, file)
    elif block.lines is not None:
        yield from objects_of(block.lines, file)
    else:
        lines = range_lines(path, block.first, block.start, block.stop)
        yield from objects_of(lines, file)


def _rows(path: Path, limits: Limits) -> Iterator[Block]:
    for first, rows in parquet_blocks(path, limits.rows, limits.size):
        yield Block(first, rows)


def _inflated(path: Path, limits: Limits) -> Iterator[Block]:
    lines: list[Line | Quarantined] = []
    first, size = 1, 0
    for line in read_lines(path):
        lines.append(line)
        size += len(line.raw)
        if len(lines) >= limits.rows or size >= limits.size:
            yield Block(first, len(lines), lines=tuple(lines))
            first, size, lines = first + len(lines), 0, []
    if lines:
        yield Block(first, len(lines), lines=tuple(lines))


def _ranges(path: Path, limits: Limits) -> Iterator[Block]:
    first, start, rows, stop = 1, 0, 0, 0
    for ends in _line_ends(path):
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


def _line_ends(path: Path) -> Iterator[npt.NDArray[np.int64]]:
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
