"""What the audit of the training data found of benchmarks' items: from a run of build-corpus or audit."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import polars as pl
from pydantic import ValidationError

from curate.errors import InputError, UsageError, boundary
from curate.evaluation.leaks import Fate, Found, leak_rows
from curate.evaluation.paired import Draws
from curate.jobs.whole_table import whole_table
from curate.models import LEAKS, Audit, EvaluatedBenchmark, FileEntry, Leaks, Status
from curate.runs import file_sha256, read_manifest

COMMANDS: Final = ("build-corpus", "audit")
_FILES: Final = ("audit.json", "findings.parquet", "kept.parquet")
_ON: Final = ["record_id", "source"]


class TrainingAudit(NamedTuple):
    """An audit of training data, what it found of each item, and the files that tell it."""

    audit: Audit
    found: Found
    files: Sequence[FileEntry]

    def leaks(
        self, evaluated: pl.DataFrame, benchmarks: Sequence[EvaluatedBenchmark], how: Draws
    ) -> Leaks:
        """Returns what it says of the items that were asked."""
        known: Mapping[str, str] = {one.name: one.sha256 for one in self.audit.benchmarks}
        asked = {one.name: one.sha256 for one in benchmarks}
        return Leaks(
            verdict=self.audit.verdict,
            content_sha256=self.audit.content_sha256,
            checked=[name for name in asked if name in known],
            unchecked=[name for name in asked if name not in known],
            other_files=[name for name in asked if known.get(name, asked[name]) != asked[name]],
            rows=leak_rows(evaluated, self.found, how),
        )


def read_training_audit(run: Path) -> TrainingAudit:
    """Returns the audit in a run folder; of a corpus, an item whose rows were all dropped is `dropped`.

    Raises:
        InputError: It is no finished run, or lacks a file.
        UsageError: It is a run of another command.
    """
    manifest = read_manifest(run)
    if manifest.command not in COMMANDS:
        raise UsageError(
            f"--corpus: a run of `curate {manifest.command}` has no audit of training data",
            where=str(run),
            hint="Give a run of build-corpus or audit.",
        )
    if manifest.status is not Status.DONE:
        raise InputError(
            f"the run is {manifest.status.value}, not done",
            where=str(run),
            hint="Run its command again until it is done.",
        )
    with boundary(InputError, "reading audit.json", hint=f"curate verify {run}"):
        data = (run / "audit.json").read_bytes()
    try:
        audit = Audit.model_validate_json(data)
    except ValidationError as exc:
        raise InputError("not an audit", where=str(run / "audit.json")) from exc
    files = [run / name for name in _FILES if (run / name).is_file()]
    entries = [FileEntry(path=f"corpus/{one.name}", sha256=file_sha256(one)) for one in files]
    return TrainingAudit(audit, _found(run), entries)


def _found(run: Path) -> dict[tuple[str, str], Fate]:
    path, kept = run / "findings.parquet", run / "kept.parquet"
    leaks = whole_table(path).filter(pl.col("verdict").is_in(list(LEAKS)))
    if kept.is_file():
        rows = whole_table(kept).select(
            record_id="id", source=pl.col("provenance").struct.field("source"), stays=True
        )
        leaks = leaks.join(rows.unique(), on=_ON, how="left")
    else:
        leaks = leaks.with_columns(stays=True)
    stays = pl.col("stays").fill_null(value=False).any()
    told = leaks.group_by("benchmark", "item_id").agg(stays).collect()
    return {(name, id_): "in_data" if here else "dropped" for name, id_, here in told.iter_rows()}
