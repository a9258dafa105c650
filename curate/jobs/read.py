"""Reads the inputs of a plan into shards, and sets aside what cannot be one of its rows."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple

import orjson
import polars as pl

from curate.corpus.pipeline import Job, Progress, Stage, crew_for, run_job, steps_of
from curate.corpus.shards import Shard
from curate.corpus.workers import Crew
from curate.errors import InputError
from curate.jobs.conflicts import IN_CONFLICT, clashing_rows
from curate.jobs.plan import Plan
from curate.models import Quarantined
from curate.runs import RunFolder
from curate.sources import InputFile

EXAMPLES = 5


class Unread(NamedTuple):
    """The quarantined rows of a run: how many, and the first."""

    rows: int
    first: Quarantined | None


def readers(plan: Plan) -> AbstractContextManager[Crew[Job]]:
    """Returns the processes that will read the inputs; they start at once, while benchmarks are indexed."""
    return crew_for((file for files in plan.files.values() for file in files), plan.runner)


def read_inputs(
    plan: Plan, run: RunFolder, stages: Sequence[Stage], team: Crew[Job], progress: Progress
) -> list[Shard]:
    """Returns the rows of all sources after the stages, and counts them by input for the manifest."""
    shards = run_job(job_of(plan, run, stages), inputs_of(plan), team, progress)
    for shard in shards:
        run.note_rows(zip(*shard.counts, strict=True))
    return shards


def job_of(plan: Plan, run: RunFolder, stages: Sequence[Stage]) -> Job:
    """Returns the job of a plan, with its shards in the work folder of a run."""
    read_again = plan.command != "audit" or bool(plan.recipe.benchmarks)
    steps, fingerprint = steps_of(stages), plan.request.fingerprint
    return Job(plan.recipe.sources, steps, run.work, fingerprint, keeps_rows=read_again)


def inputs_of(plan: Plan) -> Iterator[tuple[int, InputFile]]:
    """Yields the input files of a plan, in their order, each with the number of its source."""
    for number, source in enumerate(plan.recipe.sources):
        for file in plan.files[str(source.name)]:
            yield number, file


def left_out_notes(plan: Plan) -> Iterator[str]:
    """Yields, for each source, what files lie at its path that nobody reads, by number and examples."""
    for source in plan.recipe.sources:
        found = source.left_out(plan.files[str(source.name)])
        if found:
            more = ", ..." if len(found) > EXAMPLES else ""
            what = "1 other file is" if len(found) == 1 else f"{len(found)} other files are"
            yield f"{source.name}: {what} not read ({', '.join(found[:EXAMPLES])}{more})"


def refuse_no_rows(plan: Plan, shards: Sequence[Shard]) -> None:
    """Refuses sources without rows.

    Raises:
        InputError: There is no row in any shard.
    """
    if not any(shard.height for shard in shards):
        raise InputError(
            "no rows in any source",
            where=", ".join(plan.files),
            hint="Check the paths and the recipe.",
        )


def refuse_unread(shards: Sequence[Shard], what: str) -> None:
    """Refuses shards whose rows must all be checked, where one could not be.

    Raises:
        InputError: There is an unread row.
    """
    first = next((shard.bad for shard in shards if shard.bad), None)
    if first:
        with first.open("rb") as lines:
            why = orjson.loads(lines.readline())["error"]
        unread = sum(shard.unread for shard in shards)
        raise InputError(f"{unread} {what} cannot be checked; the first: {why}")


def write_quarantine(plan: Plan, run: RunFolder, shards: Sequence[Shard]) -> Unread:
    """Writes what could not be read and what clashes; returns how many rows that is, and the first."""
    files = [shard.bad for shard in shards if shard.bad]
    clashing = _clashing(shards)
    run.write_lines("quarantine.jsonl", clashing_rows(plan, shards) if clashing else (), files)
    with (run.path / "quarantine.jsonl").open("rb") as file:
        line = file.readline()
    rows = clashing + sum(shard.unread for shard in shards)
    return Unread(rows, Quarantined.model_validate_json(line) if line else None)


def _clashing(shards: Sequence[Shard]) -> int:
    if not shards:
        return 0
    rows = pl.scan_parquet([shard.marks for shard in shards], glob=False).filter(IN_CONFLICT)
    return int(rows.select(pl.len()).collect().item())
