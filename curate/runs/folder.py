"""One run's folder: opened once, locked, resumed after a crash, sealed with its manifest last."""

import fcntl
import os
import shutil
import socket
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import monotonic
from types import MappingProxyType, TracebackType
from typing import Any, Self

import orjson
import polars as pl
from pydantic import SkipValidation, ValidationError

from curate.errors import CurateError, InputError, UsageError, boundary
from curate.models import FileEntry, Manifest, Record, Status
from curate.runs.atomic import storing, write_atomically
from curate.runs.code import code_sha256, code_version, git_state, package_versions
from curate.runs.hashing import content_sha256, file_sha256
from curate.runs.pieces import json_pieces
from curate.runs.work import WorkFolder, fill_lines

MANIFEST = "manifest.json"
WORK = ".work"
GONE = ".work.gone"
ROW_GROUP = 10_000
_OUR_OWN = frozenset({WORK, f".{MANIFEST}.tmp"})
_NO_IDENTITY = frozenset({"join", "ray_address", "runner", "workers"})


class Request(Record):
    """What a run was asked for. Two requests with one `fingerprint` are the same run."""

    command: str
    fingerprint: str
    arguments: dict[str, Any]
    resolved: dict[str, Any]
    recipe_sha256: str
    inputs: SkipValidation[Sequence[FileEntry]]
    seed: int = 0


