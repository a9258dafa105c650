"""Re-hashes a finished run against its manifest."""

from pathlib import Path

import polars as pl

from curate.errors import InputError
from curate.models import FileEntry, Record, Status
from curate.runs.folder import read_manifest
from curate.runs.hashing import content_sha256, file_sha256
from curate.tables import refuse_damage


class Mismatch(Record):
    """A file that is not what the manifest says."""

    path: str
    problem: str


def verify_run(run: Path) -> tuple[int, list[Mismatch]]:
    """Returns how many files were checked, and those that differ.

    Raises:
        InputError: The folder holds no finished run, or its manifest names a path outside it.
    """
    manifest = read_manifest(run)
    if manifest.status is Status.RUNNING:
        raise InputError(
            "the run has not ended", where=str(run), hint="Run the same command again to finish it."
        )
    problems = [problem for entry in manifest.outputs if (problem := _check(run, entry))]
    return len(manifest.outputs), problems


def _check(run: Path, entry: FileEntry) -> Mismatch | None:
    path = run / entry.path
    if "\0" in entry.path or not path.resolve().is_relative_to(run.resolve()):
        raise InputError("the manifest names a path outside the run", where=entry.path)
    if not _is_there(path):
        return Mismatch(path=entry.path, problem="missing")
    if file_sha256(path) == entry.sha256:
        return None
    if entry.content_sha256 and path.suffix == ".parquet" and _same_rows(path, entry):
        return Mismatch(path=entry.path, problem="other bytes, the same rows")
    return Mismatch(path=entry.path, problem="changed")


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name longer than the file system takes
        return False


def _same_rows(path: Path, entry: FileEntry) -> bool:
    try:
        refuse_damage(path)
        return content_sha256(path) == entry.content_sha256
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError):
        return False
