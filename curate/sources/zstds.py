"""Zstandard streams in bounded memory, block by block: a loss is told apart from an end."""

from collections.abc import Iterator
from typing import BinaryIO

import zstandard

from curate.errors import InputError
from curate.sources.gzips import Budget, Lost

MAGIC = b"\x28\xb5\x2f\xfd"
WINDOW_LIMIT = 1 << 27
"""What `zstd --long` asks for; a longer window would be held in memory whole."""

_SKIPPABLE = 0x184D2A50
_HEADER = 18
_RLE = 1
_CHECKSUM = 4


def check_header(start: bytes, where: str) -> None:
    """Raises InputError unless `start` opens a zstd stream, if only with a frame to be skipped."""
    if start[: len(MAGIC)] != MAGIC and not _skippable(start):
        raise InputError(
            "is named .zst, but its zstd header is damaged or missing",
            where=where,
            hint="Fetch the file again, or name it without .zst if it is not compressed.",
        )


def inflate(file: BinaryIO, where: str) -> Iterator[bytes]:
    """Yields the bytes of all frames, a block at a time; raises Lost where the stream is cut or corrupt."""
    budget = Budget(where)
    check_header(file.read(len(MAGIC)), where)
    file.seek(0)
    while magic := file.read(len(MAGIC)):
        if _skippable(magic):
            file.seek(int.from_bytes(_read(file, 4), "little") - 1, 1)
            _read(file, 1)
        elif magic == MAGIC:
            yield from _frame(file, where, budget)
        else:
            raise Lost("the zstd stream is corrupt")


def _frame(file: BinaryIO, where: str, budget: Budget) -> Iterator[bytes]:
    """Yields a frame's blocks, each of at most 128 KB; the file stands behind the magic number."""
    at = file.tell()
    head = MAGIC + file.read(_HEADER - len(MAGIC))
    try:
        size = zstandard.frame_header_size(head)
        frame = zstandard.get_frame_parameters(head)
    except zstandard.ZstdError as exc:
        raise Lost("the zstd stream ends early, or its frame is damaged") from exc
    if frame.window_size > WINDOW_LIMIT:
        raise InputError(
            f"needs a window of {frame.window_size:,} bytes; at most {WINDOW_LIMIT:,} are read",
            where=where,
            hint="Compress it again with `zstd --long` at most, without a number behind it.",
        )
    unpacker = zstandard.ZstdDecompressor(max_window_size=WINDOW_LIMIT).decompressobj()
    file.seek(at - len(MAGIC) + size)
    packed, last = head[:size], False
    while not last:
        block = _read(file, 3)
        told = int.from_bytes(block, "little")
        last = bool(told & 1)
        packed += block + _read(file, 1 if told >> 1 & 3 == _RLE else told >> 3)
        if last and frame.has_checksum:
            packed += _read(file, _CHECKSUM)
        try:
            out = unpacker.decompress(packed)
        except zstandard.ZstdError as exc:
            raise Lost("the zstd stream is corrupt") from exc
        yield from budget.counted(iter([out] if out else []), len(packed))
        packed = b""


def _skippable(magic: bytes) -> bool:
    return int.from_bytes(magic, "little") & ~0xF == _SKIPPABLE


def _read(file: BinaryIO, size: int) -> bytes:
    """Returns exactly `size` bytes; raises Lost where the file ends before."""
    found = file.read(size)
    if len(found) < size:
        raise Lost("the zstd stream ends early")
    return found
