"""Any rows as documents, for audits: every text of a row, lists and chat messages too."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import orjson

from curate.sources.base import Column, DocumentRow, DocumentSource, TableSource
from curate.sources.values import Cells, identifier
from curate.sources.years import FieldRule, Published, YearRule

MAX_DEPTH = 32

_SPECIAL = ("{", "[", "d")
"""How JSON (of tool calls, or of a whole column) and the data URI of an image begin."""
_DATA_URI_HEAD = 100


class TextsSource(TableSource, DocumentSource):
    """Rows of any columns. A row's `id`, or else its file:line, is the record's id."""

    layout: Literal["texts"] = "texts"
    year: YearRule = FieldRule(field="year")
    published: Published = "unknown"
    columns_read: list[str] | None = None
    """The columns to read as text; absent: every one."""

    @classmethod
    def recognises(cls, path: Path) -> bool:  # noqa: ARG003 (asked of every layout)
        """Never: a layout that takes anything is chosen, not found."""
        return False

    def needed_columns(self) -> list[Column]:
        """Returns the columns that were asked for by name."""
        return [Column(ours=name, names=(name,)) for name in self.columns_read or ()]

    def row(self, cells: Cells, place: str) -> DocumentRow:
        """Returns the texts of a row as one document, without a date."""
        read = self.columns_read
        texts: list[str] = []
        for name, value in cells.items():
            if name != "id" if read is None else name in read:
                texts += _texts(value)
        has_id = cells.get("id") is not None
        return DocumentRow(identifier(cells, "id") if has_id else place, "\n".join(texts))


def _texts(value: object, depth: int = 0) -> Iterator[str]:
    """Yields the texts in a value, in order; raises ValueError for a value nested too deep.

    A key is a name, not a text, as long as it is ASCII.
    """
    if depth > MAX_DEPTH:
        raise ValueError(f"nested more than {MAX_DEPTH} deep")
    if isinstance(value, str):
        yield from _written(value, depth) if value[:1] in _SPECIAL else (value,)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item, depth + 1)
    elif isinstance(value, dict):
        for name, item in value.items():
            if isinstance(name, str) and not name.isascii():
                yield name
            yield from _texts(item, depth + 1)


def _written(value: str, depth: int) -> Iterator[str]:
    """Yields what a text says: nothing for embedded bytes, its own texts for JSON with escapes."""
    if value.startswith("data:") and ";base64," in value[:_DATA_URI_HEAD]:
        return
    if "\\" in value and value[:1] in "{[":
        try:
            inner = orjson.loads(value)
        except orjson.JSONDecodeError:
            inner = None
        if inner is not None:
            yield from _texts(inner, depth + 1)
            return
    yield value
