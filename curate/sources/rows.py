"""Rows of files of any format: the first of them, and the columns that they must have."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from itertools import chain
from pathlib import Path

from curate.errors import InputError, did_you_mean
from curate.models import Quarantined
from curate.sources.base import Column, Source
from curate.sources.formats import NoHeaderError, Row, format_of
from curate.sources.values import Cells

HEAD_ROWS = 20

_NAMES_SHOWN = 20
_MISSPELLED = 0.75
_OTHER_WORDS = frozenset({"publisher"})
_NAME_SHOWN = 40


def read_rows(path: Path, file: str) -> Iterator[Row | Quarantined]:
    """Yields the objects of a file in the format that it has; `file` is what a quarantined row calls it."""
    return format_of(path)(path, file)


def with_columns(
    rows: Iterator[Row | Quarantined], source: Source, file: str
) -> Iterator[Row | Quarantined]:
    """Yields the rows; raises InputError if none of the first 20 has a needed column."""
    head: list[Row | Quarantined] = []
    objects: list[Row] = []
    for item in rows:
        head.append(item)
        if isinstance(item, Row):
            objects.append(item)
        if len(objects) == HEAD_ROWS:
            break
    if objects:
        _check_columns(objects, source, file)
    yield from chain(head, rows)


def first_cells(path: Path) -> Cells | None:
    """Returns the first readable object of a file among its first 20 rows; none without a header."""
    try:
        for _, item in zip(range(HEAD_ROWS), read_rows(path, path.name), strict=False):
            if isinstance(item, Row):
                return item.cells
    except NoHeaderError:
        return None
    return None


def _check_columns(rows: Sequence[Row], source: Source, file: str) -> None:
    found = list(dict.fromkeys(name for row in rows for name in row.cells))
    where = f"{file}:{rows[0].number}"
    columns = source.needed_columns()
    for column in columns:
        if not any(name in found for name in column.names):
            raise _no_column(column, found, where, source.hint)
    either = {"answer", "answers"} if {"answer", "answers"} & set(found) else set()
    absent = sorted(source.our_columns() - set(found) - either)
    asked = {name for column in columns for name in column.names}
    for name in sorted(set(found) - source.our_columns() - asked - _OTHER_WORDS):
        if near := get_close_matches(name, absent, n=1, cutoff=_MISSPELLED):
            raise InputError(
                f"unknown column {name[:_NAME_SHOWN]!r}. Did you mean {near[0]!r}?",
                where=where,
                hint=f"Rename it, or map another name to it in the recipe. {source.hint}",
            )


def _no_column(column: Column, found: list[str], where: str, hint: str) -> InputError:
    wanted = " or ".join(f"'{name}'" for name in column.names)
    stands_for = "" if column.ours in column.names else f" (for {column.ours})"
    shown = ", ".join(name[:_NAME_SHOWN] for name in found[:_NAMES_SHOWN])
    known = [*found, *column.words]
    near = next(filter(None, (did_you_mean(name, known) for name in column.names)), "")
    message = f"no column {wanted}{stands_for} in the first rows; found: {shown}.{near}"
    return InputError(message, where=where, hint=hint)
