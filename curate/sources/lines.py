"""Lines of a text file, compressed or not, in bounded memory; a bad line costs only itself."""

from collections.abc import Iterator
from itertools import chain, repeat
from pathlib import Path
from typing import NamedTuple

from curate.errors import InputError, boundary
from curate.models import RAW_LIMIT, Quarantined
from curate.sources.gzips import Lost
from curate.sources.packings import packing_of

LINE_LIMIT = 160 << 20
"""Bytes of a line: fifty million Japanese characters and what stands around them."""
CHUNK = 1 << 18
RANGE_CHUNK = 1 << 23

_BOM = b"\xef\xbb\xbf"
_BYTES_A_CHARACTER = 4
_RAW_BYTES = RAW_LIMIT * _BYTES_A_CHARACTER
_REFUSED = {
    b"\xff\xfe\0\0": "UTF-32",
    b"\0\0\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"PK\x03\x04": "zip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"PAR1": "Parquet without the suffix .parquet",
    b"\xff\xff\xff\xff": "Arrow (of a data set saved to disk? Give its folder)",
}


class Line(NamedTuple):
    """One line without its end; `number` counts from 1, blank lines included."""

    number: int
    raw: bytes


def raw_text(raw: bytes) -> str:
    """Returns at most RAW_LIMIT characters of `raw`, undecodable bytes escaped."""
    return raw[:_RAW_BYTES].decode("utf-8", "backslashreplace")[:RAW_LIMIT]


def read_lines(path: Path) -> Iterator[Line | Quarantined]:
    """Yields every line, blank ones too; an over-long one, and what a packed file lost, as Quarantined.

    A Quarantined names the file alone, without its folder. Raises InputError for a file that cannot
    be opened, is not UTF-8 text by its first bytes, or inflates beyond all proportion.
    """
    yield from split_lines(text_chunks(path), path.name)


def range_lines(path: Path, first: int, start: int, stop: int) -> Iterator[Line | Quarantined]:
    """Yields the lines in the bytes [start, stop) of an uncompressed file; `first` is their first number."""
    yield from split_lines(_range(path, start, stop), path.name, first)


def split_lines(chunks: Iterator[bytes], file: str, first: int = 1) -> Iterator[Line | Quarantined]:
    """Yields the lines of a text that comes in chunks; where the stream is Lost, what was left of it."""
    pending = _Pending(file, first)
    try:
        for chunk in chunks:
            start, *whole = chunk.split(b"\n")
            pending.add(start)
            if not whole:
                continue
            yield pending.take()
            rest = whole.pop()
            for piece in whole:
                yield pending.whole(piece)
            pending.add(rest)
    except Lost as exc:
        yield pending.lost(str(exc))
        return
    if pending.size:
        yield pending.take()


def text_chunks(path: Path) -> Iterator[bytes]:
    """Yields the text of a file without a byte order mark; raises Lost where a packed one breaks off."""
    packing = packing_of(path)
    with boundary(InputError, "cannot read"), path.open("rb") as file:
        chunks = iter(lambda: file.read(CHUNK), b"")
        if packing:
            if not file.read(1):
                raise Lost(f"the {packing.name} stream is empty")
            file.seek(0)
            chunks = packing.inflate(file, str(path))
        yield from _text_start(chunks, str(path))


def _range(path: Path, start: int, stop: int) -> Iterator[bytes]:
    with boundary(InputError, "cannot read"), path.open("rb") as file:
        file.seek(start)
        sizes = chain(
            repeat(RANGE_CHUNK, (stop - start) // RANGE_CHUNK), ((stop - start) % RANGE_CHUNK,)
        )
        chunks = (file.read(size) for size in sizes)
        yield from chunks if start else _text_start(chunks, str(path))


class _Pending:
    """The line being put together from chunks; of an over-long one only the head is kept."""

    def __init__(self, file: str, first: int) -> None:
        self.file = file
        self.number = first
        self.parts: list[bytes] = []
        self.size = 0

    def add(self, piece: bytes) -> None:
        if not piece:
            return
        self.size += len(piece)
        if self.size <= LINE_LIMIT:
            self.parts.append(piece)
        elif len(self.parts) != 1 or len(self.parts[0]) > _RAW_BYTES:
            self.parts = [b"".join([*self.parts, piece])[:_RAW_BYTES]]

    def whole(self, piece: bytes) -> Line | Quarantined:
        """Returns the next line, of which nothing is pending."""
        if len(piece) > LINE_LIMIT:
            self.add(piece)
            return self.take()
        self.number += 1
        return Line(self.number - 1, piece.removesuffix(b"\r"))

    def take(self) -> Line | Quarantined:
        raw = b"".join(self.parts)
        if self.size > LINE_LIMIT:
            line: Line | Quarantined = self.lost(
                f"the line is longer than {LINE_LIMIT:,} bytes", raw
            )
        else:
            line = Line(self.number, raw.removesuffix(b"\r"))
        self.number += 1
        self.parts, self.size = [], 0
        return line

    def lost(self, error: str, raw: bytes | None = None) -> Quarantined:
        raw = b"".join(self.parts) if raw is None else raw
        return Quarantined(file=self.file, line=self.number, error=error, raw=raw_text(raw))


def _text_start(chunks: Iterator[bytes], where: str) -> Iterator[bytes]:
    """Yields the chunks without a UTF-8 byte order mark; refuses what is no UTF-8 text at all."""
    first = next(chunks, b"")
    for magic, what in _REFUSED.items():
        if first.startswith(magic):
            raise InputError(
                f"is {what}, not UTF-8 text",
                where=where,
                hint="Convert it to UTF-8 JSON Lines first (.gz and .zst are read as they are).",
            )
    yield first.removeprefix(_BOM)
    yield from chunks
