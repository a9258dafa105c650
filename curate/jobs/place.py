"""Puts a file of a known hash into a folder: a partial file that outlives a crash, fsync, rename."""

import fcntl
import hashlib
import os
from collections.abc import Callable
from io import BufferedRandom
from pathlib import Path

from curate.errors import InputError, UsageError, boundary
from curate.leakage import LockedFile
from curate.runs import file_sha256, sync

_NAMED = 12  # characters of the hash in a partial file's name: parts of two revisions never mix


def place_inside(folder: Path, path: str) -> Path:
    """Returns where a file of the lock goes; no link on the way leads out of the folder.

    Raises:
        InputError: One does.
    """
    target = folder / path
    if not target.resolve().is_relative_to(folder.resolve()):
        raise InputError(
            "a link leads out of the folder", where=str(target), hint="Choose another --to."
        )
    return target


def is_there(target: Path, file: LockedFile) -> bool:
    """Whether the file is there and right.

    Raises:
        InputError: Something else is there, which stays as it is.
    """
    if not target.exists() and not target.is_symlink():
        return False
    with boundary(InputError, "reading the file that is there"):
        if not target.is_file():
            raise InputError(
                "is there and is no file", where=str(target), hint="Choose another --to."
            )
        found = file_sha256(target)
    if found != file.sha256:
        raise changed(str(target), file, found, "Remove the file, or choose another --to.")
    return True


def place(target: Path, file: LockedFile, fill: Callable[[BufferedRandom], None]) -> None:
    """Lets `fill` complete the partial file, checks it, and puts it in its place.

    A beginning that an earlier try left is given to `fill` first; if it was no beginning of this file,
    all of it is got again.

    Raises:
        InputError: The hash is another one (nothing is left then), or it cannot be written.
        UsageError: Another process is getting the same file.
    """
    part = target.with_name(f".{target.name}.{file.sha256[:_NAMED]}.part")
    with boundary(InputError, "writing the file"):
        target.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(part, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666)
        with os.fdopen(handle, "r+b") as stream:
            _lock(handle, target)
            try:
                _complete(stream, target, file, fill)
                os.replace(part, target)  # noqa: PTH105 (the atomic one, by its plain name)
            finally:
                if not stream.seek(0, 2):
                    part.unlink(missing_ok=True)
        sync(target.parent)


def _complete(
    stream: BufferedRandom, target: Path, file: LockedFile, fill: Callable[[BufferedRandom], None]
) -> None:
    resumed = stream.seek(0, 2) > 0
    fill(stream)
    if resumed and _sha256(stream) != file.sha256:
        stream.truncate(0)
        fill(stream)
    if (found := _sha256(stream)) != file.sha256:
        stream.truncate(0)
        raise changed(str(target), file, found, "It is not the pinned revision's file.")
    stream.flush()
    os.fsync(stream.fileno())


def changed(where: str, file: LockedFile, found: str, hint: str) -> InputError:
    """Returns the error of a file with another hash."""
    return InputError(f"expected sha256 {file.sha256}, found {found}", where=where, hint=hint)


def _lock(handle: int, target: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as exc:
        raise UsageError(
            "another process is getting this file", where=str(target), hint="Wait for it to end."
        ) from exc


def _sha256(stream: BufferedRandom) -> str:
    stream.flush()
    stream.seek(0)
    return hashlib.file_digest(stream, "sha256").hexdigest()
