"""Which files a path stands for, and the hash of each."""

import glob
import hashlib
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import takewhile
from pathlib import Path
from struct import Struct
from typing import overload

import polars as pl

from curate.ahead import in_flight
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
_KEPT = Struct("=32sQQQQ")
_64_BITS = (1 << 64) - 1
_LARGE = 1_000_000
"""Bytes of a file whose hash is worth a thread."""

Stamp = tuple[int, int, int]
"""What the file system says of a file: its inode, its size, when it was last changed."""


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to read: `relative` is its posix path within its source, or else its name.

    `base` is the folder that it counts from, and `stamp` what the file had when it was hashed, if it was.
    """

    base: Path
    relative: str
    sha256: str
    size: int
    stamp: Stamp | None = None

    @property
    def path(self) -> Path:
        """Where the file is; made anew, as a path takes more memory than all the rest."""
        return self.base / self.relative

    def refuse_changed(self) -> None:
        """Raises InputError if the file is no longer the one that was hashed."""
        if self.stamp is not None and _stamp(self.path) != self.stamp:
            raise _changed(self.path)


class InputFiles(Sequence[InputFile]):
    """Files below one folder, in the order of their relative paths.

    There may be a million: of each, its name and 64 bytes are kept; the object is made when asked for.
    """

    def __init__(self, base: Path, found: Iterable[tuple[str, bytes]]) -> None:
        names, kept = [], bytearray()
        for name, record in found:
            names.append(name)
            kept += record
        order = sorted(range(len(names)), key=names.__getitem__)
        self._base = base
        self._names = [names[number] for number in order]
        self._kept = bytearray()
        for number in order:
            self._kept += kept[number * _KEPT.size : (number + 1) * _KEPT.size]

    def __len__(self) -> int:
        return len(self._names)

    @overload
    def __getitem__(self, index: int) -> InputFile: ...
    @overload
    def __getitem__(self, index: slice) -> list[InputFile]: ...
    def __getitem__(self, index: int | slice) -> InputFile | list[InputFile]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        number = range(len(self))[index]
        sha256, size, *stamp = _KEPT.unpack_from(self._kept, number * _KEPT.size)
        return InputFile(self._base, self._names[number], sha256.hex(), size, tuple(stamp))


def root_of(path: str) -> Path:
    """Returns what relative paths count from: the path, or a glob's part without wildcards."""
    whole = Path(path).absolute()
    if whole.exists() or not is_glob(path):
        return whole
    return Path(*takewhile(lambda part: not any(sign in part for sign in _MAGIC), whole.parts))


def is_glob(path: str) -> bool:
    """Tells whether the path has wildcards and is no existing file or folder of that very name."""
    return any(sign in path for sign in _MAGIC) and not os.path.lexists(path)


def all_files(path: str) -> Iterator[Path]:
    """Yields the files that a file, folder or glob stands for, hidden ones left out.

    A data set saved to disk is a folder that counts as one file.
    """
    root = root_of(path)
    if is_glob(path):
        pattern = str(Path(path).absolute().relative_to(root))
        names = glob.glob(pattern, root_dir=root, recursive=True)  # noqa: PTH207  # hides dot files
        yield from (file for file in (root / name for name in sorted(names)) if _counts(file))
    elif root.is_dir():
        yield from _walk(root)
    else:
        yield root


def data_files(path: str) -> Iterator[Path]:
    """Yields those of the files whose format is known by their names; of a file or glob, all."""
    files = all_files(path)
    if _is_folder(path):
        files = (f for f in files if unpacked_name(f.name).endswith(SUFFIXES) or f.is_dir())
    return _regular(files)


def row_files(path: str) -> Iterator[Path]:
    """Yields the data files; of a folder without those that hold a JSON object, unless all of them do.

    Among other files, such an object is settings; alone, it is an object of objects.
    """
    if not _is_folder(path):
        yield from data_files(path)
        return
    objects, others = [], False
    for file in data_files(path):
        if is_object(file):
            objects.append(file)
        else:
            others = True
            yield file
    if not others:
        yield from objects


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


def named_files(path: str, pattern: re.Pattern[str]) -> Iterator[Path]:
    """Yields the files whose relative path (of a file or glob: whose name) matches."""
    files, root, below = all_files(path), root_of(path), _is_folder(path)
    return _regular(
        file for file in files if pattern.fullmatch(_below(file, root) if below else file.name)
    )


def names_left(path: str, files: Iterable[InputFile]) -> Iterator[str]:
    """Yields the relative paths of the files that the path stands for and that are none of `files`."""
    base, taken = _base_of(path), {file.relative for file in files}
    names = (_below(file, base) for file in all_files(path))
    return (name for name in names if name not in taken)


