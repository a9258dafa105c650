"""Settles a run's accounts after its last stage: ledger, audit, and the facts that the report shows."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from curate.corpus.pipeline import stage_name
from curate.corpus.recipe import CorpusRecipe
from curate.corpus.shards import Shard, rows_sha256
from curate.corpus.stages.intake import CONFLICT
from curate.corpus.stages.leakage import counts_against
from curate.jobs.decisions import Pair, decision_uses
from curate.jobs.plan import Plan
from curate.leakage import Benchmark, Detector
from curate.leakage.grams import JA_GRAM
from curate.models import (
    Audit,
    AuditVerdict,
    BenchmarkCoverage,
    DecisionUse,
    FileEntry,
    Ledger,
    Power,
    StageCount,
    Verdict,
    VerdictCounts,
    reaches,
)
from curate.reports import ReportFacts
from curate.runs import code_sha256, code_version, content_sha256
from curate.sources import RunSource
from curate.tables import Sandbox, sql_text, undropped

_RANK = {verdict.value: rank for rank, verdict in enumerate(Verdict)}


@dataclass(frozen=True)
class Settled:
    """The accounts of a run; `rows_too_short` have too little text to hold any item."""

    command: str
    ledger: Ledger
    audit: Audit
    problems: Sequence[str]
    rows_too_short: int
    undetermined: Sequence[str]
    decisions: Sequence[DecisionUse]

    def report_facts(
        self, recipe: CorpusRecipe, command: str, inputs: Sequence[FileEntry]
    ) -> ReportFacts:
        """Returns what the report takes from the accounts."""
        return ReportFacts(
            kind="corpus" if self.command == "build-corpus" else "audit",
            name=recipe.name,
            max_year=recipe.max_year,
            audit=self.audit,
            ledger=self.ledger,
            problems=tuple(self.problems),
            undetermined=self.undetermined,
            rows_too_short=self.rows_too_short,
            decisions=self.decisions,
            command=command,
            code_sha256=code_sha256(),
            inputs=inputs,
        )


def settle(
    plan: Plan,
    shards: Sequence[Shard],
    quarantined: int,
    benchmarks: Sequence[Benchmark],
    detector: Detector | None,
    power: Power | None,
) -> Settled:
    """Returns ledger and audit of the rows in `shards`."""
    floor = plan.recipe.leakage.power_floor if plan.recipe.leakage else None
    ledger = _ledger(plan, shards, quarantined)
    coverage = coverage_of(benchmarks, detector)
    problems = [f"{b.ref.name}: {gap}" for b in benchmarks for gap in b.gaps]
    files = [shard.marks for shard in shards]
    counts = _open_findings(files)
    too_short = _too_short(files)
    checked = (
        bool(plan.recipe.leakage) and not problems and (too_short < ledger.kept or not ledger.kept)
    )
    verdict = (
        _verdict(coverage, counts, strong=reaches(power, floor)) if checked else AuditVerdict.NONE
    )
    audit = Audit(
        verdict=verdict,
        content_sha256=audited_sha256(plan, shards),
        rows=ledger.kept,
        benchmarks=coverage,
        counts=counts,
        dropped=_reasons(ledger),
        power=power,
        power_floor=floor,
        recipe_sha256=plan.request.recipe_sha256,
        version=code_version(),
    )
    return Settled(
        command=plan.command,
        ledger=ledger,
        audit=audit,
        problems=problems,
        rows_too_short=too_short,
        undetermined=_undetermined(detector),
        decisions=decision_uses(plan.decisions, _decided_pairs(plan, files)),
    )


def _reasons(ledger: Ledger) -> dict[str, int]:
    reasons: Counter[str] = Counter()
    for stage in ledger.stages:
        reasons.update(stage.dropped)
    return dict(reasons)


def _ledger(plan: Plan, shards: Sequence[Shard], quarantined: int) -> Ledger:
    with Sandbox(shards[0].marks.parent) as db:
        db.view("corpus", [shard.marks for shard in shards])
        counted = db.rows(sql_text("ledger.sql"))
        clusters, flags = db.rows(sql_text("clusters.sql")), db.rows(sql_text("flags.sql"))
    rows = sum(row["rows"] for row in counted)
    chars = sum(int(row["chars"] or 0) for row in counted)
    conflicts = sum(row["rows"] for row in counted if row["dropped_by"] == CONFLICT)
    unread = quarantined - conflicts
    stages = []
    for number, stage in enumerate(plan.stages):
        here = [row for row in counted if row["dropped_at"] == number]
        rows_out = rows - sum(row["rows"] for row in here)
        chars_out = chars - sum(int(row["chars"] or 0) for row in here)
        stages.append(
            StageCount(
                stage=stage_name(stage),
                rows_in=rows,
                rows_out=rows_out,
                dropped={
                    row["dropped_by"]: row["rows"] for row in here if row["dropped_by"] != CONFLICT
                },
                clusters={
                    str(row["size"]): row["clusters"]
                    for row in clusters
                    if row["dropped_at"] == number
                },
                flags=_flagged(flags, f"{stage_name(stage)}.", number),
                chars_in=chars,
                chars_out=chars_out,
            )
        )
        rows, chars = rows_out, chars_out
    total = sum(row["rows"] for row in counted)
    return Ledger(
        rows_in=total + unread,
        kept=rows,
        dropped=total - rows - conflicts,
        quarantined=quarantined,
        stages=stages,
    )


def _flagged(flags: Sequence[Mapping[str, Any]], prefix: str, number: int) -> dict[str, int]:
    """Counts the rows that a stage flagged: those that no stage before it had dropped."""
    found: Counter[str] = Counter()
    for row in flags:
        if row["flag"].startswith(prefix) and (
            row["dropped_at"] is None or row["dropped_at"] >= number
        ):
            found[row["flag"]] += row["rows"]
    return dict(sorted(found.items()))


def coverage_of(
    benchmarks: Sequence[Benchmark], detector: Detector | None
) -> list[BenchmarkCoverage]:
    """Returns the coverage of every benchmark."""
    short = Counter(item.benchmark for item in detector.undetermined()) if detector else Counter()
    return [b.coverage(short[b.ref.name]) for b in benchmarks]


def _open_findings(files: list[Path]) -> VerdictCounts:
    """Counts (record, item) pairs, by their worst verdict, of undropped rows that no decision cleared."""
    findings = (
        pl.scan_parquet(files, glob=False)
        .filter(undropped() & (pl.col("findings").list.len() > 0))
        .select("row", "findings")
        .explode("findings")
        .select("row", pl.col("findings").struct.unnest())
        .filter(counts_against(pl.col("verdict"), pl.col("decided_by")))
        .group_by("row", "benchmark", "item_id")
        .agg(pl.col("verdict").replace_strict(_RANK, return_dtype=pl.Int64).min().alias("rank"))
        .group_by("rank")
        .agg(pl.len())
        .collect()
    )
    names = list(Verdict)
    return VerdictCounts(**{names[rank].value: n for rank, n in findings.iter_rows()})


def _too_short(files: list[Path]) -> int:
    rows = pl.scan_parquet(files, glob=False).filter(undropped() & (pl.col("chars") < JA_GRAM))
    return int(rows.select(pl.len()).collect().item())


def _undetermined(detector: Detector | None) -> list[str]:
    """Names the items with too little text to be told from others."""
    found = detector.undetermined() if detector else ()
    return [f"{item.benchmark} {item.question.id}" for item in found]


def _decided_pairs(plan: Plan, files: list[Path]) -> set[Pair]:
    """Returns the (record, item) pairs that a decision speaks of and something was found of."""
    asked = {placed.pair for placed in plan.decisions}
    if not asked:
        return set()
    findings = pl.scan_parquet(files, glob=False).select("findings").explode("findings")
    pairs = findings.select(pl.col("findings").struct.unnest())
    found = pairs.select("record_id", "benchmark", "item_id").unique().collect()
    return asked & set(found.iter_rows())


def _verdict(
    coverage: Sequence[BenchmarkCoverage], counts: VerdictCounts, *, strong: bool
) -> AuditVerdict:
    """Returns the verdict; a leak is one however weak the detector, but no leak found says little then."""
    checkable = sum(b.items_indexed - b.items_undetermined for b in coverage)
    if not all(b.complete for b in coverage) or not checkable:
        return AuditVerdict.NONE
    if counts.contaminated or counts.recycled:
        return AuditVerdict.FAIL
    if not strong:
        return AuditVerdict.NONE
    return AuditVerdict.UNDECIDED if counts.review else AuditVerdict.PASS


def audited_sha256(plan: Plan, shards: Sequence[Shard]) -> str:
    """Hashes the rows that the audit is of; a run's kept rows have one hash, here and in its manifest."""
    sources = plan.recipe.sources
    if plan.command == "audit" and len(sources) == 1 and isinstance(sources[0], RunSource):
        return content_sha256(plan.files[str(sources[0].name)][0].path)
    return rows_sha256(shards, undropped())
