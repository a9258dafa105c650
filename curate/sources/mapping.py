"""From a file's columns to our names, as a recipe's `fields` says."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from curate.models import NonEmpty
from curate.sources.base import Column
from curate.sources.values import Cells, optional_text

Theirs = NonEmpty | list[NonEmpty]
"""One column of a file, or, for options, one column each."""

_LISTS = frozenset({"choices", "answers", "answer"})
_FLAGS = frozenset({"required", "has_image"})
_MAY_BE_BLANK = frozenset({"id", "text"})
_TRUTHS = {"true": True, "false": False}


def renamed(cells: Cells, fields: Mapping[Any, Theirs]) -> Cells:
    """Returns the row in our names; `fields` maps ours to theirs, other columns stay."""
    if not fields:
        return cells
    mapped: dict[str, object] = {}
    for ours, theirs in fields.items():
        if isinstance(theirs, list):
            mapped[ours] = options_in(cells, theirs)
        elif theirs in cells:
            mapped[ours] = cells[theirs]
    return {**{name: value for name, value in cells.items() if name not in fields}, **mapped}


def options_in(cells: Cells, names: Sequence[str]) -> list[str]:
    """Returns the options that stand in a column each, without the blanks that fill a row up."""
    found = [optional_text(cells, name) or "" for name in names]
    while found and not found[-1].strip():
        found.pop()
    return found


def mapped_columns(needed: Sequence[tuple[str, ...]], fields: Mapping[Any, Theirs]) -> list[Column]:
    """Returns the needed columns and the mapped ones, in the file's names."""
    single = {ours: theirs for ours, theirs in fields.items() if isinstance(theirs, str)}
    columns = [
        Column(ours=some[0], names=tuple(single.get(name, name) for name in some))
        for some in needed
        if not any(isinstance(fields.get(name), list) for name in some)
    ]
    theirs = [(ours, [t] if isinstance(t, str) else t) for ours, t in fields.items()]
    return columns + [Column(ours=ours, names=(name,)) for ours, some in theirs for name in some]


def untabled(cells: Cells) -> Cells:
    """Returns a row of ours with what a table can write only as text as what it stands for.

    Lists as JSON, true and false in any case; a blank is nothing, except where the stem or text is.
    """
    return {
        name: _plain(name, value) if isinstance(value, str) else value
        for name, value in cells.items()
        if value != "" or name in _MAY_BE_BLANK
    }


def _plain(name: str, value: str) -> object:
    if name in _LISTS and value.lstrip().startswith("["):
        try:
            return orjson.loads(value)
        except orjson.JSONDecodeError as exc:
            raise ValueError(f"{name}: starts like a list, but is not JSON: {exc.msg}") from exc
    if name in _FLAGS:
        return _TRUTHS.get(value.strip().lower(), value)
    return value
