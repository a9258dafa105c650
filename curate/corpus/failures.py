"""What becomes of a shard that a stage fails on: its rows are quarantined, and the other shards are made."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from traceback import extract_tb
from typing import Any

import polars as pl
from polars.exceptions import PanicException, PolarsError

import curate
from curate.corpus.frame import Part
from curate.models import RAW_LIMIT, Quarantined
from curate.sources import Source, refused_block
from curate.tables import ROW_SCHEMA, canonical_rows

FAILURES = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    PanicException,
    PolarsError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What a stage raises because of its rows; what the machine refuses (OSError, MemoryError) ends the run."""

DIED = "shard.failed: every process that worked on this row's shard died of it"

_CURATE = str(Path(curate.__file__).parent)
_SHOWN = 200


def why_failed(error: BaseException) -> str:
    """Returns what quarantined rows say of the error: what it is, and its place in our code."""
    ours = [at for at in extract_tb(error.__traceback__) if at.filename.startswith(_CURATE)]
    where = f" ({Path(ours[-1].filename).name}:{ours[-1].lineno})" if ours else ""
    message = str(error).strip().partition("\n")[0][:_SHOWN]
    return f"shard.failed: {type(error).__name__}: {message}{where}"


def refused_parts(source: Source, parts: Sequence[Part], error: str) -> Iterator[Quarantined]:
    """Yields every row of blocks of a source's files as one that could not be read."""
    for part in parts:
        yield from refused_block(source, part.file, part.block, error)
        part.file.refuse_changed()


def refused_rows(frame: pl.DataFrame, error: str) -> Iterator[Quarantined]:
    """Yields rows that were read as ones that were not; `raw` is the row as it would be written."""
    lines = canonical_rows(frame.select(list(ROW_SCHEMA)))
    for place, line in zip(frame["provenance"], lines, strict=True):
        yield quarantined_at(place, error, line.decode()[:RAW_LIMIT])


def quarantined_at(place: Mapping[str, Any], error: str, raw: str) -> Quarantined:
    """Returns a row of that provenance as a quarantined one."""
    file, line = f"{place['source']}/{place['path']}", place["line"] or place["page"]
    return Quarantined(file=file, line=line, error=error, raw=raw)
