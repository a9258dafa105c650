"""Tables of a run folder, which may be another's: read only where they are whole."""

from pathlib import Path

import polars as pl

from curate.errors import InputError, boundary
from curate.tables import refuse_damage


def whole_table(path: Path, schema: pl.Schema | None = None) -> pl.LazyFrame:
    """Returns a run's Parquet table; with `schema`, its columns of those types.

    Raises:
        InputError: It is missing or damaged, or lacks a column.
    """
    hint = f"curate verify {path.parent}"
    with boundary(InputError, f"reading {path.name}", hint=hint):
        path.stat()
    try:
        refuse_damage(path)
    except ValueError as exc:
        raise InputError(str(exc), where=str(path), hint=hint) from exc
    table = pl.scan_parquet(path, glob=False)
    if schema is None:
        return table
    there = table.collect_schema()
    missing = [name for name, dtype in schema.items() if there.get(name) != dtype]
    if missing:
        raise InputError(
            f"{', '.join(missing[:3])} missing or of another type",
            where=str(path),
            hint="Make the run again with this version.",
        )
    return table.select(schema.names())
