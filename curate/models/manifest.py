"""manifest.json: all that a run was given and did; the only file where clock and host may stand."""

from enum import StrEnum
from typing import Any, Literal

from pydantic import ConfigDict, NonNegativeInt
from pydantic.dataclasses import dataclass

from curate.models.base import NonEmpty, Record, Sha256


class Status(StrEnum):
    """`done` is written last of all; `failed` says that the run ended without what it promised."""

    RUNNING = "running"
    FAILED = "failed"
    DONE = "done"


@dataclass(frozen=True, slots=True, config=ConfigDict(extra="forbid"))
class FileEntry:
    """A file read or written. `content_sha256` is of its rows' hashes: Parquet bytes vary with Polars."""

    path: NonEmpty
    sha256: Sha256
    content_sha256: Sha256 | None = None
    rows: NonNegativeInt | None = None


class Manifest(Record):
    """The record of one run. `fingerprint` names its arguments, inputs, recipe and code."""

    format: Literal["manifest/1"] = "manifest/1"
    command: NonEmpty
    status: Status
    exit: int | None = None
    fingerprint: Sha256
    arguments: dict[str, Any]
    resolved: dict[str, Any] = {}
    recipe_sha256: Sha256
    inputs: list[FileEntry] = []
    outputs: list[FileEntry] = []
    seed: int = 0
    version: NonEmpty
    code_sha256: Sha256
    git_revision: str | None = None
    git_dirty: bool | None = None
    packages: dict[str, str] = {}
    host: str = ""
    started: str = ""
    finished: str | None = None
    seconds: float | None = None
    result: dict[str, Any] = {}
