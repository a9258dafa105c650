"""Compares runs of `evaluate`: the papers' tables of any set of them, paired with a baseline run."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import polars as pl

from curate.errors import InputError, UsageError, did_you_mean
from curate.evaluation import DRAWS
from curate.evaluation.answers import Answers, Key, answers_of
from curate.evaluation.comparison import compared_tables
from curate.evaluation.paired import Draws
from curate.evaluation.published import beside, read_published
from curate.evaluation.rows import EVALUATED_SCHEMA
from curate.jobs.compare_names import NamedRun
from curate.jobs.evaluate_report import STABILITY
from curate.jobs.whole_table import whole_table
from curate.models import ComparedTable, Comparison, EvaluatedRun, Evaluation, Stability
from curate.runs import read_record

_ROW = ["benchmark", "item_id", "mode", "language", "repeat"]


class ReadRun(NamedTuple):
    """A run: what it says of itself, and its answers."""

    told: EvaluatedRun
    partial: Sequence[str]
    answers: Mapping[Key, Answers]


def compare_evaluations(
    runs: Sequence[NamedRun], baseline: str | None, *, published: bool, seed: int = 0
) -> Comparison:
    """Returns the comparison; `baseline` names the run that the others are tested against, else the first.

    Raises:
        InputError: A run cannot be read, or two of them were asked other items under one name.
        UsageError: There is no such baseline.
    """
    names = [one.name for one in runs]
    if baseline is not None and baseline not in names:
        raise UsageError(
            f"--baseline: no run {baseline!r}.{did_you_mean(baseline, names)}",
            hint=f"There are: {', '.join(names)}.",
        )
    read = [_read(one) for one in runs]
    for one, other in combinations(read, 2):
        _refuse_others(one, other)
    first = baseline or names[0]
    tables = compared_tables({r.told.name: r.answers for r in read}, first, Draws(DRAWS, seed))
    if published:
        papers = read_published()
        tables = [beside(table, papers) for table in tables]
    return Comparison(
        baseline=first,
        draws=DRAWS,
        seed=seed,
        runs=[one.told for one in read],
        tables=tables,
        notes=[*_notes(read, tables, published=published)],
    )


def _read(run: NamedRun) -> ReadRun:
    evaluation = read_record(run.path / "evaluation.json", Evaluation, f"curate verify {run.path}")
    stability = read_record(run.path / STABILITY, Stability, f"curate verify {run.path}")
    path = run.path / "evaluation.parquet"
    frame = whole_table(path, EVALUATED_SCHEMA).collect()
    if frame.select(_ROW).is_duplicated().any():
        raise InputError("an item stands twice", where=str(path))
    told = EvaluatedRun(
        name=run.name,
        model=evaluation.model,
        revision=evaluation.revision,
        adapter=evaluation.adapter,
        benchmarks={one.name: one.sha256 for one in evaluation.benchmarks},
        leaks=stability.leaks.rows if stability.leaks else [],
    )
    partial = [
        f"{run.name}: {one.benchmark}, {one.mode}, {one.language}"
        for one in evaluation.results
        if not (one.complete and not one.score.absent)
    ]
    return ReadRun(told, list(dict.fromkeys(partial)), {one.key: one for one in answers_of(frame)})


def _refuse_others(one: ReadRun, other: ReadRun) -> None:
    """Refuses runs of other files under one name, or of other keys, points or items."""
    names = f"{one.told.name}, {other.told.name}"
    for benchmark, sha256 in one.told.benchmarks.items():
        if other.told.benchmarks.get(benchmark, sha256) != sha256:
            raise InputError(
                f"the runs were asked other files of {benchmark}",
                where=names,
                hint="Evaluate them on the same files and years.",
            )
    for key in one.answers.keys() & other.answers.keys():
        both = _keys(one.answers[key]).join(
            _keys(other.answers[key]), on="item_id", suffix="_other"
        )
        if both.is_empty():
            raise InputError(
                f"the runs have no item of {key.benchmark} in common",
                where=names,
                hint="Evaluate them on the same sections and years.",
            )
        same = (pl.col("gold") == pl.col("gold_other")) & (
            pl.col("points") == pl.col("points_other")
        )
        if not both.select(same.all()).item():
            raise InputError(f"keys or points of {key.benchmark} differ", where=names)


def _keys(found: Answers) -> pl.DataFrame:
    return found.first.select("item_id", "gold", "points")


def _notes(
    read: Sequence[ReadRun], tables: Sequence[ComparedTable], *, published: bool
) -> Iterator[str]:
    partial = [one for run in read for one in run.partial]
    if partial:
        yield f"not of all items of their benchmark: {'; '.join(partial)}"
    cells = (cell for table in tables for row in table.rows for cell in row.cells)
    if any(cell and cell.versus and cell.versus.unpaired for cell in cells):
        yield "rates are of each run's own items; differences and tests are of those that both answered"
    if any(table.published for table in tables):
        yield "published numbers came without answers, so nothing tells whether they differ beyond noise"
        if partial:
            yield "published numbers are of whole benchmarks, and not all of these are"
    elif published:
        yield "no table that a paper prints has a column of these runs"
