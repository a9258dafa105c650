"""Hashes of files, of JSON values and of canonical rows."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl

from curate.tables import canonical_json, canonical_rows

BATCH_ROWS = 5_000


def file_sha256(path: Path) -> str:
    """Returns the SHA-256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def json_sha256(value: Any) -> str:
    """Returns the SHA-256 of a value's canonical JSON."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def content_sha256(path: Path) -> str:
    """Returns the SHA-256 of a Parquet file's canonical rows, in order: the same for any writer of it."""
    return rows_sha256(row for batch in _batches(path) for row in canonical_rows(batch))


def rows_sha256(rows: Iterable[bytes]) -> str:
    """Returns the SHA-256 of canonical rows, one a line."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(row)
        digest.update(b"\n")
    return digest.hexdigest()


def _batches(path: Path) -> Iterable[pl.DataFrame]:
    rows = pl.scan_parquet(path, glob=False)
    total = rows.select(pl.len()).collect().item()
    for start in range(0, total, BATCH_ROWS):
        yield rows.slice(start, BATCH_ROWS).collect()
