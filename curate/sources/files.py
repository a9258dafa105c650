"""Which files a path stands for, and the hash of each."""

import glob
import hashlib
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, takewhile
from pathlib import Path

from curate.errors import InputError, boundary

DATA_SUFFIXES = (".jsonl", ".jsonl.gz", ".parquet")
_MAGIC = "*?["


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to read: `relative` is its posix path within its source, or else its name.

    `state` is what the file system said of it when it was hashed (inode, time of its last change).
    """

    path: Path
    relative: str
    sha256: str
    size: int
    state: tuple[int, int] = (0, 0)

    def refuse_changed(self) -> None:
        """Raises InputError if the file is no longer the one that was hashed."""
        with boundary(InputError, "cannot read", hint=_CHANGED):
            found = self.path.stat()
        if (found.st_size, _state(found)) != (self.size, self.state):
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


def data_files(path: str, suffixes: tuple[str, ...] = DATA_SUFFIXES) -> list[Path]:
    """Returns the data files that a file, folder or glob stands for, hidden ones left out."""
    root = root_of(path)
    if is_glob(path):
        pattern = str(Path(path).absolute().relative_to(root))
        names = glob.glob(pattern, root_dir=root, recursive=True)  # noqa: PTH207  # hides dot files
        return list(_regular(root / name for name in sorted(names)))
    if root.is_dir():
        return list(_walk(root, suffixes))
    return [root]


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
    """Returns the data files whose relative path (of a file or glob: whose name) matches."""
    files, root = data_files(path), root_of(path)
    if is_glob(path) or not root.is_dir():
        return [file for file in files if pattern.fullmatch(file.name)]
    return [file for file in files if pattern.fullmatch(file.relative_to(root).as_posix())]


def input_files(path: str, find: Callable[[], list[Path]]) -> list[InputFile]:
    """Returns the files found, hashed and sorted; refuses links out and empty input."""
    root = existing(path)
    base = root if root.is_dir() else root.parent
    found = find()
    refuse_links_out(
        [file for file in found if file != root], base
    )  # a link that is named is followed
    files = [_input_file(file, base) for file in found]
    if not any(file.size for file in files):
        what = (
            "is empty" if files and root.is_file() else "holds no data file that this layout reads"
        )
        raise InputError(what, where=path, hint=f"Read are {', '.join(DATA_SUFFIXES)}.")
    return sorted(files, key=lambda file: file.relative)


def _input_file(path: Path, base: Path) -> InputFile:
    relative = path.relative_to(base).as_posix()
    if not _encodable(relative):
        raise InputError("the name of the file is not UTF-8", where=ascii(relative))
    with boundary(InputError, "cannot read"):
        _refuse_special(path, path.stat())
        with path.open("rb") as file:
            before = os.fstat(file.fileno())
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            after = os.fstat(file.fileno())
    size = before.st_size
    if (size, _state(before)) != (after.st_size, _state(after)):
        raise _changed(path)
    return InputFile(path, relative, digest, size, _state(after))


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


def _walk(root: Path, suffixes: tuple[str, ...]) -> Iterator[Path]:
    """Yields the data files below `root`, in order; a linked folder within it is not read twice."""
    folders = [root]
    while folders:
        folder = folders.pop()
        below: list[Path] = []
        for entry in _entries(folder):
            path = Path(entry)
            if entry.is_symlink():
                refuse_link_out(path, root)
                if path.is_dir():
                    continue
            elif entry.is_dir():
                below.append(path)
                continue
            if entry.name.endswith(suffixes):
                if not entry.is_file(follow_symlinks=False):
                    _refuse_special(path, _status(path))
                yield path
        folders += reversed(below)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """Returns what stands in a folder, by name, hidden entries left out."""
    with boundary(InputError, "cannot read"), os.scandir(folder) as found:
        seen = [entry for entry in found if not entry.name.startswith(".")]
    return sorted(seen, key=lambda entry: entry.name)


def _regular(paths: Iterable[Path]) -> Iterator[Path]:
    """Yields the files, without folders; refuses what is neither."""
    for path in paths:
        status = _status(path)
        if not stat.S_ISDIR(status.st_mode):
            _refuse_special(path, status)
            yield path


def _status(path: Path) -> os.stat_result:
    with boundary(InputError, "cannot read"):
        return path.stat()


def _refuse_special(path: Path, status: os.stat_result) -> None:
    """Refuses pipes, sockets and devices: to open one may wait for ever."""
    if not stat.S_ISREG(status.st_mode):
        raise InputError(
            "is not a regular file", where=str(path), hint="Write what it gives to a file first."
        )


def _state(status: os.stat_result) -> tuple[int, int]:
    return status.st_ino, status.st_mtime_ns


_CHANGED = "Wait until nothing writes to it, then run the same command again."


def _changed(path: Path) -> InputError:
    return InputError("was changed while it was read", where=str(path), hint=_CHANGED)


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
