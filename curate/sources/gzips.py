"""Gzip streams in bounded memory: a loss is told apart from an end."""

import zlib
from collections.abc import Iterator
from typing import BinaryIO

from curate.errors import InputError

MAGIC = b"\x1f\x8b"
CHUNK = 1 << 14
OUT_CHUNK = 1 << 20
BOMB_FLOOR = 1 << 26
BOMB_RATIO = 1000

_GZIP_WINDOW = 31
_DEFLATE = 8
_RESERVED_FLAGS = 0xE0


class Lost(Exception):  # noqa: N818  # it ends a stream as StopIteration does
    """The compressed stream broke off: everything that could be read has been handed out."""


def check_header(start: bytes, where: str) -> None:
    """Raises InputError unless `start` opens a gzip stream that zlib can read."""
    readable = start[:2] == MAGIC and start[2:3] == bytes([_DEFLATE])
    if not readable or (len(start) > 3 and start[3] & _RESERVED_FLAGS):  # noqa: PLR2004
        raise InputError(
            "is named .gz, but its gzip header is damaged or missing",
            where=where,
            hint="Fetch the file again, or name it without .gz if it is not compressed.",
        )


def inflate(file: BinaryIO, where: str) -> Iterator[bytes]:
    """Yields the bytes of all members; raises Lost where the stream is cut or corrupt."""
    budget = Budget(where)
    rest = file.read(CHUNK)
    check_header(rest, where)
    while rest:
        member = zlib.decompressobj(_GZIP_WINDOW)
        while not member.eof:
            yield from budget.counted(_feed(member, rest), len(rest))
            if not member.eof:
                rest = file.read(CHUNK)
                if not rest:
                    raise Lost("the gzip stream ends early")
        rest = _next_member(member.unused_data, file)


def _feed(member: "zlib._Decompress", data: bytes) -> Iterator[bytes]:
    """Yields what `data` inflates to, at most OUT_CHUNK bytes at a time."""
    while True:
        try:
            out = member.decompress(data, OUT_CHUNK)
        except zlib.error as exc:
            raise Lost("the gzip stream is corrupt") from exc
        if out:
            yield out
        data = member.unconsumed_tail
        if member.eof or not (data or out):
            return


def _next_member(unused: bytes, file: BinaryIO) -> bytes:
    """Returns the start of the next member, past any zero padding; empty at the end of the file."""
    while True:
        unused = unused.lstrip(b"\0")
        if unused:
            return unused
        unused = file.read(CHUNK)
        if not unused:
            return b""


def refuse_bomb(packed: int, inflated: int, where: str) -> None:
    """Raises InputError where so many bytes inflate beyond all proportion."""
    if inflated > max(BOMB_FLOOR, BOMB_RATIO * packed):
        raise InputError(
            f"inflates to more than {BOMB_RATIO} times its size; not read further",
            where=where,
            hint="If the file is honest, decompress it yourself and give the result.",
        )


class Budget:
    """Refuses a stream that inflates beyond all proportion."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.read = 0
        self.written = 0

    def counted(self, chunks: Iterator[bytes], read: int) -> Iterator[bytes]:
        """Yields the chunks that `read` compressed bytes gave; raises InputError once they are too many."""
        self.read += read
        for chunk in chunks:
            self.written += len(chunk)
            refuse_bomb(self.read, self.written, self.where)
            yield chunk
