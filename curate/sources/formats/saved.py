"""A Hugging Face data set saved to disk: its Arrow files, read as they lie there, and nothing run."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from curate.errors import InputError, boundary
from curate.sources.formats.base import Block, Format, Limits, Row

if TYPE_CHECKING:
    import pyarrow as pa

STATE, INFO, SPLITS = "state.json", "dataset_info.json", "dataset_dict.json"
_MAPPING = "_indices_data_files"
_SAVE_AGAIN = "Save it again with `save_to_disk`, or write it as Parquet."


@dataclass(frozen=True)
class SavedDataset(Format):
    """The folder of a `Dataset`, or of one split of a `DatasetDict`; its rows are numbered from 1.

    A block's `start` is the number of its file, and `stop` that of its first row there.
    """

    @classmethod
    def takes(cls, path: Path) -> bool:
        """Tells whether it is the folder of a saved data set."""
        return is_saved(path)

    def cut(self, path: Path, limits: Limits) -> Iterator[Block]:
        """Yields blocks of the rows of one file each."""
        first = 1
        for number, file in enumerate(_arrow_files(path)):
            at = rows = size = 0
            with _batches(file) as batches:
                for batch in batches:
                    each = max(1, batch.nbytes // max(1, batch.num_rows))
                    left = batch.num_rows
                    while left:
                        wanted = max(1, (limits.size - size) // each)
                        taken = min(left, limits.rows - rows, wanted)
                        rows, size, left = rows + taken, size + taken * each, left - taken
                        if rows >= limits.rows or size + each > limits.size:
                            yield Block(first, rows, number, at)
                            first, at, rows, size = first + rows, at + rows, 0, 0
            if rows:
                yield Block(first, rows, number, at)
                first += rows

    def rows(self, path: Path, block: Block, file: str) -> Iterator[Row]:  # noqa: ARG002 (whole or not at all)
        """Yields the rows of a block; lists and structs come as lists and dicts."""
        (arrow,) = islice(_arrow_files(path), block.start, block.start + 1)
        skip, left, number = block.stop, block.rows, block.first
        with _batches(arrow) as batches:
            for batch in batches:
                some = batch.slice(min(skip, batch.num_rows), left)
                skip -= min(skip, batch.num_rows)
                some.validate(full=True)
                for at, cells in enumerate(some.to_pylist(), number):
                    yield Row(at, cells)
                number, left = number + some.num_rows, left - some.num_rows
                if not left:
                    return

    def count(self, path: Path) -> int:
        """Returns how many rows the files hold."""
        total = 0
        for file in _arrow_files(path):
            with _batches(file) as batches:
                total += sum(batch.num_rows for batch in batches)
        return total


def is_saved(path: Path) -> bool:
    """Tells whether it is the folder of a `Dataset`, or of a split."""
    return (path / STATE).is_file() and (path / INFO).is_file()


def splits_of(path: Path) -> list[Path]:
    """Returns the folders of a `DatasetDict`'s splits, none if it is no such folder.

    Raises InputError where a split is missing, or its name leads elsewhere.
    """
    if not (path / SPLITS).is_file():
        return []
    told = _json(path / SPLITS)
    names = told.get("splits") if isinstance(told, dict) else None
    if not isinstance(names, list):
        raise InputError("names no splits", where=str(path / SPLITS), hint=_SAVE_AGAIN)
    folders = [_inside(path, name, SPLITS) for name in names]
    for folder in folders:
        if not is_saved(folder):
            raise InputError(
                f"the split {folder.name!r} is missing or not whole",
                where=str(path),
                hint=_SAVE_AGAIN,
            )
    return folders


def saved_digest(path: Path) -> tuple[str, int]:
    """Returns a hash of the names and contents of a saved data set's files, and their size in bytes."""
    digest, size = hashlib.sha256(), 0
    for one in (path / STATE, *_arrow_files(path)):
        with boundary(InputError, "cannot read"), one.open("rb") as file:
            digest.update(
                f"{one.name} {hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode()
            )
            size += file.tell()
    return digest.hexdigest(), size


def _arrow_files(path: Path) -> list[Path]:
    """Returns the files that state.json names, all of them in the folder itself."""
    state = _json(path / STATE)
    listed = state.get("_data_files") if isinstance(state, dict) else None
    if not isinstance(listed, list):
        raise InputError("names no data files", where=str(path / STATE), hint=_SAVE_AGAIN)
    if state.get(_MAPPING):
        raise InputError(
            "has a mapping of indices beside its rows, as old versions wrote it",
            where=str(path / STATE),
            hint="Save its `flatten_indices()`.",
        )
    names = [entry.get("filename") if isinstance(entry, dict) else None for entry in listed]
    return [_inside(path, name, STATE) for name in names]


def _inside(folder: Path, name: object, told_by: str) -> Path:
    """Returns what a name stands for in the folder; refuses a path, and a link."""
    plain = isinstance(name, str) and name not in ("", "..") and Path(name).name == name
    plain = plain and "\0" not in str(name)
    with boundary(InputError, "cannot read"):  # a name may be too long to be looked for
        linked = plain and (folder / str(name)).is_symlink()
    if not plain or linked:
        raise InputError(
            "names what is not a plain name of something in the folder",
            where=str(folder / told_by),
            hint="A saved data set keeps all its files in its own folder.",
        )
    return folder / str(name)


def _json(path: Path) -> Any:
    with boundary(InputError, "cannot read"):
        content = path.read_bytes()
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError as exc:
        raise InputError("is not JSON", where=str(path), hint=_SAVE_AGAIN) from exc


@contextmanager
def _batches(path: Path) -> "Iterator[Iterator[pa.RecordBatch]]":
    """Gives the record batches of a mapped Arrow file.

    Raises InputError for a file that is damaged, or holds what Python cannot, such as far dates.
    """
    import pyarrow as pa  # noqa: PLC0415  # most runs read no such data set

    try:
        with pa.memory_map(str(path)) as mapped, pa.ipc.open_stream(mapped) as stream:
            yield iter(stream)
    except (pa.ArrowException, OSError, ValueError, OverflowError) as exc:
        hint = f"Is the file whole, and are its dates within the years 1 to 9999? {_SAVE_AGAIN}"
        raise InputError("cannot be read as Arrow", where=str(path), hint=hint) from exc
