"""The files of a benchmark at its pinned revision: fetched by hash, and compared with what was read."""

from pathlib import PurePosixPath
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, NonNegativeInt

from curate.models import Record, Sha256

LOCKS = "locks"
"""Where a benchmark's lock lies, beside its YAML file."""


def _inside(path: str) -> str:
    """Returns a path that stays in the folder it is laid into."""
    parts = PurePosixPath(path).parts
    plain = path.isprintable() and "\\" not in path and path == "/".join(parts)
    if not plain or not parts or path.startswith("/") or {".", ".."} & set(parts):
        raise ValueError(f"{path!r} is no plain path inside a folder")
    return path


class LockedFile(Record):
    """What a file of the revision is."""

    bytes: NonNegativeInt
    sha256: Sha256


LockedFiles = dict[Annotated[str, AfterValidator(_inside)], LockedFile]


class BenchmarkLock(Record):
    """The files of one revision, by their path there: `read` hold the items, `along` go with them."""

    lock: Literal["benchmark-lock/1"]
    revision: Annotated[str, Field(pattern=r"^[0-9a-f]{40}$")]
    read: Annotated[LockedFiles, Field(min_length=1)]
    along: LockedFiles = {}
