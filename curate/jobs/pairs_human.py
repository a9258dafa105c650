"""How many people answer a question right, as a file tells it."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from curate.errors import InputError
from curate.models import Quarantined
from curate.sources import Row, format_of

__all__ = ["read_human_accuracy"]

IDS = ("question_id", "problem_id", "id")
"""What a file may call a question's id, the first that it has."""

_SCHEMA = pl.Schema({"question_id": pl.String(), "human_accuracy": pl.Float64()})
_WHOLE = 100.0


def read_human_accuracy(paths: Sequence[Path]) -> pl.DataFrame | None:
    """Returns `question_id` and `human_accuracy` in [0, 1]; None without a file.

    A file (JSONL, CSV or Parquet) has `human_accuracy` in percent, as IgakuQA's `_metadata` do; a question
    whose accuracy is empty is passed over, and of a question that stands twice the later line counts.

    Raises:
        InputError: There is no such file, or a line of it has no id or no percentage.
    """
    if not paths:
        return None
    rows = [pair for path in paths for pair in _pairs(path)]
    told = pl.DataFrame(rows, schema=_SCHEMA, orient="row")
    return told.unique("question_id", keep="last", maintain_order=True)


def _pairs(path: Path) -> Iterator[tuple[str, float]]:
    if not path.is_file():
        raise InputError("no such file", where=str(path), hint="Check --human.")
    for row in format_of(path)(path, path.name):
        if isinstance(row, Quarantined):
            raise InputError(row.error, where=f"{row.file}:{row.line}")
        told = row.cells.get("human_accuracy")
        if told not in (None, ""):
            yield _id(row, path), _share(told, f"{path.name}:{row.number}")


def _id(row: Row, path: Path) -> str:
    found = next((row.cells[name] for name in IDS if name in row.cells), None)
    if not isinstance(found, str | int) or found == "":
        raise InputError(
            "no id of a question",
            where=f"{path.name}:{row.number}",
            hint=f"One of: {', '.join(IDS)}.",
        )
    return str(found)


def _share(told: Any, where: str) -> float:
    try:
        percent = float(told)
    except (TypeError, ValueError):
        percent = -1.0
    if not 0 <= percent <= _WHOLE:
        raise InputError(
            f"human_accuracy: {str(told)[:20]!r} is no percentage", where=where, hint="0 to 100."
        )
    return percent / _WHOLE
