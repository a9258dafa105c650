"""A query's answer for a terminal, as CSV and as JSON; what cells hold is shown and never obeyed."""

import csv
import io
import json
import math
import re
import shutil
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from curate.text import visible

_GAP = "  "
_NARROW = 8
_FALLBACK = (120, 24)
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?")

Rows = Sequence[Sequence[Any]]


def table_lines(columns: Sequence[str], rows: Rows) -> Iterator[str]:
    """Yields a table cut to the terminal, or a block a row where the columns are too many for it."""
    width = shutil.get_terminal_size(_FALLBACK).columns
    head = [one_line(name) for name in columns]
    cells = [[one_line(cell) for cell in row] for row in rows]
    widths = [max(_width(row[at]) for row in (head, *cells)) for at in range(len(head))]
    cap = _cap(widths, width - len(_GAP) * (len(head) - 1))
    if cap < min(_NARROW, max(widths, default=0)):
        yield from _blocks(head, cells, width)
        return
    widths = [min(one, cap) for one in widths]
    rule = ["─" * one for one in widths]
    for row in (head, rule, *cells):
        padded = (_padded(cell, one) for cell, one in zip(row, widths, strict=True))
        yield _GAP.join(padded).rstrip()


def csv_lines(columns: Sequence[str], rows: Rows) -> Iterator[str]:
    """Yields CSV; a cell that a spreadsheet would take for a formula begins with an apostrophe."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    for row in (columns, *rows):
        writer.writerow([_csv_cell(cell) for cell in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def one_line(value: Any) -> str:
    """Returns a cell as one line of visible characters."""
    return visible(_text(value).replace("\r\n", "↵").replace("\n", "↵"), keep="")


def plain(value: Any) -> Any:
    """Returns a cell as JSON knows it: dates and decimals as text, bytes in hexadecimal digits."""
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    return str(value)


def _text(value: Any) -> str:
    """Returns a cell as text; what is nested as JSON, and nothing for null."""
    if value is None:
        return ""
    simple = plain(value)
    return simple if isinstance(simple, str) else json.dumps(simple, ensure_ascii=False)


def _csv_cell(value: Any) -> str:
    text = visible(_text(value))
    formula = _FORMULA.match(text) and not _NUMBER.fullmatch(text)
    return f"'{text}" if formula else text


def _blocks(head: Sequence[str], cells: Sequence[Sequence[str]], width: int) -> Iterator[str]:
    names = max(map(_width, head))
    for number, row in enumerate(cells, start=1):
        yield f"── {number} ──"
        for name, cell in zip(head, row, strict=True):
            room = max(width - names - len(_GAP), _NARROW)
            yield f"{_padded(name, names)}{_GAP}{_padded(cell, room)}".rstrip()


def _cap(widths: Sequence[int], room: int) -> int:
    """Returns the greatest width that lets all columns fit when the wider ones are cut to it."""
    cap = max(widths, default=0)
    while cap > 1 and sum(min(one, cap) for one in widths) > room:
        cap -= 1
    return cap


def _padded(text: str, width: int) -> str:
    """Returns the text in exactly `width` columns, cut with an ellipsis where it is longer."""
    have = _width(text)
    if have <= width:
        return text + " " * (width - have)
    cut = ""
    for char in text:
        if _width(cut + char) > width - 1:
            break
        cut += char
    return cut + "…" + " " * (width - 1 - _width(cut))


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(_char_width(char) for char in text)


def _char_width(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
