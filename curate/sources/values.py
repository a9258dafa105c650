"""Cells of a row as the types they should have; what is wrong is named, never quoted at length."""

import re
import unicodedata
from collections.abc import Mapping

Cells = Mapping[str, object]
"""One row: column name to value, as JSON or Parquet gave it."""

_TOO_LARGE = 10**9
_WHOLE = re.compile(r"[0-9]{1,9}")
_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "a boolean"),
    ((int, float), "a number"),
    (str, "text"),
    (list, "a list"),
    (dict, "an object"),
)


def kind(value: object) -> str:
    """Returns what a value is, in words ("a list")."""
    if value is None:
        return "null"
    return next((word for types, word in _KINDS if isinstance(value, types)), type(value).__name__)


def wrong(name: str, expected: str, value: object) -> ValueError:
    """Returns the error for a value of the wrong type."""
    return ValueError(f"{name}: expected {expected}, found {kind(value)}")


def folded(value: str) -> str:
    """Returns the value in one width and without surrounding space."""
    return unicodedata.normalize("NFKC", value).strip()


def required(cells: Cells, name: str) -> object:
    """Returns the cell; raises ValueError where the column is missing."""
    if name not in cells:
        raise ValueError(f"{name}: missing")
    return cells[name]


def text(cells: Cells, name: str) -> str:
    """Returns a text that must be there; it may be empty."""
    value = required(cells, name)
    if not isinstance(value, str):
        raise wrong(name, "text", value)
    return value


def optional_text(cells: Cells, name: str) -> str | None:
    """Returns a text, or None where it is absent, null or blank."""
    value = cells.get(name)
    if value is None:
        return None
    return text(cells, name) if not isinstance(value, str) or value.strip() else None


def identifier(cells: Cells, name: str) -> str:
    """Returns an id as found; a number becomes its digits."""
    value = required(cells, name)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise wrong(name, "an id", value)
    if not value:
        raise ValueError(f"{name}: empty")
    return value


def texts(cells: Cells, name: str) -> list[str]:
    """Returns a list of texts; empty where the column is absent or null."""
    value = cells.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise wrong(name, "a list of texts", value)
    for place, item in enumerate(value, 1):
        if not isinstance(item, str):
            raise wrong(f"{name}[{place}]", "text", item)
    return value


def flag(cells: Cells, name: str) -> bool | None:
    """Returns a boolean, or None where it is absent or null."""
    value = cells.get(name)
    if value is not None and not isinstance(value, bool):
        raise wrong(name, "true or false", value)
    return value


def whole(cells: Cells, name: str) -> int | None:
    """Returns a whole number, also from text or an integral float; None if absent or blank."""
    value = cells.get(name)
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise wrong(name, "a whole number", value)
    if isinstance(value, str):
        digits = folded(value)
        if not _WHOLE.fullmatch(digits):
            raise ValueError(f"{name}: the text is not a whole number")
        return int(digits)
    if isinstance(value, float) and not value.is_integer():
        raise ValueError(f"{name}: {value!r} is not a whole number")
    if abs(value) >= _TOO_LARGE:
        raise ValueError(f"{name}: the number is too large")
    return int(value)
