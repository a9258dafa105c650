"""The job behind `make-pairs`: a corpus and a model's answers to graded, audited preference pairs."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TypeVar

import polars as pl

from curate.corpus.pipeline import Progress
from curate.corpus.workers import Crew, crew
from curate.errors import CurateError, InputError
from curate.grading.boundary import Boundary
from curate.grading.tiers import Form
from curate.jobs.execute import check_finished
from curate.jobs.outcome import Outcome
from curate.jobs.pairs_ask import Sampled, ask
from curate.jobs.pairs_audit import PROMPT, SOLUTION, Checked, Keyed, check_texts
from curate.jobs.pairs_ledger import pair_ledger
from curate.jobs.pairs_plan import PairsPlan, make_pairs_plan
from curate.jobs.pairs_recipe import PairsOptions
from curate.jobs.pairs_shards import Accounts, Graded, Grading, Group, Paired, Pairing
from curate.jobs.pairs_told import again, described, told
from curate.jobs.pairs_write import Made, write_run
from curate.models import Status
from curate.runs import RunFolder
from curate.sampling import ChatTemplate

FEW_BYTES = 1 << 24
"""For fewer bytes of responses it is not worth while to start worker processes."""

Job = TypeVar("Job")


def make_pairs(
    options: PairsOptions, out: Path, progress: Progress, *, dry_run: bool = False
) -> Outcome:
    """Makes preference pairs in the run folder `out`; with `dry_run` describes what would be done."""
    plan = make_pairs_plan(options)
    if dry_run:
        return described(plan)
    with RunFolder(out, plan.request) as run:
        if run.finished:
            check_finished(out)
            return again(plan, run.manifest, out)
        with run.attempt(), plan.runner.connected():
            return _made(plan, run, progress)


def _made(plan: PairsPlan, run: RunFolder, progress: Progress) -> Outcome:
    sampled = ask(plan, run, progress)
    graded = _graded(plan, run, sampled, progress)
    checked = check_texts(plan, run, _texts(graded), progress)
    paired = _paired(plan, run, (sampled, graded, checked), progress)
    accounts = Accounts()
    for one in paired:
        accounts.add(one.accounts)
    ledger = pair_ledger(plan, sampled, accounts)
    done = write_run(plan, run, Made(paired, ledger, checked, sampled.recorded, sampled.tokenizer))
    error = _first_failure(plan, sampled, checked)
    status = Status.FAILED if isinstance(error, InputError) else Status.DONE
    run.seal(status, error.exit if error else 0, done.result, done.names, done.contents)
    return told(plan, run.path, done.result, error)


def _first_failure(plan: PairsPlan, sampled: Sampled, checked: Checked) -> CurateError | None:
    """Returns what makes the run fail, the worst first; without an audited corpus no verdict is asked for."""
    bad = sampled.recorded.bad if sampled.recorded else ()
    if len(bad) > plan.recipe.max_bad:
        return InputError(
            f"{len(bad)} recorded answers cannot be used (--max-bad {plan.recipe.max_bad}); "
            f"the first: {bad[0].error}",
            where=f"{bad[0].file}:{bad[0].line}",
            hint="All of them stand in quarantine.jsonl. Mend them, or allow them with --max-bad.",
        )
    if not plan.audited and not isinstance(checked.error, InputError):
        return None
    return checked.error


def _team(
    plan: PairsPlan, groups: Sequence[Group], kind: type[Job]
) -> AbstractContextManager[Crew[Job]]:
    size = sum(file.stat().st_size for group in groups for file in group.stored)
    return plan.runner.crew(kind, few=size < FEW_BYTES)


def _graded(plan: PairsPlan, run: RunFolder, sampled: Sampled, progress: Progress) -> list[Graded]:
    graded: list[Graded] = []
    with _team(plan, sampled.groups, Grading) as team:
        team.give(Grading(run.work, plan.recipe.template))
        for one in team.map(Grading.grade, sampled.groups):
            graded.append(one)
            progress("grading (shards)", len(graded), len(sampled.groups))
    return graded


def _texts(graded: Sequence[Graded]) -> Iterator[Keyed]:
    """Yields every prompt, solution and sample that could be looked through."""
    for one in graded:
        asked = pl.read_parquet(one.group.asked, columns=["id", "prompt"], glob=False)
        yield from ((id_, PROMPT, None, text) for id_, text in asked.iter_rows())
        solutions = pl.read_parquet(one.solutions, columns=["question_id", "text"], glob=False)
        for id_, text in solutions.drop_nulls().iter_rows():
            yield id_, SOLUTION, None, text
        columns = ["question_id", "index", "text"]
        samples = pl.read_parquet(one.responses, columns=columns, glob=False)
        for id_, index, text in samples.iter_rows():
            yield id_, "sample", index, text


def _paired(
    plan: PairsPlan,
    run: RunFolder,
    known: tuple[Sampled, Sequence[Graded], Checked],
    progress: Progress,
) -> list[Paired]:
    sampled, graded, checked = known
    template, tokenizer = plan.recipe.template, sampled.tokenizer
    boundary = None
    if tokenizer is not None:
        is_chat = isinstance(template, ChatTemplate)
        boundary = Boundary(tokenizer, plan.recipe.max_length, is_chat)
    pairing = Pairing(run.work, plan.recipe.policy, Form.of(template), plan.recipe.seed, boundary)
    items = ((one, _leaks_of(one, checked.leaks)) for one in graded)
    paired: list[Paired] = []
    alone = crew(1, Pairing)  # a tokenizer stays in this process
    with alone if boundary else _team(plan, sampled.groups, Pairing) as team:
        team.give(pairing)
        for one in team.map(Pairing.pair, items):
            paired.append(one)
            progress("pairing (shards)", len(paired), len(graded))
    return paired


def _leaks_of(graded: Graded, leaks: pl.DataFrame) -> pl.DataFrame:
    if leaks.is_empty():
        return leaks
    asked = pl.read_parquet(graded.group.asked, columns=["id"], glob=False)
    return leaks.filter(pl.col("question_id").is_in(asked["id"].implode()))
