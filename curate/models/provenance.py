"""Where a row came from, down to the line."""

from typing import Self

from pydantic import PositiveInt, model_validator

from curate.models.base import NonEmpty, Record, Sha256


class Provenance(Record):
    """The origin of a row: `path` is relative to its source, `line` (or `page`) counts from 1."""

    source: NonEmpty
    path: NonEmpty
    sha256: Sha256
    line: PositiveInt | None = None
    page: PositiveInt | None = None
    licence: str | None = None

    @model_validator(mode="after")
    def _has_a_place(self) -> Self:
        if (self.line is None) == (self.page is None):
            raise ValueError("provenance needs a line or a page, and not both")
        return self
