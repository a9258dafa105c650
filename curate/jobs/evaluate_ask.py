"""Asks a model the items of benchmarks, cell by cell, or takes recorded answers to them."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from curate.corpus.pipeline import Progress
from curate.errors import InputError, UsageError
from curate.evaluation.likelihood import with_endings
from curate.jobs.evaluate_plan import Cell, EvaluationPlan
from curate.runs import WorkFolder
from curate.sampling import (
    Engine,
    Examples,
    Likelihoods,
    Prompt,
    Recorded,
    RecordedSampler,
    Sampler,
    Skipped,
    Stored,
    fitting_prompts,
    given_examples,
    make_prompts,
    stored_responses,
)

Opened = tuple[Engine, Sampler]


@dataclass(frozen=True)
class Asked:
    """A cell that was asked: what is stored of it, and the items of it that were not asked.

    `examples` are the ids of the first prompt's few-shot examples.
    """

    cell: Cell
    stored: Stored
    skipped: Sequence[Skipped]
    examples: Sequence[str]


def ask(plan: EvaluationPlan, work: WorkFolder, progress: Progress) -> Iterator[Asked]:
    """Yields every cell, asked; a run that was interrupted goes on where it stopped.

    Raises:
        InputError: Recorded answers cannot be used.
        UsageError: Recorded answers do not tell modes apart, and several are asked for.
    """
    engine = plan.recipe.engine
    with ExitStack() as stack:
        once = (
            None if isinstance(engine, Recorded) else (engine, stack.enter_context(engine.open()))
        )
        for cell in plan.cells:
            opened = once or _recorded(plan, cell)
            yield _asked(plan, cell, opened, (work, progress))


def prompts_of(plan: EvaluationPlan, cell: Cell) -> tuple[list[Prompt], list[Skipped]]:
    """Returns the prompts of a cell, and the items that are not asked."""
    rows = cell.exam.rows(cell.language, plan.recipe.vignettes)
    shown = plan.examples.get(cell.language)
    none = Examples(cell.template.shots, ())
    examples = none if shown is None else given_examples(shown, cell.template)
    prompts, skipped = make_prompts(rows, cell.template, examples)
    if plan.recipe.method == "generation":
        return prompts, skipped
    questions = cell.exam.items[cell.language].by_id
    ended = [
        with_endings(one, questions[one.question_id].question, cell.template) for one in prompts
    ]
    return (
        [one for one in ended if isinstance(one, Prompt)],
        [*skipped, *(one for one in ended if isinstance(one, Skipped))],
    )


def _asked(
    plan: EvaluationPlan, cell: Cell, opened: Opened, to: tuple[WorkFolder, Progress]
) -> Asked:
    work, progress = to
    engine, sampler = opened
    prompts, skipped = prompts_of(plan, cell)
    too_long: list[Skipped] = []
    if plan.recipe.method == "loglikelihood":
        sampler = Likelihoods(sampler)
    else:
        prompts, too_long = fitting_prompts(prompts, sampler, cell.sampling)

    def told(what: str, done: int, total: int) -> None:
        progress(f"{cell}: {what}", done, total)

    stored = stored_responses(work, (engine, sampler), prompts, cell.sampling, told)
    shown = prompts[0].examples if prompts else ()
    return Asked(cell, stored, [*skipped, *too_long], shown)


def _recorded(plan: EvaluationPlan, cell: Cell) -> Opened:
    """Returns the recorded answers of a cell.

    Raises:
        InputError: There is none, or one that cannot be used.
        UsageError: The file does not tell which cell an answer is of.
    """
    engine = plan.recipe.engine
    if not isinstance(engine, Recorded):
        raise TypeError("answers that are not recorded")
    meant = engine.model_copy(update={"only": {**cell.told(), **engine.only}})
    with meant.open() as sampler:
        _refuse_useless(plan, cell, sampler)
        return meant, sampler


def _refuse_useless(plan: EvaluationPlan, cell: Cell, sampler: RecordedSampler) -> None:
    for name in cell.told():
        several = len({one.told()[name] for one in plan.cells})
        if several > 1 and name in sampler.lacking:
            raise UsageError(
                f"the recorded answers have no column {name!r}, and {several} are asked for",
                hint=f"Ask for one at a time, or write the {name} beside each answer.",
            )
    if sampler.bad:
        bad = sampler.bad[0]
        raise InputError(bad.error, where=f"{bad.file}:{bad.line}")
    ids = cell.exam.items[cell.language].by_id.keys()
    strangers = sampler.unknown(ids)
    if strangers:
        first = strangers[0]
        raise InputError(
            f"{len(strangers):,} answers are to no item of {cell.exam.ref.name}; the first: {first.error}",
            where=f"{first.file}:{first.line}",
            hint="Check the exam that was answered, --benchmark and --years.",
        )
    if not sampler.answers_any(cell.exam.wanted):
        told = "; ".join(
            f"{name}: {', '.join(sorted(found))}" for name, found in sampler.others.items() if found
        )
        raise InputError(
            f"there is no recorded answer of {cell}",
            hint=f"Others are there: {told}." if told else "Check --responses and --sections.",
        )
