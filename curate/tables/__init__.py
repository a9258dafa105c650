"""Frames and SQL: the row frame, a sandboxed DuckDB, the artefact folders."""

from curate.tables.rows import (
    FINDING,
    INTERNAL,
    ROW_SCHEMA,
    WORK_SCHEMA,
    canonical_json,
    canonical_rows,
    drop_where,
    undropped,
)
from curate.tables.sandbox import Sandbox
from curate.tables.share import share, sql_text

__all__ = [
    "FINDING",
    "INTERNAL",
    "ROW_SCHEMA",
    "WORK_SCHEMA",
    "Sandbox",
    "canonical_json",
    "canonical_rows",
    "drop_where",
    "share",
    "sql_text",
    "undropped",
]
