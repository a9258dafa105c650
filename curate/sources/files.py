"""Which files a path stands for, and the hash of each."""

import glob
import hashlib
import os
import re
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, takewhile
from pathlib import Path

from curate.errors import InputError, boundary
from curate.sources.formats import (
    READABLE,
    SPLITS,
    SUFFIXES,
    is_object,
    is_saved,
    saved_digest,
    splits_of,
)
from curate.sources.packings import unpacked_name

_MAGIC = "*?["


Stamp = tuple[int, int, int]
"""What the file system says of a file: its inode, its size, when it was last changed."""


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to read: `relative` is its posix path within its source, or else its name.

    `stamp` is what it had when it was hashed.
    """

    path: Path
    relative: str
    sha256: str
    size: int
    stamp: Stamp = (0, 0, 0)

    def refuse_changed(self) -> None:
        """Raises InputError if the file is no longer the one that was hashed."""
        if _stamp(self.path) != self.stamp:
            raise _changed(self.path)


def root_of(path: str) -> Path:
    """Returns what relative paths count from: the path, or a glob's part without wildcards."""
    whole = Path(path).absolute()
    if whole.exists() or not is_glob(path):
        return whole
    return Path(*takewhile(lambda part: not any(sign in part for sign in _MAGIC), whole.parts))


def is_glob(path: str) -> bool:
    """Tells whether the path has wildcards and is no existing file or folder of that very name."""
    return any(sign in path for sign in _MAGIC) and not os.path.lexists(path)


def all_files(path: str) -> list[Path]:
    """Returns the files that a file, folder or glob stands for, hidden ones left out.

    A data set saved to disk is a folder that counts as one file.
    """
    root = root_of(path)
    if is_glob(path):
        pattern = str(Path(path).absolute().relative_to(root))
        names = glob.glob(pattern, root_dir=root, recursive=True)  # noqa: PTH207  # hides dot files
        return [file for file in (root / name for name in sorted(names)) if _counts(file)]
    return list(_walk(root)) if root.is_dir() else [root]


def data_files(path: str) -> list[Path]:
    """Returns those of the files whose format is known by their names; of a file or glob, all."""
    files = all_files(path)
    if not is_glob(path) and root_of(path).is_dir():
        files = [f for f in files if f.is_dir() or unpacked_name(f.name).endswith(SUFFIXES)]
    return _regular(files)


def row_files(path: str) -> list[Path]:
    """Returns the data files; of a folder without those that hold a JSON object, unless all of them do.

    Among other files, such an object is settings; alone, it is an object of objects.
    """
    files = data_files(path)
    if is_glob(path) or not root_of(path).is_dir():
        return files
    return [file for file in files if not is_object(file)] or files


def existing(path: str) -> Path:
    """Returns the root that the path stands for; raises InputError where there is nothing."""
    with boundary(InputError, "cannot read"):
        root = root_of(path)
        there = bool(path) and root.exists()
    if there and not (root.is_dir() or root.is_file()):
        raise InputError("is neither a file nor a folder", where=path)
    if not there:
        nearest = next((parent for parent in root.parents if parent.exists()), root)
        raise InputError(
            "there is no such file or folder",
            where=path or "path",
            hint=f"'{nearest}' exists; look for the name there.",
        )
    return root


def named_files(path: str, pattern: re.Pattern[str]) -> list[Path]:
    """Returns the files whose relative path (of a file or glob: whose name) matches."""
    files, root = all_files(path), root_of(path)
    if is_glob(path) or not root.is_dir():
        return _regular([file for file in files if pattern.fullmatch(file.name)])
    found = [file for file in files if pattern.fullmatch(file.relative_to(root).as_posix())]
    return _regular(found)


def input_files(path: str, find: Callable[[], list[Path]]) -> list[InputFile]:
    """Returns the files found, hashed and sorted; refuses links out and empty input."""
    root = existing(path)
    base = root if root.is_dir() and not is_saved(root) else root.parent
    found = find()
    refuse_links_out(
        [file for file in found if file != root], base
    )  # a link that is named is followed
    files = [_input_file(file, base) for file in found]
    if not any(file.size for file in files):
        what = (
            "is empty" if files and root.is_file() else "holds no data file that this layout reads"
        )
        raise InputError(what, where=path, hint=READABLE)
    return sorted(files, key=lambda file: file.relative)


def _input_file(path: Path, base: Path) -> InputFile:
    relative = path.relative_to(base).as_posix()
    if not _encodable(relative):
        raise InputError("the name of the file is not UTF-8", where=ascii(relative))
    _regular([path])
    before = _stamp(path)
    if path.is_dir():
        digest, size = saved_digest(path)
    else:
        with boundary(InputError, "cannot read"), path.open("rb") as file:
            digest, size = hashlib.file_digest(file, "sha256").hexdigest(), file.tell()
    if _stamp(path) != before:
        raise _changed(path)
    return InputFile(path, relative, digest, size, before)


def refuse_link_out(path: Path, base: Path) -> None:
    """Raises InputError if the path, within `base`, leads out of it by a link."""
    if not _resolved(path).is_relative_to(_resolved(base)):
        raise InputError(
            "is a link that leads out of the folder; not followed",
            where=str(path),
            hint="Copy the file into the folder, or give the link's target as a source of its own.",
        )


def refuse_links_out(files: Sequence[Path], base: Path) -> None:
    """Refuses links out among many files: each folder is looked at once."""
    folders = dict.fromkeys(file.parent for file in files)
    for path in chain(folders, (file for file in files if file.is_symlink())):
        refuse_link_out(path, base)


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except RuntimeError as exc:  # what Python 3.11 raises for a loop; 3.13 and later: an OSError
        raise InputError(
            "is a link that leads back to itself", where=str(path), hint="Remove it."
        ) from exc


def _walk(root: Path) -> Iterator[Path]:
    """Yields the files below `root`; a linked folder within it is not read twice."""
    for folder, names, files in os.walk(root, onerror=_refuse):
        if is_saved(Path(folder)):
            names.clear()
            yield Path(folder)
            continue
        if splits_of(Path(folder)):
            files.remove(SPLITS)
        names[:] = sorted(name for name in names if not name.startswith("."))
        for name in names:
            refuse_link_out(Path(folder, name), root)
        yield from (Path(folder, name) for name in sorted(files) if not name.startswith("."))


def _counts(file: Path) -> bool:
    """Tells whether a match of a glob is a file, or the whole of a saved data set, but no part of one."""
    return is_saved(file) or not (file.is_dir() or is_saved(file.parent))


def _refuse(error: OSError) -> None:
    raise InputError(f"cannot read: {error.strerror}", where=str(error.filename)) from error


def _regular(paths: list[Path]) -> list[Path]:
    """Returns the paths; refuses pipes, sockets and devices: to open one may wait for ever."""
    for path in paths:
        with boundary(InputError, "cannot read"):
            mode = path.stat().st_mode
        if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
            hint = "Write what it gives to a file first."
            raise InputError("is not a regular file", where=str(path), hint=hint)
    return paths


def _stamp(path: Path) -> Stamp:
    """Returns the stamp of a file, or one of all files in a folder."""
    with boundary(InputError, "cannot read", hint=_CHANGED):
        own = path.stat()
        all_ = [one.stat() for one in path.iterdir()] if stat.S_ISDIR(own.st_mode) else [own]
    return own.st_ino, sum(one.st_size for one in all_), max(one.st_mtime_ns for one in all_)


_CHANGED = "Wait until nothing writes to it, then run the same command again."


def _changed(path: Path) -> InputError:
    return InputError("was changed while it was read", where=str(path), hint=_CHANGED)


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
