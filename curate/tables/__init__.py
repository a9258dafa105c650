"""Frames and SQL: the row frame, a sandboxed DuckDB, the artefact folders."""

from curate.artefacts import share, sql_text
from curate.tables.damage import refuse_damage
from curate.tables.rows import (
    FINDING,
    INTERNAL,
    MARKS,
    NEAR,
    PROVENANCE,
    ROW_SCHEMA,
    SAID,
    SOURCE_COLUMNS,
    WORK_SCHEMA,
    canonical_json,
    canonical_rows,
    drop_where,
    row_contents,
    row_digests,
    undropped,
)
from curate.tables.sandbox import Sandbox

__all__ = [
    "FINDING",
    "INTERNAL",
    "MARKS",
    "NEAR",
    "PROVENANCE",
    "ROW_SCHEMA",
    "SAID",
    "SOURCE_COLUMNS",
    "WORK_SCHEMA",
    "Sandbox",
    "canonical_json",
    "canonical_rows",
    "drop_where",
    "refuse_damage",
    "row_contents",
    "row_digests",
    "share",
    "sql_text",
    "undropped",
]