class RunFolder:
    """The only writer of a run folder; use as a context manager.

    Its `manifest` does not hold the inputs, of which there may be a million: they are the request's.

    Raises:
        UsageError: The folder holds another run, or something that is no run, or is being written now.
    """

    def __init__(self, path: Path, request: Request) -> None:
        self.path = path
        self.request = request
        self._started = monotonic()
        self._rows = array("q", bytes(8 * len(request.inputs)))
        _refuse_links(path)
        with boundary(UsageError, "making the run folder", hint="Choose another --out."):
            path.mkdir(parents=True, exist_ok=True)
        self._lock = _locked(path)
        try:
            self.manifest = self._opened()
        except BaseException:
            self._release()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        self._release()

    @property
    def finished(self) -> bool:
        """Whether this very run is done already."""
        return self.manifest.status is Status.DONE

    @property
    def work(self) -> WorkFolder:
        """The folder of shards; it goes when the run is sealed."""
        return WorkFolder(self.path / WORK)

    def write_json(self, name: str, record: Record | Mapping[str, Any]) -> None:
        """Writes a record as indented JSON with the fields in their order."""
        value = record.model_dump(mode="json") if isinstance(record, Record) else record
        data = orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        self.write_bytes(name, data)

    def write_lines(self, name: str, records: Iterable[Record], parts: Iterable[Path] = ()) -> None:
        """Writes JSONL: the lines of the files `parts`, then the records, one at a time."""
        write_atomically(self.path / name, partial(fill_lines, records=records, parts=parts))

    def write_text(self, name: str, text: str) -> None:
        """Writes UTF-8 text."""
        self.write_bytes(name, text.encode("utf-8"))

    def write_bytes(self, name: str, data: bytes) -> None:
        """Writes bytes, whole or not at all."""

        def fill(path: Path) -> None:
            path.write_bytes(data)

        write_atomically(self.path / name, fill)

    def write_pieces(self, name: str, pieces: Iterable[bytes]) -> None:
        """Writes a file piece by piece, whole or not at all."""

        def fill(path: Path) -> None:
            with path.open("wb") as stream:
                stream.writelines(pieces)

        write_atomically(self.path / name, fill)

    def write_frame(self, name: str, frame: pl.LazyFrame) -> None:
        """Streams a frame to Parquet; the bytes do not depend on the number of threads."""

        def fill(path: Path) -> None:
            frame.sink_parquet(path, maintain_order=True, row_group_size=ROW_GROUP)

        write_atomically(self.path / name, fill)

    def seal(
        self,
        status: Status,
        exit_code: int,
        result: dict[str, Any],
        names: Iterable[str | FileEntry],
        contents: Mapping[str, str] = MappingProxyType({}),
    ) -> Manifest:
        """Removes the shards and writes the manifest, last of all, with the hashes of the outputs `names`.

        `contents` are those of the tables' content hashes that are known already; an output whose entry is
        known altogether may be given as that.
        """
        outputs = [
            self._entry(name, contents.get(name)) if isinstance(name, str) else name
            for name in names
        ]
        self._clear()
        self.manifest = self.manifest.model_copy(
            update={
                "status": status,
                "exit": exit_code,
                "outputs": outputs,
                "result": result,
                "finished": _now(),
                "seconds": round(monotonic() - self._started, 3),
            }
        )
        self._write_manifest()
        return self.manifest

    def note_rows(self, counts: Iterable[tuple[int, int]]) -> None:
        """Notes how many rows more were read of inputs, each by its number among them."""
        for number, rows in counts:
            self._rows[number] += rows

    def fail(self, exit_code: int) -> None:
        """Notes that the run ended without its outputs; its shards stay for another try."""
        self.manifest = self.manifest.model_copy(
            update={"status": Status.FAILED, "exit": exit_code, "finished": _now()}
        )
        self._write_manifest()

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Notes in the manifest that the block failed; what the disk refused is told as an InputError."""
        try:
            with storing(self.path):
                yield
        except CurateError as exc:
            with suppress(
                InputError
            ):  # of a full disk: the manifest still says that the run goes on
                self.fail(exc.exit)
            raise

    def _clear(self) -> None:
        """Removes the shards all at once: half of a shard must never be found by another try."""
        shutil.rmtree(self.path / GONE, ignore_errors=True)
        with suppress(FileNotFoundError):
            os.rename(self.work.path, self.path / GONE)  # noqa: PTH104 (the atomic one)
        shutil.rmtree(self.path / GONE, ignore_errors=True)

    def _write_manifest(self) -> None:
        """Writes the manifest, an input at a time: there may be a million."""
        told = self.manifest.model_dump(mode="json", exclude={"inputs"})
        fields = {name: told.get(name) for name in Manifest.model_fields}
        entries = map(orjson.dumps, self._counted())
        self.write_pieces(MANIFEST, json_pieces(fields, "inputs", entries))

    def _counted(self) -> Iterator[FileEntry]:
        for entry, rows in zip(self.request.inputs, self._rows, strict=True):
            yield replace(entry, rows=rows) if rows else entry

    def _entry(self, name: str, content: str | None) -> FileEntry:
        path = self.path / name
        if path.suffix != ".parquet":
            return FileEntry(path=name, sha256=file_sha256(path))
        rows = pl.scan_parquet(path, glob=False).select(pl.len()).collect().item()
        content = content or content_sha256(path)
        return FileEntry(path=name, sha256=file_sha256(path), content_sha256=content, rows=rows)

    def _opened(self) -> Manifest:
        found = self._found()
        if found is None:
            self._refuse_strangers()
        elif not self._may_go_on(found):
            raise _other_run(self.path, found, self.request)
        elif found.status is Status.DONE:
            self._clear()
            return found
        with boundary(UsageError, "making the run folder", hint="Choose another --out."):
            self.work.path.mkdir(exist_ok=True)
        self.manifest = self._new_manifest()
        self._write_manifest()
        return self.manifest

    def _found(self) -> Manifest | None:
        if not (self.path / MANIFEST).exists():
            return None
        try:
            return read_manifest(self.path)
        except InputError as exc:
            raise UsageError(
                f"the folder holds something else: {exc.message}",
                where=exc.where,
                hint="Choose another --out.",
            ) from exc

    def _may_go_on(self, found: Manifest) -> bool:
        """Whether this is the run that was found: its input may be mended until it is done."""
        asked = self.request
        same_words = found.command == asked.command and not _changed_arguments(found, asked)
        mended = same_words and found.status is not Status.DONE
        return mended or found.fingerprint == asked.fingerprint

    def _new_manifest(self) -> Manifest:
        revision, dirty = git_state()
        return Manifest(
            **{**dict(self.request), "inputs": []},
            status=Status.RUNNING,
            version=code_version(),
            code_sha256=code_sha256(),
            git_revision=revision,
            git_dirty=dirty,
            packages=package_versions(),
            host=socket.gethostname(),
            started=_now(),
        )

    def _refuse_strangers(self) -> None:
        strangers = sorted(p.name for p in self.path.iterdir() if p.name not in _OUR_OWN)
        if self.work.path.exists() and any(self.work.path.iterdir()):
            strangers.append(WORK)
        if strangers:
            raise UsageError(
                f"the folder is not empty and holds no run (it has {strangers[0]!r})",
                where=str(self.path),
                hint="Choose another --out, or empty the folder.",
            )

    def _release(self) -> None:
        os.close(self._lock)


def read_manifest(run: Path) -> Manifest:
    """Returns the manifest of a run folder.

    Raises:
        InputError: There is none, or it is not a manifest of this format.
    """
    path = run / MANIFEST
    with boundary(InputError, "reading the manifest", hint="Is this a run folder?"):
        data = path.read_bytes()
    return manifest_of(data, str(path))


def manifest_of(data: bytes, where: str) -> Manifest:
    """Returns the manifest that a file holds.

    Raises:
        InputError: It is not a manifest of this format.
    """
    try:
        return Manifest.model_validate_json(data)
    except ValidationError as exc:
        first = exc.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise InputError(f"not a manifest: {field}: {first['msg']}", where=where) from exc


def _refuse_links(path: Path) -> None:
    for place in (path, path / WORK):
        if place.is_symlink():
            raise UsageError(
                "is a link; a run folder is never written through one",
                where=str(place),
                hint="Choose another --out.",
            )


def _locked(path: Path) -> int:
    handle = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as exc:
        os.close(handle)
        raise UsageError(
            "another process is writing this run", where=str(path), hint="Wait for it to end."
        ) from exc
    return handle


def _other_run(path: Path, found: Manifest, asked: Request) -> UsageError:
    return UsageError(
        f"the folder holds a run with other {difference(found, asked)}",
        where=str(path),
        hint="Choose another --out, or remove the folder to run again.",
    )


def difference(found: Manifest, asked: Request) -> str:
    """Returns in what a run that was found differs from the one that is asked for."""
    if found.command != asked.command:
        return f"arguments: it is a {found.command} run"
    if changed := _changed_arguments(found, asked):
        return f"arguments ({', '.join(changed)})"
    if found.recipe_sha256 != asked.recipe_sha256:
        return "recipe"
    if found.resolved.get("decisions_sha256") != asked.resolved.get("decisions_sha256"):
        return "decisions"
    if found.code_sha256 != code_sha256():
        return "code"
    return "input files"


def _changed_arguments(found: Manifest, asked: Request) -> list[str]:
    """Returns the names of the arguments that differ, but for those that do not change what is made."""
    names = {*found.arguments, *asked.arguments} - _NO_IDENTITY
    return sorted(n for n in names if found.arguments.get(n) != asked.arguments.get(n))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
