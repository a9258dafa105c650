"""Formats: how rows are got out of a file. A new one is one file and one word in `AnyFormat`."""

from pathlib import Path
from typing import get_args

import orjson

from curate.sources.formats.base import READ, WHOLE, Block, Format, Limits, Row
from curate.sources.formats.csvs import Csv, NoHeaderError
from curate.sources.formats.documents import JsonDocument
from curate.sources.formats.lines import JsonLines
from curate.sources.formats.parquet import Parquet
from curate.sources.formats.saved import SPLITS, SavedDataset, is_saved, saved_digest, splits_of
from curate.sources.gzips import Lost
from curate.sources.lines import text_chunks

__all__ = [
    "FORMATS",
    "READ",
    "READABLE",
    "SPLITS",
    "SUFFIXES",
    "WHOLE",
    "AnyFormat",
    "Block",
    "Csv",
    "Format",
    "JsonDocument",
    "JsonLines",
    "Limits",
    "NoHeaderError",
    "Parquet",
    "Row",
    "SavedDataset",
    "format_of",
    "is_object",
    "is_saved",
    "saved_digest",
    "splits_of",
]

AnyFormat = SavedDataset | Parquet | Csv | JsonDocument | JsonLines

FORMATS: tuple[type[Format], ...] = get_args(AnyFormat)
SUFFIXES = tuple(suffix for one in FORMATS for suffix in one.suffixes)
"""The ends of names that say a format, without that of a compression."""

READABLE = (
    f"Read are {', '.join(SUFFIXES)} (the texts also with .gz and .zst), "
    "and data sets of Hugging Face saved to disk."
)


def format_of(path: Path) -> Format:
    """Returns the format of a file by its name; of .json by its first bytes, too.

    What has no name of these is taken for JSON Lines.
    """
    named = next((one for one in FORMATS if one.takes(path)), JsonLines)
    return JsonLines() if named is JsonDocument and _is_object(_first_line(path)) else named()


def is_object(path: Path) -> bool:
    """Tells whether a .json file holds one object, and neither a list nor JSON Lines."""
    if path.is_dir() or not JsonDocument.takes(path):
        return False
    line = _first_line(path)
    return line.startswith(b"{") and not _is_object(line)


def _first_line(path: Path) -> bytes:
    """Returns the first line of a text that is not blank, as far as its first bytes go."""
    try:
        start = next(text_chunks(path), b"").lstrip()
    except Lost:
        return b""
    return start.split(b"\n", maxsplit=1)[0]


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(orjson.loads(line), dict)
    except orjson.JSONDecodeError:
        return False
