"""Rows of one JSON document: a list of objects, or an object of objects, whose keys are their ids."""

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson

from curate.errors import InputError
from curate.models import RAW_LIMIT, Quarantined
from curate.sources.formats.base import Block, Format, Limits, Row, packed_blocks
from curate.sources.formats.lines import objects_of
from curate.sources.gzips import Lost
from curate.sources.lines import LINE_LIMIT, Line, raw_text, text_chunks

_SPACE = re.compile(r"[ \t\n\r]*")
_CLOSING = {"{": "}", "[": "]"}
_DECODER = json.JSONDecoder()
_BYTES = "surrogateescape"  # what is not UTF-8 costs the entry that it stands in


@dataclass(frozen=True)
class JsonDocument(Format):
    """A JSON list of objects, or an object of objects; an entry is read at a time.

    Rows are numbered from 1, as entries. A key stands in the column `id`, unless the object has one of
    its own. What breaks the document is one quarantined row, and nothing after it is read.
    """

    suffixes = (".json",)

    def cut(self, path: Path, limits: Limits) -> Iterator[Block]:
        """Yields blocks that come with their entries; raises InputError for a file that holds none."""
        return packed_blocks(((entry,) for entry in _Scanner(path).entries()), limits)

    def rows(self, path: Path, block: Block, file: str) -> Iterator[Row | Quarantined]:  # noqa: ARG002
        """Yields the objects of a block."""
        return objects_of(block.lines or (), file)


class _Scanner:
    """Walks a document entry by entry, so that a repeated key is seen and little is in memory."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.chunks = text_chunks(path)
        self.decoder = codecs.getincrementaldecoder("utf-8")(_BYTES)
        self.ended = False
        self.text = ""
        self.at = 0
        self.line = 1
        self.number = 0

    def entries(self) -> Iterator[Line | Quarantined]:
        """Yields each entry as it stands there, its key put in; last, what broke the document."""
        try:
            yield from self._walk()
        except Lost as exc:
            yield self._broken(str(exc))
        except RecursionError:
            yield self._broken("not JSON: nested too deep; nothing after it was read")
        except ValueError as exc:
            error = exc.msg if isinstance(exc, json.JSONDecodeError) else exc
            yield self._broken(f"not JSON: {error}; nothing after it was read")

    def _walk(self) -> Iterator[Line]:
        opening = self._opening()
        if not self._takes(_CLOSING[opening]):
            yield self._entry(keyed=opening == "{")
            while not self._takes(_CLOSING[opening]):
                self._must(",")
                yield self._entry(keyed=opening == "{")
        if self._next():
            raise ValueError("text after the end of the document")

    def _opening(self) -> str:
        found = self._next()
        if found not in _CLOSING:
            raise InputError(
                "holds no JSON object or list",
                where=str(self.path),
                hint="Is it JSON Lines? Then name it .jsonl.",
            )
        self.at += 1
        return found

    def _entry(self, *, keyed: bool) -> Line:
        key = None
        if keyed:
            self._next()
            key = self._value()
            if not key.startswith(b'"'):
                raise ValueError("a key is not text")
            self._must(":")
        self._next()
        raw = self._value()
        self.number += 1
        return Line(self.number, raw if key is None else _with_id(raw, key))

    def _value(self) -> bytes:
        """Returns the value at hand as it stands there, and goes past it."""
        while True:
            try:
                _, end = _DECODER.raw_decode(self.text, self.at)
            except (ValueError, RecursionError):
                if len(self.text) - self.at > LINE_LIMIT or not self._more():
                    raise
                continue
            size = end - self.at
            if end == len(self.text) and self._more():  # a number may go on
                continue
            raw = self.text[self.at : self.at + size]
            self.at += size
            return raw.encode("utf-8", _BYTES)

    def _next(self) -> str:
        """Returns the sign after the white space at hand, or nothing at the end."""
        while True:
            match = _SPACE.match(self.text, self.at)
            self.at = match.end() if match else self.at
            if self.at < len(self.text) or not self._more():
                return self.text[self.at : self.at + 1]

    def _takes(self, sign: str) -> bool:
        found = self._next() == sign
        self.at += found
        return found

    def _must(self, sign: str) -> None:
        if not self._takes(sign):
            raise ValueError(f"expected {sign!r}")

    def _more(self) -> bool:
        """Takes at least as much text again as is at hand, so that nothing is parsed often."""
        wanted, parts = len(self.text) - self.at, []
        while not self.ended and wanted >= 0:
            chunk = next(self.chunks, b"")
            self.ended = not chunk
            parts.append(self.decoder.decode(chunk, final=self.ended))
            wanted -= len(parts[-1])
        found = "".join(parts)
        self.line += self.text.count("\n", 0, self.at)
        self.text, self.at = self.text[self.at :] + found, 0
        return bool(found)

    def _broken(self, error: str) -> Quarantined:
        line = self.line + self.text.count("\n", 0, self.at)
        raw = self.text[self.at : self.at + RAW_LIMIT].encode("utf-8", _BYTES)
        said = f"{error} (line {line})"
        return Quarantined(file=self.path.name, line=self.number + 1, error=said, raw=raw_text(raw))


def _with_id(raw: bytes, key: bytes) -> bytes:
    """Returns an entry with its key as its id, unless it is no object or has an id of its own."""
    try:
        value = orjson.loads(raw)
    except ValueError:
        return raw
    if not isinstance(value, dict) or "id" in value:
        return raw
    return b'{"id":' + key + (b"," if value else b"") + raw[1:]
