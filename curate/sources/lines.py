"""Lines of a text file, compressed or not, in bounded memory; a bad line costs only itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from curate.errors import InputError, boundary
from curate.models import RAW_LIMIT, Quarantined
from curate.sources import gzips

LINE_LIMIT = 1 << 26
CHUNK = 1 << 18

_BOM = b"\xef\xbb\xbf"
_BYTES_A_CHARACTER = 4
_RAW_BYTES = RAW_LIMIT * _BYTES_A_CHARACTER
_REFUSED = {
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"PK\x03\x04": "zip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"PAR1": "Parquet without the suffix .parquet",
}


@dataclass(frozen=True)
class Line:
    """One line without its end; `number` counts from 1, blank lines included."""

    number: int
    raw: bytes


def raw_text(raw: bytes) -> str:
    """Returns at most RAW_LIMIT characters of `raw`, undecodable bytes escaped."""
    return raw[:_RAW_BYTES].decode("utf-8", "backslashreplace")[:RAW_LIMIT]


def read_lines(path: Path) -> Iterator[Line | Quarantined]:
    """Yields every line, blank ones too; an over-long line and what a .gz lost come as Quarantined.

    A Quarantined names the file alone, without its folder. Raises InputError for a file that cannot
    be opened, is not UTF-8 text by its first bytes, or inflates beyond all proportion.
    """
    with boundary(InputError, "cannot read"), path.open("rb") as file:
        start = file.read(len(gzips.MAGIC))
        file.seek(0)
        pending = _Pending(path.name)
        if start != gzips.MAGIC and not (start and path.suffix == ".gz"):
            if not start and path.suffix == ".gz":
                yield pending.lost("the gzip stream is empty")
                return
            yield from _split(iter(lambda: file.read(CHUNK), b""), pending, str(path))
            return
        try:
            yield from _split(gzips.inflate(file, str(path)), pending, str(path))
        except gzips.Lost as exc:
            yield pending.lost(str(exc))


class _Pending:
    """The line being put together from chunks; of an over-long one only the head is kept."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.number = 1
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


def _split(chunks: Iterator[bytes], pending: _Pending, where: str) -> Iterator[Line | Quarantined]:
    for chunk in _text_start(chunks, where):
        *whole, rest = chunk.split(b"\n")
        for piece in whole:
            pending.add(piece)
            yield pending.take()
        pending.add(rest)
    if pending.size:
        yield pending.take()


def _text_start(chunks: Iterator[bytes], where: str) -> Iterator[bytes]:
    """Yields the chunks without a UTF-8 byte order mark; refuses what is no UTF-8 text at all."""
    first = next(chunks, b"")
    for magic, what in _REFUSED.items():
        if first.startswith(magic):
            raise InputError(
                f"is {what}, not UTF-8 text",
                where=where,
                hint="Convert it to UTF-8 JSON Lines first (.gz is read as it is).",
            )
    yield first.removeprefix(_BOM)
    yield from chunks
