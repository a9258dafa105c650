"""Shards that outlive their run: those of a part, which another run takes as if it had made them itself."""

import errno
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from curate.errors import GateError, InputError, UsageError, boundary
from curate.models import FileEntry, Manifest
from curate.runs.atomic import sync, write_atomically
from curate.runs.folder import RunFolder
from curate.runs.hashing import file_sha256

SHARDS = "shards"
_NAME = re.compile(
    r"(?P<piece>[0-9]{6,18})-[0-9a-f]{16}(-rows|-[0-9]{2}(-ahead)?)?\.(parquet|jsonl)"
)
_NO_LINKS = frozenset({errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP, errno.ENOSYS})
_CHANGED = "Remove the part's folder and run its command again."


def keep_shards(run: RunFolder, names: Iterable[str]) -> None:
    """Keeps work files of a run, by their names, when it is sealed: in its folder `shards`.

    Raises:
        UsageError: The folder `shards` is a link.
    """
    folder = run.path / SHARDS
    if folder.is_symlink():
        raise UsageError(
            "is a link; a run folder is never written through one",
            where=str(folder),
            hint="Choose another --out.",
        )
    with boundary(InputError, "keeping the shards"):
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir()
        for name in names:
            _place(run.work.path / name, folder / name)
        sync(folder)


def kept_entries(entries: Iterable[FileEntry]) -> list[FileEntry]:
    """Returns entries of work files as those of the files in the folder `shards`."""
    return [
        FileEntry(path=f"{SHARDS}/{one.path}", sha256=one.sha256, rows=one.rows) for one in entries
    ]


def take_shards(run: RunFolder, part: Path, manifest: Manifest, numbers: range) -> None:
    """Puts the shards that a finished run kept among the work files of `run`, and checks their hashes.

    `numbers` holds all that its shards may have.

    Raises:
        InputError: The manifest names a file that no part has.
        GateError: A shard is missing, is a link, or was changed since.
    """
    folder = part / SHARDS
    shards = [entry for entry in manifest.outputs if entry.path.startswith(f"{SHARDS}/")]
    names = list(_names(part, shards, numbers))
    if folder.is_symlink():
        raise GateError("is a link; not followed", where=str(folder), hint=_CHANGED)
    for name in names:
        source = folder / name
        if source.is_symlink() or not source.is_file():
            what = "is a link; not followed" if source.is_symlink() else "is missing"
            raise GateError(what, where=str(source), hint=_CHANGED)
        _place(source, run.work.path / name)
    sync(run.work.path)
    with boundary(InputError, "reading the shards"), ThreadPoolExecutor() as threads:
        found = threads.map(file_sha256, (run.work.path / name for name in names))
        for name, entry, sha256 in zip(names, shards, found, strict=True):
            if sha256 != entry.sha256:
                (run.work.path / name).unlink()
                raise GateError("was changed since", where=str(folder / name), hint=_CHANGED)


def _names(part: Path, shards: Iterable[FileEntry], numbers: range) -> Iterator[str]:
    for entry in shards:
        name = entry.path.removeprefix(f"{SHARDS}/")
        match = _NAME.fullmatch(name)
        if not match or int(match["piece"]) not in numbers:
            raise InputError(
                f"the manifest names a shard that the part cannot have: {entry.path!r}",
                where=str(part),
                hint=_CHANGED,
            )
        yield name


def _place(source: Path, target: Path) -> None:
    """Makes a file's second name, or where the file system has no such thing, a copy."""
    target.unlink(missing_ok=True)
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError as exc:
        if exc.errno not in _NO_LINKS:
            raise
        write_atomically(target, lambda path: _copy(source, path))


def _copy(source: Path, target: Path) -> None:
    shutil.copyfile(source, target, follow_symlinks=False)
