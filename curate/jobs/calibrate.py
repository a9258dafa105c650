"""Measures what the leakage detector finds in a corpus, at the recipe's thresholds and at others."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from curate.corpus.pipeline import Progress
from curate.corpus.shards import Shard
from curate.corpus.stages import Leakage
from curate.errors import GateError, InputError, UsageError
from curate.jobs.dry_run import describe
from curate.jobs.execute import (
    check_finished,
    output_names,
    protect,
    recipe_text,
)
from curate.jobs.gates import input_failure
from curate.jobs.outcome import Outcome
from curate.jobs.overlay import Options
from curate.jobs.plan import Plan, make_plan
from curate.jobs.power import sampled, shown_power
from curate.jobs.read import read_inputs, readers, refuse_no_rows, write_quarantine
from curate.jobs.settle import audited_sha256, coverage_of
from curate.leakage import Benchmark, BenchmarkItem, Detector
from curate.leakage.calibrate import Judged, Planted, judge, plant
from curate.models import Calibration, PowerReport, Status, SweepRow
from curate.reports import redo, render_power
from curate.runs import RunFolder, code_sha256, code_version

SWEEP = (0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8)


def calibrate(
    paths: Sequence[str], options: Options, out: Path, progress: Progress, *, dry_run: bool = False
) -> Outcome:
    """Plants disguised items among rows of a corpus, and tells how many the detector finds.

    Raises:
        UsageError: There is no benchmark, or nothing to plant is asked for.
        InputError: A row or the benchmark cannot be read.
        GateError: No item of the benchmark can be planted.
    """
    plan = make_plan("calibrate", paths, options)
    stage = plan.recipe.leakage
    if not plan.recipe.benchmarks:
        raise UsageError("there is nothing to plant", hint="Give a --benchmark NAME=PATH.")
    if stage is None or not stage.power_items:
        raise UsageError("no item is to be planted: power_items is 0", hint="Give --items 200.")
    if dry_run:
        return describe(plan)
    with RunFolder(out, plan.request) as run:
        if run.finished:
            check_finished(out)
            told = Calibration.model_validate_json((out / "power.json").read_bytes())
            return _outcome("Already done, nothing to do", out, told)
        with run.attempt():
            told = _measured(plan, stage, run, progress)
        run.seal(Status.DONE, 0, _result(told), output_names(plan.command))
        return _outcome("Power measured", out, told)


def _measured(plan: Plan, stage: Leakage, run: RunFolder, progress: Progress) -> Calibration:
    with readers(plan) as team:
        protected = protect(plan, progress)
        shards = read_inputs(plan, run, [], team, progress)
        unread = write_quarantine(plan, run, shards)
        failure = input_failure(plan, unread, protected.benchmarks)
        if failure:
            raise failure
        refuse_no_rows(plan, shards)
        if protected.detector is None:
            raise InputError("the benchmark has no items", hint="Check its path and --years.")
        seed = plan.recipe.seed
        records = sampled(shards, team, seed)
    items = [item for benchmark in protected.benchmarks for item in benchmark.items]
    planted = plant(items, records, protected.detector, count=stage.power_items, seed=seed)
    progress("looking for planted items", 0, len(planted.plants))
    judged = judge(planted, protected.detector.find_many, items)
    told = _calibration(plan, stage, (protected.benchmarks, protected.detector, shards), judged)
    sweep = list(_swept(planted, items, protected.detector, (judged, progress)))
    told = told.model_copy(update={"sweep": sweep})
    _write(plan, run, told)
    return told


def _calibration(
    plan: Plan,
    stage: Leakage,
    looked: tuple[Sequence[Benchmark], Detector, Sequence[Shard]],
    judged: Judged,
) -> Calibration:
    benchmarks, detector, shards = looked
    power = judged.power()
    if power is None:
        raise GateError(
            "no item of the benchmark can be planted",
            hint="Its items have too little text to be told apart.",
        )
    return Calibration(
        benchmarks=coverage_of(benchmarks, detector),
        content_sha256=audited_sha256(plan, shards),
        seed=plan.recipe.seed,
        items=stage.power_items,
        rows=judged.records,
        false_positives=judged.flagged,
        thresholds=stage.thresholds.model_dump(),
        power=power,
        sweep=[],
        recipe_sha256=plan.request.recipe_sha256,
        version=code_version(),
    )


def _swept(
    planted: Planted,
    items: Sequence[BenchmarkItem],
    detector: Detector,
    known: tuple[Judged, Progress],
) -> Iterator[SweepRow]:
    """Yields what other share thresholds find, in rising order; the run's own is judged already."""
    own, progress = known
    thresholds = detector.thresholds
    settings = sorted({*SWEEP, thresholds.share})
    for number, share in enumerate(settings, start=1):
        other = thresholds.model_copy(update={"share": share})
        judged = own if other == thresholds else judge(planted, detector.at(other).find_many, items)
        progress("judging again with other thresholds", number, len(settings))
        yield _sweep_row(share, judged)


def _sweep_row(share: float, judged: Judged) -> SweepRow:
    power = judged.power()
    if power is None:
        raise ValueError("a sweep needs plants")
    found = sum(one.found for one in power.by_disguise)
    called = found + judged.flagged
    return SweepRow(
        share=share,
        planted=sum(one.planted for one in power.by_disguise),
        found=found,
        recall=power.recall,
        low=power.low,
        high=power.high,
        rows=judged.records,
        false_positives=judged.flagged,
        precision=found / called if called else None,
    )


def _write(plan: Plan, run: RunFolder, told: Calibration) -> None:
    again = redo(plan.shown_command, told, code_sha256(), plan.request.inputs)
    report = PowerReport(name=plan.recipe.name, calibration=told, redo=again)
    run.write_text("recipe.yaml", recipe_text(plan))
    run.write_json("power.json", told)
    run.write_json("report.json", report)
    run.write_text("report.html", render_power(report))


def _result(told: Calibration) -> dict[str, Any]:
    return {
        "power": shown_power(told.power),
        "false_positives": told.false_positives,
        "rows": told.rows,
        "by_disguise": {
            one.disguise: f"{one.found}/{one.planted}" for one in told.power.by_disguise
        },
        "share": told.thresholds["share"],
        "sweep": [
            {"share": row.share, "found": row.found, "false_positives": row.false_positives}
            for row in told.sweep
        ],
    }


def _outcome(title: str, out: Path, told: Calibration) -> Outcome:
    return Outcome(
        title=title,
        data={"run": str(out), **_result(told), "report": str(out / "report.html")},
        hint=f"open {out / 'report.html'}; another threshold: "
        "curate audit ... --set stages.leakage.thresholds.share=VALUE",
    )
