"""Executes a plan: read, stages, audit, report, seal. `build-corpus` and `audit` are this and a title."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from curate.corpus.pipeline import Progress, Stage
from curate.corpus.shards import Shard, rows_sha256, scan
from curate.corpus.stage import Prepared, RowStage
from curate.corpus.workers import uncollected
from curate.errors import CurateError, GateError, InputError
from curate.jobs.conflicts import IN_CONFLICT
from curate.jobs.decisions import unmatched_note
from curate.jobs.gates import audit_gate, first_failure
from curate.jobs.outcome import Outcome, Problem
from curate.jobs.plan import Plan
from curate.jobs.power import measured_power, shown_power
from curate.jobs.read import left_out_notes, read_inputs, readers, refuse_no_rows, write_quarantine
from curate.jobs.settle import Settled, settle
from curate.jobs.sft import SFT_FILE, write_sft
from curate.leakage import Benchmark, BenchmarkItem, Detector, Semantic, read_benchmark
from curate.models import Audit, Manifest, Status
from curate.reports import built_report, report_json, report_page
from curate.runs import RunFolder, verify_run
from curate.tables import FINDING, ROW_SCHEMA, undropped

CORPUS_FILES = ("kept.parquet", "dropped.parquet")
POWER_FILES = ("recipe.yaml", "quarantine.jsonl", "power.json", "report.json", "report.html")
COMMON_FILES = (
    "recipe.yaml",
    "quarantine.jsonl",
    "findings.parquet",
    "ledger.json",
    "audit.json",
    "report.json",
    "report.html",
)


@dataclass(frozen=True)
class Protected:
    """The benchmarks of a run and the detector that knows them; None where there is nothing to detect."""

    benchmarks: Sequence[Benchmark]
    detector: Detector | None
    semantic: Semantic | None = None


def execute(
    plan: Plan, out: Path, progress: Progress, prepare: Callable[[RunFolder], None] | None = None
) -> Outcome:
    """Runs the plan in the folder `out`, which `prepare` gets ready; a finished run is only told again."""
    with RunFolder(out, plan.request) as run:
        if run.finished:
            return _again(run.manifest, out, plan)
        with run.attempt():
            if prepare:
                prepare(run)
            return _executed(plan, out, run, progress)


def _executed(plan: Plan, out: Path, run: RunFolder, progress: Progress) -> Outcome:
    with readers(plan) as team:
        protected = protect(plan, progress)
        with uncollected():
            shards = read_inputs(plan, run, ready_stages(plan, protected), team, progress)
        unread = write_quarantine(plan, run, shards)
        if not unread.rows:
            refuse_no_rows(plan, shards)
        guards = protected.benchmarks, protected.detector
        power = measured_power(plan, shards, *guards, team, progress)
        settled = settle(plan, shards, unread.rows, *guards, power)
        facts = settled.report_facts(plan.recipe, plan.shown_command, plan.request.inputs)
        with built_report(facts, shards, protected.benchmarks, team.map) as (report, cards):
            run.write_pieces("report.json", report_json(report, cards.records()))
            run.write_pieces("report.html", report_page(report, cards))
    hashes = _write(plan, run, shards, settled)
    error = first_failure(plan, settled, protected.benchmarks, unread)
    failed = isinstance(error, InputError)
    result = _numbers(settled)
    if plan.recipe.sft:
        result["sft"] = write_sft(run, shards, plan.recipe.sft)
    exit_code = error.exit if error else 0
    status = Status.FAILED if failed else Status.DONE
    run.seal(
        status, exit_code, result, output_names(plan.command, sft=bool(plan.recipe.sft)), hashes
    )
    return _outcome(plan, out, result, error, list(_notes(plan, settled)))


def protect(plan: Plan, progress: Progress) -> Protected:
    """Returns the run's benchmarks, read whole, and a detector of them at the recipe's thresholds."""
    benchmarks = [read_benchmark(ref) for ref in plan.recipe.benchmarks]
    items = [item for benchmark in benchmarks for item in benchmark.items]
    progress("indexing benchmark items", len(items), len(items))
    thresholds = plan.recipe.leakage.thresholds if plan.recipe.leakage else None
    detector = Detector(items, thresholds) if items else None
    return Protected(benchmarks, detector, _semantic(plan, items, progress))


def _semantic(plan: Plan, items: Sequence[BenchmarkItem], progress: Progress) -> Semantic | None:
    """Returns the semantic pass, if the recipe asks for it and there is something to look for."""
    engine = plan.recipe.leakage.semantic if plan.recipe.leakage else None
    if engine is None or not items:
        return None
    progress("embedding benchmark items", 0, len(items))
    return Semantic(items, engine)


def ready_stages(plan: Plan, protected: Protected) -> list[Stage]:
    """Returns the stages of a plan with all that they need of the run."""
    prepared = Prepared(
        max_year=plan.recipe.max_year,
        applies_to=plan.recipe.applied_names(),
        detector=protected.detector,
        semantic=protected.semantic,
        decisions=tuple(placed.decision for placed in plan.decisions),
    )
    return [s.ready(prepared) if isinstance(s, RowStage) else s for s in plan.stages]


def _write(plan: Plan, run: RunFolder, shards: Sequence[Shard], settled: Settled) -> dict[str, str]:
    """Writes all other outputs but the quarantine; returns the content hashes that are known by now."""
    hashes = _write_corpus(run, shards) if plan.command == "build-corpus" else {}
    run.write_text("recipe.yaml", recipe_text(plan))
    write_findings(run, shards)
    run.write_json("ledger.json", settled.ledger)
    run.write_json("audit.json", settled.audit)
    return hashes


def write_findings(run: RunFolder, shards: Sequence[Shard]) -> None:
    """Writes findings.parquet: all findings of all rows, dropped or not."""
    marks = pl.scan_parquet([shard.marks for shard in shards], glob=False)
    findings = (
        marks.filter(pl.col("findings").list.len() > 0).select("findings").explode("findings")
    )
    run.write_frame(
        "findings.parquet",
        findings.select(pl.col("findings").struct.field(f.name) for f in FINDING.fields),
    )


def _write_corpus(run: RunFolder, shards: Sequence[Shard]) -> dict[str, str]:
    columns, why = list(ROW_SCHEMA), ["dropped_by", "survivor_id"]
    dropped = ~undropped() & ~IN_CONFLICT
    run.write_frame("kept.parquet", scan(shards, undropped(), columns))
    run.write_frame("dropped.parquet", scan(shards, dropped, [*columns, *why]))
    return {
        "kept.parquet": rows_sha256(shards, undropped()),
        "dropped.parquet": rows_sha256(shards, dropped),
    }


def recipe_text(plan: Plan) -> str:
    """Returns recipe.yaml: the recipe as it was resolved, without this machine's folders."""
    return yaml.safe_dump(plan.recipe.published(), allow_unicode=True, sort_keys=False)


