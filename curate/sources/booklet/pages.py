"""The pages of a PDF as glyphs, read by a process of its own with bounded time and memory."""

import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

import orjson

from curate.errors import InputError

MAX_BYTES = 1 << 28
MAX_PAGES = 1_000
MAX_GLYPHS = 4_000_000
MEMORY = 2 << 30
SECONDS = 120

_READER = Path(__file__).with_name("glyphs.py")
_HEAD = 1024  # the bytes in which a PDF's mark may stand
_RADICALS = range(0x2F00, 0x2FD6)


class Glyph(NamedTuple):
    """One printed character: its left and right edge, baseline and size, in points from the lower left."""

    char: str
    left: float
    base: float
    right: float
    size: float


class Page(NamedTuple):
    """One page; `images` counts those of a page without text, `error` says why it could not be read."""

    number: int
    bottom: float
    top: float
    glyphs: list[Glyph]
    images: int = 0
    error: str | None = None


def read_pages(path: Path, file: str) -> Iterator[Page]:
    """Yields the pages of a PDF; `file` is what errors call it.

    Scripts and attachments are never looked at. Raises InputError for what is encrypted, damaged or no
    PDF at all, and for what is too large or takes too much time or memory.
    """
    _refuse_other_files(path, file)
    with tempfile.TemporaryFile() as lines:
        _run(path, file, lines)
        lines.seek(0)
        head = orjson.loads(lines.readline() or b"{}")
        if "pages" not in head:
            raise _unreadable(head.get("error", "its reader ended without a word"), file)
        read = 0
        for line in lines:
            yield _page(orjson.loads(line))
            read += 1
        if read < head["pages"]:
            raise _unreadable(f"page {read + 1} ended its reader, or is too large", file)


def _refuse_other_files(path: Path, file: str) -> None:
    with path.open("rb") as opened:
        start = opened.read(_HEAD)
    if b"%PDF-" not in start:
        raise _unreadable("it is empty" if not start else "it is no PDF by its first bytes", file)
    if path.stat().st_size > MAX_BYTES:
        raise _unreadable(f"it is larger than {MAX_BYTES:,} bytes", file)


def _run(path: Path, file: str, lines: IO[bytes]) -> None:
    limits = [str(limit) for limit in (MEMORY, SECONDS, MAX_PAGES, MAX_GLYPHS)]
    command = [sys.executable, "-P", str(_READER), str(path.absolute()), *limits]
    try:
        subprocess.run(  # noqa: S603 (our own program, no shell)
            command,
            stdin=subprocess.DEVNULL,
            stdout=lines,
            stderr=subprocess.DEVNULL,
            timeout=2 * SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as exc:
        raise _unreadable(f"reading it takes longer than {2 * SECONDS} s", file) from exc


def _page(line: dict[str, Any]) -> Page:
    if "error" in line:
        return Page(line["page"], 0, 0, [], error=line["error"])
    _, bottom, _, top = line["box"]
    glyphs = [Glyph(_char(int(code)), *place) for code, *place in line["glyphs"]]
    return Page(line["page"], bottom, top, glyphs, line["images"])


def _char(code: int) -> str:
    """Returns the character; a radical, which no text is written in, as the kanji that looks like it."""
    if code in _RADICALS:
        return unicodedata.normalize("NFKC", chr(code))
    return chr(code)


def _unreadable(why: str, file: str) -> InputError:
    return InputError(
        f"the PDF cannot be read: {why}",
        where=file,
        hint="Open it in a viewer; save it anew without a password, or take the ministry's own file.",
    )
