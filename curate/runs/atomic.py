"""Writes files whole or not at all: a temporary file beside the target, fsync, rename."""

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import duckdb
from polars.exceptions import PolarsError

from curate.errors import InputError, boundary

_REFUSALS = tuple(
    os.strerror(code) for code in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS)
)
_TABLE_CUT = "transport error"  # all that Polars says of a table whose end could not be written
_ROOM = (
    "Make room (or choose another --out), then run the same command again: it goes on from here."
)


def write_atomically(target: Path, write: Callable[[Path], None], *, shared: bool = False) -> None:
    """Lets `write` fill a temporary file, then puts it in `target`'s place.

    A `shared` target may be written by several processes, on several machines, so each fills a temporary
    file of its own.

    Raises:
        InputError: The file cannot be written (a full disk, no permission).
    """
    own = f".{uuid4().hex}" if shared else ""
    temporary = target.with_name(f".{target.name}{own}.tmp")
    with storing(target):
        temporary.unlink(missing_ok=True)  # a link left there would lead the write elsewhere
        try:
            write(temporary)
            sync(temporary)
            os.replace(temporary, target)  # noqa: PTH105 (the atomic one, by its plain name)
        finally:
            temporary.unlink(missing_ok=True)
        sync(target.parent)


@contextmanager
def storing(target: Path) -> Iterator[None]:
    """Tells what the disk refuses in the block as an InputError, also where Polars or DuckDB writes.

    Only those two's own errors are looked into: any other error of theirs is a bug.
    """
    try:
        with boundary(InputError, f"writing {target.name}", hint=_ROOM):
            yield
    except (PolarsError, duckdb.Error) as exc:
        reason = next((reason for reason in _REFUSALS if reason in str(exc)), None)
        if reason is None and _TABLE_CUT not in str(exc):
            raise
        reason = reason or "No space left on device, or the file may not grow"
        raise InputError(f"writing {target.name}: {reason}", where=str(target), hint=_ROOM) from exc


def sync(path: Path) -> None:
    """Has a file, or the names in a folder, written to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