def output_names(command: str, *, sft: bool = False) -> list[str]:
    """Returns the files that a command writes, beside manifest.json."""
    if command == "calibrate":
        return list(POWER_FILES)
    corpus = CORPUS_FILES if command == "build-corpus" else ()
    return [*corpus, *([SFT_FILE] if sft else ()), *COMMON_FILES]


def _numbers(settled: Settled) -> dict[str, Any]:
    ledger, audit = settled.ledger, settled.audit
    return {
        "verdict": audit.verdict.value,
        "rows_in": ledger.rows_in,
        "kept": ledger.kept,
        "dropped": ledger.dropped,
        "quarantined": ledger.quarantined,
        "dropped_by": dict(audit.dropped),
        "findings": audit.counts.model_dump(),
        "power": shown_power(audit.power),
        "content_sha256": audit.content_sha256,
    }


def _outcome(
    plan: Plan,
    out: Path,
    result: dict[str, Any],
    error: CurateError | None,
    notes: Sequence[str] = (),
) -> Outcome:
    title = "Corpus built" if plan.command == "build-corpus" else "Audit done"
    if isinstance(error, InputError):
        title = "The run failed; what it could read is written"
    return Outcome(
        title=title,
        data={"run": str(out), **result, "report": str(out / "report.html")},
        exit=error.exit if error else 0,
        error=Problem.of(error) if error else None,
        notes=list(notes),
        hint=f"open {out / 'report.html'}" if error else f"curate verify {out}",
    )


def _notes(plan: Plan, settled: Settled) -> Iterator[str]:
    """Yields what the numbers alone do not say."""
    if plan.command == "build-corpus":
        if settled.ledger.kept == 0:
            yield "no row was kept"
        if plan.recipe.max_year is None:
            yield "no year filter: give --max-year"
    yield from left_out_notes(plan)
    for benchmark in settled.audit.benchmarks:
        yield from (f"{benchmark.name}: {note}" for note in benchmark.notes)
    yield from unmatched_note(settled.decisions)


def _again(manifest: Manifest, out: Path, plan: Plan) -> Outcome:
    """Tells a finished run again, with the exit code it had: a failed gate does not pass by waiting."""
    check_finished(out)
    audit = Audit.model_validate_json((out / "audit.json").read_bytes())
    told = _outcome(plan, out, manifest.result, audit_gate(audit, plan))
    return told.model_copy(update={"title": "Already done, nothing to do"})


def check_finished(out: Path) -> None:
    """Checks that a finished run is as it was sealed.

    Raises:
        GateError: A file of the run is missing or was changed since.
    """
    _, changed = verify_run(out)
    if changed:
        raise GateError(
            f"the run is done, but {changed[0].path} is {changed[0].problem}",
            where=str(out),
            hint="Remove the folder to run again, or choose another --out.",
        )
