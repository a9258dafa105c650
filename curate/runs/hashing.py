"""Hashes of files, of JSON values and of tables."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl

from curate.tables import canonical_json, row_digests

BATCH_ROWS = 5_000


def file_sha256(path: Path) -> str:
    """Returns the SHA-256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def json_sha256(value: Any) -> str:
    """Returns the SHA-256 of a value's canonical JSON."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def listing_sha256(files: Iterable[tuple[str, str]]) -> str:
    """Returns the SHA-256 of files' names and hashes, in order."""
    digest = hashlib.sha256()
    for name, sha256 in files:
        digest.update(f"{name}\0{sha256}\n".encode())
    return digest.hexdigest()


def content_sha256(path: Path) -> str:
    """Returns the SHA-256 of a Parquet file's row hashes, in order: the same for any writer of it."""
    return table_sha256(row_digests(batch) for batch in table_batches(path))


def table_sha256(digests: Iterable[pl.Series]) -> str:
    """Returns the SHA-256 of row hashes that follow each other, as `row_digests` makes them."""
    digest = hashlib.sha256()
    for some in digests:
        digest.update(b"".join(some))
    return digest.hexdigest()


def table_batches(path: Path, rows: int = BATCH_ROWS) -> Iterable[pl.DataFrame]:
    """Yields a Parquet file's rows, so many at a time."""
    frame = pl.scan_parquet(path, glob=False)
    total = frame.select(pl.len()).collect().item()
    for start in range(0, total, rows):
        yield frame.slice(start, rows).collect()
