"""The folder of a run's work files: shards and what lies between stages, gone when the run is sealed."""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import orjson
import polars as pl

from curate.models import Record
from curate.runs.atomic import write_atomically


@dataclass(frozen=True)
class WorkFolder:
    """Files that exist only if they are whole; several processes may write them."""

    path: Path

    def table(self, name: str) -> Path:
        """Returns the path of the table `name`."""
        return self.path / f"{name}.parquet"

    def lines(self, name: str) -> Path:
        """Returns the path of the JSON Lines file `name`."""
        return self.path / f"{name}.jsonl"

    def write_table(self, name: str, frame: pl.DataFrame) -> Path:
        """Writes a table lightly packed: as fast as plain, in a third of the room on a disk."""
        target = self.table(name)
        write = partial(frame.write_parquet, compression="zstd", compression_level=1)
        write_atomically(target, write, shared=True)
        return target

    def write_lines(self, name: str, records: Iterable[Record], parts: Iterable[Path] = ()) -> Path:
        """Writes JSON Lines: those of the files `parts`, then the records."""
        target = self.lines(name)
        write_atomically(target, partial(fill_lines, records=records, parts=parts), shared=True)
        return target


def fill_lines(path: Path, records: Iterable[Record], parts: Iterable[Path] = ()) -> None:
    """Writes JSON Lines to a file: those of the files `parts`, then the records, one at a time."""
    with path.open("wb") as file:
        for part in parts:
            with part.open("rb") as lines:
                shutil.copyfileobj(lines, file)
        for record in records:
            line = record.model_dump(mode="json")
            file.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
