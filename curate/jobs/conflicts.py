"""Rows whose key clashes with another row's: they leave the frame for the quarantine."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from curate.corpus.pipeline import Shard
from curate.corpus.stages.intake import CONFLICT
from curate.jobs.plan import Plan
from curate.models import RAW_LIMIT, Quarantined
from curate.sources import raw_lines
from curate.tables import ROW_SCHEMA, canonical_json


def clashing_rows(plan: Plan, shards: Sequence[Shard]) -> list[Quarantined]:
    """Returns the rows whose key clashes with another row's, with the line they were read from.

    Rows of a finished run come with the place that they had there; their files are not read again.
    """
    frame = (
        pl.scan_parquet([shard.path for shard in shards], glob=False)
        .filter(pl.col("dropped_by") == CONFLICT)
        .select(list(ROW_SCHEMA))
        .collect()
    )
    rows = list(frame.iter_rows(named=True))
    wanted: dict[tuple[str, str], set[int]] = {}
    for row in rows:
        place = row["provenance"]
        wanted.setdefault((place["source"], place["path"]), set()).add(place["line"])
    raw = {key: _raw(plan, key, lines) for key, lines in wanted.items()}
    return [_conflict(row, raw) for row in rows]


def _raw(plan: Plan, key: tuple[str, str], lines: set[int]) -> dict[int, str]:
    source, relative = key
    file = next((f for f in plan.files.get(source, ()) if f.relative == relative), None)
    return raw_lines(file.path, lines) if file else {}


def _conflict(
    row: Mapping[str, Any], raw: Mapping[tuple[str, str], Mapping[int, str]]
) -> Quarantined:
    place = row["provenance"]
    exam = f" of exam {row['exam']}" if row["exam"] else ""
    read = raw[place["source"], place["path"]].get(place["line"])
    return Quarantined(
        file=f"{place['source']}/{place['path']}",
        line=place["line"] or place["page"],
        error=f"{CONFLICT}: id {row['id']!r}{exam} stands here with other content than elsewhere",
        raw=canonical_json(row).decode()[:RAW_LIMIT] if read is None else read,
    )
