"""Checks a run before anything of it is read for publishing: it may be anybody's, and edited by hand."""

from pathlib import Path
from typing import Any

import orjson
import polars as pl

from curate.errors import GateError, InputError, boundary
from curate.models import EvaluatedItem, Manifest, Pair, ReleaseKind, Response, Status
from curate.runs import read_manifest, verify_run
from curate.tables import ROW_SCHEMA, refuse_damage

__all__ = ["AGAIN", "KINDS", "finished_run", "refuse_other_columns", "report_parts"]

KINDS = {
    "build-corpus": ReleaseKind.CORPUS,
    "make-pairs": ReleaseKind.PAIRS,
    "evaluate": ReleaseKind.EVALUATION,
}
"""The commands whose runs can be published."""

_AUDITED = ("recipe.yaml", "ledger.json", "audit.json", "findings.parquet", "report.json")
_NEEDED = {
    ReleaseKind.CORPUS: ("kept.parquet", *_AUDITED),
    ReleaseKind.PAIRS: (
        *("pairs.parquet", "pairs_conversational.parquet", "responses.parquet", *_AUDITED),
    ),
    ReleaseKind.EVALUATION: (
        *("evaluation.parquet", "evaluation.json", "recipe.yaml", "report.json"),
    ),
}
_COLUMNS = {
    "kept.parquet": ROW_SCHEMA.names(),
    "sft.parquet": ["id", "prompt", "completion"],
    "pairs.parquet": [*Pair.model_fields],
    "pairs_conversational.parquet": [*Pair.model_fields],
    "responses.parquet": [*Response.model_fields],
    "evaluation.parquet": [*EvaluatedItem.model_fields],
}
AGAIN = "Run the command again into a new folder; what is published is what was audited."
_UNPUBLISHED = "responses.parquet"  # an evaluation's tell more, and none of it is published
_PAGE = "report.html"  # `curate report` may have made it again, and so does staging


def finished_run(run: Path) -> Manifest:
    """Returns the manifest of a run that can be published, with every file as the run wrote it.

    Raises:
        InputError: It is no finished run of a kind that is published, or lacks a file, or a table is damaged.
        GateError: A file is not what the manifest says.
    """
    manifest = read_manifest(run)
    kind = KINDS.get(manifest.command)
    if kind is None:
        raise InputError(
            f"a run of {manifest.command} is not published",
            where=str(run),
            hint=f"Give a run of {', '.join(KINDS)}.",
        )
    if manifest.status is not Status.DONE:
        raise InputError(
            f"the run is {manifest.status.value}",
            where=str(run),
            hint="Run its command again to finish it.",
        )
    names = {entry.path for entry in manifest.outputs}
    missing = [name for name in _NEEDED[kind] if name not in names]
    if missing:
        raise InputError(f"the manifest names no {missing[0]}", where=str(run), hint=AGAIN)
    _, problems = verify_run(run)
    for changed in problems:
        if changed.path != _PAGE:
            raise GateError(
                f"{changed.path} is not what the run wrote: {changed.problem}",
                where=str(run / changed.path),
                hint=AGAIN,
            )
    for name in _COLUMNS:
        if name in names:
            refuse_other_columns(run / name)
        elif (run / name).exists():
            raise InputError(
                "the manifest does not name the file", where=str(run / name), hint=AGAIN
            )
    return manifest


def refuse_other_columns(table: Path) -> None:
    """Refuses a table of a run that is damaged, or has other columns than such a table has.

    Raises:
        InputError: It is, or it has.
    """
    try:
        refuse_damage(table)
    except ValueError as exc:
        raise InputError(str(exc), where=str(table), hint=AGAIN) from exc
    found, wanted = {*pl.read_parquet_schema(table)}, {*_COLUMNS[table.name]}
    odd = sorted(wanted - found if table.name == _UNPUBLISHED else wanted ^ found)
    if odd:
        raise InputError(
            f"not the columns of {table.name}: {', '.join(odd[:3])}", where=str(table), hint=AGAIN
        )


def report_parts(run: Path) -> dict[str, Any]:
    """Returns what stands in a run's report.json, of which only the command is known to be there.

    Raises:
        InputError: It is no report.
    """
    path = run / "report.json"
    with boundary(InputError, "reading the report", hint=AGAIN):
        data = path.read_bytes()
    try:
        value = orjson.loads(data)
        command = value["redo"]["command"]
    except (orjson.JSONDecodeError, KeyError, TypeError) as exc:
        raise InputError("not a report", where=str(path), hint=AGAIN) from exc
    if not isinstance(command, str):
        raise InputError("not a report: redo.command", where=str(path), hint=AGAIN)
    return dict(value)
