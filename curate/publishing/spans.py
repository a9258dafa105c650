"""A place in a line of text, and what was found there."""

from typing import NamedTuple

from curate.models import PersonalKind

__all__ = ["Span"]


class Span(NamedTuple):
    """Characters `start` to `end`; `rule` found them."""

    start: int
    end: int
    kind: PersonalKind
    rule: str