def input_files(path: str, find: Callable[[], Iterable[Path]]) -> InputFiles:
    """Returns the files found, hashed and sorted; refuses links out and empty input."""
    root, base = existing(path), _base_of(path)
    found = without_links_out(find(), root, base)
    files = InputFiles(base, _all_hashed(found, base))
    if not any(file.size for file in files):
        what = (
            "is empty" if files and root.is_file() else "holds no data file that this layout reads"
        )
        raise InputError(what, where=path, hint=READABLE)
    return files


def _all_hashed(paths: Iterable[Path], base: Path) -> Iterator[tuple[str, bytes]]:
    """Yields what `_hashed` says of each file; as many threads as Polars has hash large ones ahead."""
    threads = pl.thread_pool_size()
    with ThreadPoolExecutor(threads) as pool:

        def submit(path: Path) -> Callable[[], tuple[str, bytes]]:
            if threads > 1 and _size(path) > _LARGE:
                return pool.submit(_hashed, path, base).result
            return partial(_hashed, path, base)

        yield from (hashed() for _, hashed in in_flight(submit, paths, threads))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # whoever reads it says so
        return 0


def _hashed(path: Path, base: Path) -> tuple[str, bytes]:
    """Returns the relative path of a file, and what is kept of it."""
    relative = _below(path, base)
    if not _encodable(relative):
        raise InputError("the name of the file is not UTF-8", where=ascii(relative))
    _refuse_special(path)
    before = _stamp(path)
    if path.is_dir():
        digest, size = saved_digest(path)
    else:
        with boundary(InputError, "cannot read"), path.open("rb") as file:
            digest, size = hashlib.file_digest(file, "sha256").hexdigest(), file.tell()
    if _stamp(path) != before:
        raise _changed(path)
    return relative, _KEPT.pack(bytes.fromhex(digest), size, *before)


def refuse_link_out(path: Path, base: Path) -> None:
    """Raises InputError if the path, within `base`, leads out of it by a link."""
    if not _resolved(path).is_relative_to(_resolved(base)):
        raise InputError(
            "is a link that leads out of the folder; not followed",
            where=str(path),
            hint="Copy the file into the folder, or give the link's target as a source of its own.",
        )


def without_links_out(files: Iterable[Path], root: Path, base: Path) -> Iterator[Path]:
    """Yields the files; raises InputError for a link out of `base`, but follows `root`, which was named.

    Each folder is looked at once.
    """
    folders: set[str] = set()
    for file in files:
        if str(file) != str(root):
            folder = os.path.dirname(file)  # noqa: PTH120  # a million paths take much memory
            if folder not in folders:
                folders.add(folder)
                refuse_link_out(Path(folder), base)
            if file.is_symlink():
                refuse_link_out(file, base)
        yield file


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


def _is_folder(path: str) -> bool:
    """Tells whether the path stands for all that is in a folder."""
    return not is_glob(path) and root_of(path).is_dir()


def _base_of(path: str) -> Path:
    """Returns the folder that the relative paths of the files count from."""
    root = root_of(path)
    return root if root.is_dir() and not is_saved(root) else root.parent


def _below(file: Path, folder: Path) -> str:
    """Returns the posix path of a file from a folder that its own path begins with."""
    return str(file).removeprefix(os.path.join(folder, ""))  # noqa: PTH118  # ends with one slash


def _regular(paths: Iterable[Path]) -> Iterator[Path]:
    """Yields the paths; refuses pipes, sockets and devices: to open one may wait for ever."""
    for path in paths:
        _refuse_special(path)
        yield path


def _refuse_special(path: Path) -> None:
    with boundary(InputError, "cannot read"):
        mode = path.stat().st_mode
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        hint = "Write what it gives to a file first."
        raise InputError("is not a regular file", where=str(path), hint=hint)


def _stamp(path: Path) -> Stamp:
    """Returns the stamp of a file, or one of all files in a folder."""
    with boundary(InputError, "cannot read", hint=_CHANGED):
        own = path.stat()
        all_ = [one.stat() for one in path.iterdir()] if stat.S_ISDIR(own.st_mode) else [own]
    changed = max(one.st_mtime_ns for one in all_)
    return own.st_ino, sum(one.st_size for one in all_), changed & _64_BITS


_CHANGED = "Wait until nothing writes to it, then run the same command again."


def _changed(path: Path) -> InputError:
    return InputError("was changed while it was read", where=str(path), hint=_CHANGED)


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
