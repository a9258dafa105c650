"""The run folder: the only writer. Outputs appear whole or not at all."""

from curate.runs.atomic import storing, sync, write_atomically
from curate.runs.code import code_sha256, code_version, git_state, package_versions
from curate.runs.folder import (
    MANIFEST,
    ROW_GROUP,
    Request,
    RunFolder,
    difference,
    manifest_of,
    read_manifest,
)
from curate.runs.hashing import (
    content_sha256,
    file_sha256,
    json_sha256,
    listing_sha256,
    table_batches,
    table_sha256,
)
from curate.runs.parts import SHARDS, keep_shards, kept_entries, take_shards
from curate.runs.pieces import json_pieces
from curate.runs.records import read_record
from curate.runs.verify import Mismatch, verify_run
from curate.runs.work import WorkFolder

__all__ = [
    "MANIFEST",
    "ROW_GROUP",
    "SHARDS",
    "Mismatch",
    "Request",
    "RunFolder",
    "WorkFolder",
    "code_sha256",
    "code_version",
    "content_sha256",
    "difference",
    "file_sha256",
    "git_state",
    "json_pieces",
    "json_sha256",
    "keep_shards",
    "kept_entries",
    "listing_sha256",
    "manifest_of",
    "package_versions",
    "read_manifest",
    "read_record",
    "storing",
    "sync",
    "table_batches",
    "table_sha256",
    "take_shards",
    "verify_run",
    "write_atomically",
]
