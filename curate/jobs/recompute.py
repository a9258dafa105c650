"""Audits rows again: with the detector and the recipe of the audit that they have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import polars as pl

from curate.corpus.frame import FILE_ROWS
from curate.corpus.pipeline import Job, Progress, crew_for, run_job, steps_of
from curate.corpus.recipe import CorpusRecipe
from curate.corpus.runner import Runner
from curate.corpus.shards import Shard
from curate.corpus.stage import Prepared
from curate.corpus.stages import Leakage
from curate.jobs.decisions import PlacedDecision
from curate.jobs.execute import protect
from curate.jobs.plan import Plan
from curate.jobs.power import measured_power
from curate.jobs.read import refuse_unread
from curate.jobs.settle import settle
from curate.leakage import BenchmarkRef
from curate.models import Audit, Power
from curate.runs import Request, WorkFolder, json_sha256
from curate.sources import RunSource, source_files
from curate.sources.documents import DocumentsSource
from curate.tables import ROW_SCHEMA

__all__ = ["How", "audit_differences", "recomputed_audit"]

KEPT, DROPPED = "kept.parquet", "dropped.parquet"


class Rows(RunSource):
    """Rows of a corpus in a file, whatever folder it lies in."""

    def files(self) -> list[Path]:
        """Returns the file."""
        return [Path(self.path)]


@dataclass(frozen=True)
class How:
    """How an audit was made: its leakage stage, benchmarks where they lie now, and decisions."""

    leakage: Leakage
    benchmarks: Sequence[BenchmarkRef]
    decisions: Sequence[PlacedDecision]
    seed: int
    workers: int


def recomputed_audit(
    rows: pl.DataFrame, how: How, progress: Progress, left_out: pl.DataFrame | None = None
) -> Audit:
    """Returns the audit of rows: of a corpus, or of pairs, whose texts are looked through as documents.

    `left_out` are the rows that the corpus' own leakage check dropped: power is measured among them, too.
    """
    with TemporaryDirectory(prefix="curate-audit-") as folder:
        work = WorkFolder(Path(folder, "work"))
        work.path.mkdir()
        sources = _sources(Path(folder), rows, left_out)
        recipe = CorpusRecipe(
            recipe="audit/1",
            seed=how.seed,
            sources=sources,
            benchmarks=[*how.benchmarks],
            stages=[how.leakage.model_copy(update={"drop": [], "semantic": None})],
        )
        return _audited(recipe, how, work, progress)


def _audited(recipe: CorpusRecipe, how: How, work: WorkFolder, progress: Progress) -> Audit:
    files = {str(source.name): source_files(source) for source in recipe.sources}
    told = [str(how), [file.sha256 for some in files.values() for file in some]]
    request = Request(
        command="audit",
        fingerprint=json_sha256(told),
        arguments={},
        resolved={},
        recipe_sha256=json_sha256(recipe.published()),
        inputs=[],
    )
    runner = Runner(how.workers)
    plan = Plan("audit", recipe, files, how.decisions, request, "", runner)
    protected = protect(plan, progress)
    prepared = Prepared(
        detector=protected.detector, decisions=tuple(one.decision for one in how.decisions)
    )
    steps = steps_of([stage.ready(prepared) for stage in plan.recipe.stages])  # type: ignore[union-attr]
    inputs = [(n, file) for n, s in enumerate(recipe.sources) for file in files[str(s.name)]]
    job = Job(recipe.sources, steps, work, request.fingerprint, keeps_rows=True)
    with crew_for((file for _, file in inputs), plan.runner) as team:
        shards = run_job(job, inputs, team, progress)
        refuse_unread(shards, "rows")
        guards = protected.benchmarks, protected.detector
        power = measured_power(plan, shards, *guards, team, progress)
    own = [shard for shard in shards if not _is_left_out(shard)]
    return settle(plan, own or shards, 0, protected.benchmarks, protected.detector, power).audit


def _is_left_out(shard: Shard) -> bool:
    """Whether a shard is of the second input."""
    return bool(shard.first >> FILE_ROWS)


def _sources(
    folder: Path, rows: pl.DataFrame, left_out: pl.DataFrame | None
) -> list[RunSource | DocumentsSource]:
    if "prompt" in rows.columns:
        path = folder / "pairs.jsonl"
        _pair_texts(rows).write_ndjson(path)
        return [DocumentsSource(path=str(path), name="pairs")]
    sources: list[RunSource | DocumentsSource] = []
    for name, frame in ((KEPT, rows), (DROPPED, left_out)):
        if frame is not None and (name == KEPT or frame.height):
            path = folder / name
            frame.select(ROW_SCHEMA.names()).cast(ROW_SCHEMA).write_parquet(path)
            sources.append(Rows(path=str(path), name=name.partition(".")[0]))
    return sources


def _pair_texts(pairs: pl.DataFrame) -> pl.DataFrame:
    """Returns every prompt and side once, under the name that decisions know it by."""
    of = pl.col("question_id")
    parts = [pairs.select(id=of, text="prompt")]
    for side in ("chosen", "rejected"):
        index = pl.col(f"{side}_index").cast(pl.String).fill_null("ground_truth")
        parts.append(pairs.select(id=of + "#" + index, text=side))
    return pl.concat(parts).unique(maintain_order=True)


def audit_differences(claimed: Audit, found: Audit, how: Literal["all", "some"]) -> list[str]:
    """Returns in what an audit differs from the one that was made again, in words.

    Of `some` of the rows or texts that were audited then, boilerplate may be less, and power is measured
    among other texts: its intervals must meet.
    """
    told = []
    if found.verdict is not claimed.verdict:
        told.append(f"verdict {found.verdict.value}, not {claimed.verdict.value}")
    told += _benchmarks(claimed, found)
    told += _counts(claimed, found, how)
    if how == "all" and found.rows != claimed.rows:
        told.append(f"{found.rows:,} rows, not {claimed.rows:,}")
    if found.power_floor != claimed.power_floor:
        told.append(f"power floor {found.power_floor}, not {claimed.power_floor}")
    if not _same_power(claimed.power, found.power, how):
        told.append(f"power {_recall(found.power)}, not {_recall(claimed.power)}")
    return told


def _benchmarks(claimed: Audit, found: Audit) -> list[str]:
    def facts(audit: Audit) -> Mapping[str, object]:
        return {one.name: one.model_dump(exclude={"notes"}) for one in audit.benchmarks}

    one, other = facts(claimed), facts(found)
    return [f"coverage of {name}" for name in {**one, **other} if one.get(name) != other.get(name)]


def _counts(claimed: Audit, found: Audit, how: Literal["all", "some"]) -> list[str]:
    told = []
    for name, then in claimed.counts.model_dump().items():
        now = getattr(found.counts, name)
        fewer_is_right = how == "some" and name == "boilerplate"
        if now > then or (now < then and not fewer_is_right):
            told.append(f"{now} {name} findings, not {then}")
    return told


def _same_power(claimed: Power | None, found: Power | None, how: Literal["all", "some"]) -> bool:
    if claimed is None or found is None:
        return claimed is found
    if how == "all":
        return claimed == found
    return claimed.low <= found.high and found.low <= claimed.high


def _recall(power: Power | None) -> str:
    return "not measured" if power is None else f"{power.recall:.4f}"
