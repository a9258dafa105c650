"""The tables of a run, as `curate sql` names them, behind a sandbox of their own."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import duckdb
import polars as pl
from pydantic import Field, TypeAdapter, ValidationError

from curate.errors import InputError, boundary
from curate.models import Ledger, PairLedger, Quarantined
from curate.runs import read_manifest
from curate.tables import Sandbox

TABLES: Mapping[str, str] = {
    "kept": "kept.parquet",
    "dropped": "dropped.parquet",
    "findings": "findings.parquet",
    "responses": "responses.parquet",
    "pairs": "pairs.parquet",
    "evaluation": "evaluation.parquet",
    "ledger": "ledger.json",
    "quarantine": "quarantine.jsonl",
}
"""What stands where in a run folder; not every kind of run has every file."""

_LEDGERS: TypeAdapter[Ledger | PairLedger] = TypeAdapter(
    Annotated[Ledger | PairLedger, Field(discriminator="format")]
)
_QUARANTINE = pl.Schema(
    {name: pl.Int64() if name == "line" else pl.String() for name in Quarantined.model_fields}
)
_LEDGER = pl.Schema(
    {
        "stage": pl.String(),
        "rows_in": pl.Int64(),
        "rows_out": pl.Int64(),
        "dropped": pl.List(pl.Struct({"reason": pl.String(), "rows": pl.Int64()})),
        "chars_in": pl.Int64(),
        "chars_out": pl.Int64(),
    }
)


@dataclass(frozen=True)
class RunTables:
    """The tables that a run has, open for reading."""

    db: Sandbox
    names: tuple[str, ...]

    def lacking(self, name: str) -> str | None:
        """Returns the file that a table of this name would be, where the run has none."""
        return TABLES.get(name) if name not in self.names else None


@contextmanager
def run_tables(run: Path) -> Iterator[RunTables]:
    """Opens the tables of a run folder, read-only, until the block ends.

    Raises:
        InputError: It is no run folder, or one of its tables cannot be read.
    """
    read_manifest(run)
    there = {name: run / file for name, file in TABLES.items() if (run / file).exists()}
    for path in there.values():
        if not path.resolve().is_relative_to(run.resolve()):
            raise InputError("is a link that leads out of the run", where=str(path))
    parquet = [path for path in there.values() if path.suffix == ".parquet"]
    with TemporaryDirectory(prefix="curate-sql-") as folder, Sandbox(Path(folder), parquet) as db:
        for name, path in there.items():
            table = path if path.suffix == ".parquet" else _converted(path, Path(folder))
            try:
                db.view(name, [table])
            except duckdb.Error as exc:
                raise InputError("cannot be read as Parquet", where=str(path)) from exc
        yield RunTables(db, tuple(there))


def _converted(path: Path, folder: Path) -> Path:
    with boundary(InputError, "reading the table"):
        data = path.read_bytes()
    try:
        frame = _ledger(data) if path.suffix == ".json" else _quarantine(data)
    except (ValidationError, pl.exceptions.PolarsError) as exc:
        raise InputError(f"is no {path.name} of curate's", where=str(path)) from exc
    target = folder / f"{path.stem}.parquet"
    frame.write_parquet(target)
    return target


def _ledger(data: bytes) -> pl.DataFrame:
    stages = _LEDGERS.validate_json(data).stages
    rows = [
        stage.model_dump(by_alias=False)
        | {"dropped": [{"reason": r, "rows": n} for r, n in stage.dropped.items()]}
        for stage in stages
    ]
    return pl.DataFrame(rows, schema=_LEDGER)  # of pairs, a stage has no characters


def _quarantine(data: bytes) -> pl.DataFrame:
    return pl.read_ndjson(data, schema=_QUARANTINE) if data else pl.DataFrame(schema=_QUARANTINE)
