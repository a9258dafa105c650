"""The data of a training: a finished run's rows, and a passing audit of exactly their content."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import ValidationError

from curate.errors import GateError, InputError, boundary
from curate.jobs.pairs_corpus import audit_of, read_corpus
from curate.jobs.pairs_shards import PAIR_SCHEMA
from curate.models import Audit, AuditVerdict, Manifest, SampledWith, Status
from curate.runs import content_sha256, file_sha256, read_manifest, table_sha256
from curate.tables import refuse_damage, row_digests
from curate.training import Stage

UNAUDITED = "Audit it first, or go on with --unaudited, which stands in all that is written."
FEWEST = 2
_CHAT = "chat/1"
_MADE_BY = {
    Stage.CPT: ("kept.parquet", "curate build-corpus"),
    Stage.SFT: ("sft.parquet", "curate build-corpus --sft TEMPLATE"),
    Stage.RPO: ("pairs.parquet", "curate make-pairs"),
    Stage.DPO: ("pairs.parquet", "curate make-pairs"),
}


@dataclass(frozen=True)
class TrainData:
    """A run's rows for a stage; `gap` says why its audit is no pass of their content, if it is none.

    `table` is the file that is trained on, `content_sha256` what the audit is of.
    """

    path: Path
    manifest: Manifest
    table: str
    rows: Sequence[Mapping[str, Any]]
    content_sha256: str
    audit: Audit | None
    gap: str | None
    sampled: SampledWith | None

    def refuse_unaudited(self) -> None:
        """Refuses rows that no passing audit speaks of.

        Raises:
            GateError: There is no such audit.
        """
        if self.gap:
            raise GateError(self.gap, where=str(self.path), hint=UNAUDITED)


def read_train_data(path: Path, stage: Stage) -> TrainData:
    """Returns the rows that a stage trains on, from the run folder `path`.

    Raises:
        InputError: It is no finished run with such rows, or has fewer than two, or they are no pairs.
        GateError: A file of it is not what its manifest says.
    """
    manifest = read_manifest(path)
    name, maker = _MADE_BY[stage]
    if manifest.status is not Status.DONE or not (path / name).is_file():
        what = f"it has no {name}" if manifest.status is Status.DONE else manifest.status.value
        raise InputError(
            f"not a finished run to train on: {what}",
            where=str(path),
            hint=f"Give the run folder of `{maker}`.",
        )
    if stage.prefers:
        return _pairs(path, manifest)
    corpus = read_corpus(path)
    columns = ("id", "rendered") if stage is Stage.CPT else ("id", "prompt", "completion")
    rows = _rows(path, manifest, name, columns)
    if corpus.gap is None:
        _check_entry(path, manifest, "audit.json")
    return TrainData(
        path, manifest, name, rows, corpus.content_sha256, corpus.audit, corpus.gap, None
    )


def _pairs(path: Path, manifest: Manifest) -> TrainData:
    name = "pairs.parquet"
    rows = _rows(path, manifest, name, (*PAIR_SCHEMA.names(), "audit"))
    for number, row in enumerate(rows):
        if row["chosen"] == row["rejected"]:
            raise InputError(
                f"pair {number + 1} ({row['question_id']}) has the same text on both sides",
                where=f"{name}:{number + 1}",
                hint="Make the pairs again with `curate make-pairs`.",
            )
    frame = pl.read_parquet(path / name, columns=PAIR_SCHEMA.names(), glob=False)
    content = table_sha256([row_digests(frame.select(PAIR_SCHEMA.names()))])
    audit = audit_of(path)
    gap = _gap(audit, content, {row["audit"] for row in rows})
    if gap is None:
        _check_entry(path, manifest, "audit.json")
    if _is_chat(manifest):
        name = "pairs_conversational.parquet"
        rows = _rows(path, manifest, name, ("prompt", "chosen", "rejected", "question_id"))
    told = manifest.result.get("sampled_with")
    try:
        sampled = SampledWith.model_validate(told) if told else None
    except ValidationError as exc:
        raise InputError("its sampled_with is none", where=str(path / "manifest.json")) from exc
    named = [{**row, "id": row["question_id"]} for row in rows]
    return TrainData(path, manifest, name, named, content, audit, gap, sampled)


def _is_chat(manifest: Manifest) -> bool:
    recipe = manifest.resolved.get("recipe")
    template = recipe.get("template") if isinstance(recipe, dict) else None
    return isinstance(template, dict) and template.get("template") == _CHAT


def _rows(
    path: Path, manifest: Manifest, name: str, columns: Sequence[str]
) -> list[dict[str, Any]]:
    file = path / name
    _refuse_damaged(path, file)
    missing = [one for one in columns if one not in pl.read_parquet_schema(file)]
    if missing:
        raise InputError(f"has no column {missing[0]!r}", where=str(file))
    _check_entry(path, manifest, name)
    rows = pl.read_parquet(file, columns=[*columns], glob=False).to_dicts()
    if len(rows) < FEWEST:
        raise InputError(
            f"{len(rows)} row{'' if len(rows) == 1 else 's'}: nothing can be learnt from",
            where=str(file),
            hint="The ledger of the run says what became of the others.",
        )
    wanted = [
        one for one in columns if one in ("rendered", "prompt", "completion", "chosen", "rejected")
    ]
    for number, one in _empty(rows, wanted):
        raise InputError(f"row {number + 1} has no {one}", where=f"{name}:{number + 1}")
    return rows


def _empty(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> Iterator[tuple[int, str]]:
    for number, row in enumerate(rows):
        yield from ((number, one) for one in columns if not row[one])


def _refuse_damaged(path: Path, file: Path) -> None:
    if not file.resolve().is_relative_to(path.resolve()):
        raise InputError("is a link that leads out of the run", where=str(file))
    try:
        refuse_damage(file)
    except ValueError as exc:
        raise InputError(str(exc), where=str(file), hint="Make the data again.") from exc


def _check_entry(path: Path, manifest: Manifest, name: str) -> None:
    """Checks a file against the manifest: by its rows where it is a table, else by its bytes."""
    entry = next((one for one in manifest.outputs if one.path == name), None)
    with boundary(InputError, f"reading {name}"):
        same = entry is not None and (
            file_sha256(path / name) == entry.sha256
            or (name.endswith(".parquet") and content_sha256(path / name) == entry.content_sha256)
        )
    if not same:
        raise GateError(
            f"{name} is not what the manifest of its run says: it was changed since",
            where=str(path),
            hint="`curate verify` tells all that differs. Make the data again.",
        )


def _gap(audit: Audit | None, content: str, named: set[str | None]) -> str | None:
    if audit is None:
        return "the pairs have no audit.json"
    if audit.verdict is not AuditVerdict.PASS:
        return f"the audit of the pairs is no pass: {audit.verdict.value}"
    if audit.content_sha256 != content or named != {content}:
        return "the audit of the pairs is not of their rows: pairs.parquet has changed since"
    return None
