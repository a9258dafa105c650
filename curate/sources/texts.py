"""Any rows as documents, for audits: every text of a row, lists and chat messages too."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from curate.models import Document, Provenance
from curate.sources.base import Column, Convert, Source
from curate.sources.values import Cells, identifier
from curate.sources.years import FieldRule, Published, YearRule

MAX_DEPTH = 32


class TextsSource(Source):
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

    def columns(self) -> list[Column]:
        """Returns the columns that were asked for by name."""
        return [Column(ours=name, names=(name,)) for name in self.columns_read or ()]

    def converter(self) -> Convert:
        """Returns the converter; rows do not depend on each other."""
        return self._document

    def _document(self, cells: Cells, provenance: Provenance) -> Document:
        has_id = cells.get("id") is not None
        wanted = cells.keys() - {"id"} if self.columns_read is None else set(self.columns_read)
        values = (value for name, value in cells.items() if name in wanted)
        return Document(
            id=identifier(cells, "id") if has_id else f"{provenance.path}:{provenance.line}",
            text="\n".join(text for value in values for text in _texts(value)),
            provenance=provenance,
        )


def _texts(value: object, depth: int = 0) -> Iterator[str]:
    """Yields the texts in a value, in order; raises ValueError for a value nested too deep."""
    if depth > MAX_DEPTH:
        raise ValueError(f"nested more than {MAX_DEPTH} deep")
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item, depth + 1)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item, depth + 1)
