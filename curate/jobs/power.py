"""The power of a run's leakage check: how many disguised items its own detector finds."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain
from typing import Any

import polars as pl

from curate.corpus.frame import record_of
from curate.corpus.pipeline import Job, Progress
from curate.corpus.shards import Shard
from curate.corpus.stages import Leakage
from curate.corpus.workers import Crew
from curate.errors import GateError
from curate.jobs.plan import Plan
from curate.leakage import Benchmark, Detector
from curate.leakage.calibrate import judge, plant
from curate.models import Audit, Document, Finding, Power, Question
from curate.tables import Sandbox, sql_text

SAMPLE = 1_000
"""Rows of the corpus that carry planted items, and among which false positives are counted."""
_WEAKEST = 3
_CHUNK = 50


def measured_power(
    plan: Plan,
    shards: Sequence[Shard],
    benchmarks: Sequence[Benchmark],
    detector: Detector | None,
    team: Crew[Job],
    progress: Progress,
) -> Power | None:
    """Returns the power of the run's detector; None with nothing to plant, or no verdict anyway.

    The crew that read the rows, which have the detector already, looks for what was planted.
    """
    stage = plan.recipe.leakage
    if (
        detector is None
        or stage is None
        or not stage.power_items
        or any(b.gaps for b in benchmarks)
    ):
        return None
    items = [item for benchmark in benchmarks for item in benchmark.items]
    records = sampled(shards, team, plan.recipe.seed)
    planted = plant(items, records, detector, count=stage.power_items, seed=plan.recipe.seed)
    progress("looking for planted items", 0, len(planted.plants))
    power = judge(planted, partial(_found_by, team), items).power()
    progress("looking for planted items", len(planted.plants), len(planted.plants))
    return power


def _found_by(team: Crew[Job], records: Sequence[Question | Document]) -> Iterator[list[Finding]]:
    chunks = (records[start : start + _CHUNK] for start in range(0, len(records), _CHUNK))
    for found in team.map(_find, chunks):
        yield from found


def _find(job: Job, records: Sequence[Question | Document]) -> list[list[Finding]]:
    """Returns what the job's leakage stage finds in records."""
    stages = (stage for step in job.steps for _, stage in step.rows)
    return next(stage for stage in stages if isinstance(stage, Leakage)).find(records)


def sampled(
    shards: Sequence[Shard], team: Crew[Job], seed: int, count: int = SAMPLE
) -> list[Question | Document]:
    """Returns at most `count` rows of the corpus, chosen by the seed and their content, in that order."""
    with Sandbox(shards[0].marks.parent) as db:
        db.view("corpus", [shard.marks for shard in shards])
        chosen = db.rows(sql_text("corpus_sample.sql"), seed=str(seed), count=count)
    rows = [row["row"] for row in chosen]
    found = dict(chain.from_iterable(team.map(_records, _shared_out(shards, sorted(rows)))))
    return [found[row] for row in rows]


def _shared_out(
    shards: Sequence[Shard], rows: Sequence[int]
) -> Iterator[tuple[Shard, Sequence[int]]]:
    """Yields the shards that have any of the rows, which are in order, with those that they have."""
    for shard in shards:
        own = rows[bisect_left(rows, shard.first) : bisect_right(rows, shard.last)]
        if own:
            yield shard, own


def _records(_: Job, asked: tuple[Shard, Sequence[int]]) -> list[tuple[int, Question | Document]]:
    """Returns some rows of a shard, with their records."""
    shard, rows = asked
    frame = shard.where(pl.col("row").is_in(rows))
    return [(row["row"], record_of(row)) for row in frame.iter_rows(named=True)]


def shown_power(power: Power | None) -> dict[str, Any] | None:
    """Returns a power as a command's result tells it, rounded down."""
    if power is None:
        return None
    return {
        "recall": _down(power.recall),
        "low": _down(power.low),
        "high": _down(power.high),
        "planted": sum(one.planted for one in power.by_disguise),
    }


def too_weak(audit: Audit) -> GateError:
    """Returns the error of an audit that found no leak with less power than its floor."""
    what = "there is no verdict: no leak was found, but"
    if audit.power is None:
        return GateError(
            f"{what} power was not measured, and the recipe asks for {audit.power_floor}",
            hint="Nothing could be planted, or power_items is 0. "
            "`--set stages.leakage.power_floor=null` goes without.",
        )
    weakest = sorted(audit.power.by_disguise, key=lambda one: (one.recall, one.disguise))[:_WEAKEST]
    named = ", ".join(f"{one.disguise} {one.found}/{one.planted}" for one in weakest)
    planted = sum(one.planted for one in audit.power.by_disguise)
    found = sum(one.found for one in audit.power.by_disguise)
    return GateError(
        f"{what} of {planted:,} disguised items only {found:,} were found, "
        f"a power of {_down(audit.power.recall)} (floor {audit.power_floor}); weakest: {named}",
        hint="`curate calibrate` shows what other thresholds would find; "
        "stages.leakage.power_floor sets the floor.",
    )


def _down(share: float) -> float:
    return math.floor(share * 10_000) / 10_000
