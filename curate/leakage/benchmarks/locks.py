"""The files of a benchmark at its pinned revision: fetched by hash, and compared with what was read."""

from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

import yaml
from pydantic import AfterValidator, Field, NonNegativeInt, ValidationError

from curate.errors import RecipeError
from curate.models import Record, Sha256

LOCKS = "locks"


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


def read_lock(layout: Path) -> BenchmarkLock | None:
    """Returns the lock that lies beside a benchmark's YAML file, in `locks/`, or None.

    Raises:
        RecipeError: It is no lock: with the key.
    """
    path = layout.parent / LOCKS / layout.name
    if not path.is_file():
        return None
    try:
        return BenchmarkLock.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except yaml.YAMLError as exc:
        raise RecipeError("not YAML", where=f"{LOCKS}/{path.name}") from exc
    except ValidationError as exc:
        first = exc.errors(include_url=False, include_input=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise RecipeError(f"{key}: {first['msg']}", where=f"{LOCKS}/{path.name}") from exc
