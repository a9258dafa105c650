"""The job behind `evaluate`: a model's answers to the items of benchmarks, scored in every mode."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from curate.corpus.pipeline import Progress
from curate.errors import InputError
from curate.jobs.evaluate_ask import Asked, ask, prompts_of
from curate.jobs.evaluate_exams import UNSCORED
from curate.jobs.evaluate_judge import judged
from curate.jobs.evaluate_plan import EvaluationPlan, evaluation_plan
from curate.jobs.evaluate_recipe import EvaluateOptions
from curate.jobs.evaluate_report import told_stability
from curate.jobs.evaluate_write import OUTPUTS, write_run
from curate.jobs.execute import check_finished
from curate.jobs.outcome import Outcome
from curate.models import Evaluation, EvaluationResult, Status, Tally
from curate.runs import RunFolder


def evaluate(
    options: EvaluateOptions, out: Path, progress: Progress, *, dry_run: bool = False
) -> Outcome:
    """Evaluates a model in the run folder `out`; with `dry_run` describes what would be done.

    Raises:
        CurateError: The plan or an answer is wrong; the class says what.
    """
    plan = evaluation_plan(options)
    if dry_run:
        return _described(plan)
    with RunFolder(out, plan.request) as run:
        if run.finished:
            check_finished(out)
            evaluation = Evaluation.model_validate_json((out / "evaluation.json").read_bytes())
            told = _told(plan, out, evaluation)
            return told.model_copy(update={"title": "Already done, nothing to do"})
        with run.attempt():
            evaluation = _evaluated(plan, run, progress)
            run.seal(Status.DONE, 0, {"results": [*_numbers(evaluation)]}, OUTPUTS)
        return _told(plan, out, evaluation)


def _evaluated(plan: EvaluationPlan, run: RunFolder, progress: Progress) -> Evaluation:
    asked: list[Asked] = []
    results: list[EvaluationResult] = []
    for number, one in enumerate(ask(plan, run.work, progress)):
        found = judged(one, plan.recipe.method, plan.recipe.seed)
        run.work.write_table(f"rows-{number}", found.rows)
        run.work.write_table(f"responses-{number}", found.responses)
        asked.append(one)
        results.append(found.result)
    _refuse_nothing(results)
    return write_run(plan, run, asked, results)


def _refuse_nothing(results: Sequence[EvaluationResult]) -> None:
    if any(one.asked for one in results):
        return
    reasons = Counter(left.reason for one in results for left in one.not_asked)
    told = ", ".join(f"{reason} {count:,}" for reason, count in reasons.most_common())
    raise InputError(
        f"no item could be asked: {told}",
        hint="A prompt too long wants a longer --set engine.context, or a smaller sampling.max_tokens.",
    )


def _told(plan: EvaluationPlan, out: Path, evaluation: Evaluation) -> Outcome:
    return Outcome(
        title="Evaluated",
        data={
            "run": str(out),
            "model": evaluation.model,
            "revision": evaluation.revision,
            "results": [*_numbers(evaluation)],
            "stability": told_stability(out),
            "report": str(out / "report.html"),
            "absent": evaluation.absent,
        },
        notes=[*_notes(plan, evaluation)],
        hint=f"open {out / 'report.html'}",
    )


def _numbers(evaluation: Evaluation) -> Iterator[dict[str, Any]]:
    """Yields the numbers of every cell that a person compares."""
    for one in evaluation.results:
        tolerant = one.score.metrics["tolerant"].pooled
        gestalt = one.score.metrics["gestalt"].pooled
        pooled: Tally = one.score.pooled
        yield {
            "benchmark": one.benchmark,
            "mode": one.mode,
            "language": one.language,
            "repeat": one.repeat,
            "asked": one.asked,
            "complete": one.complete,
            "score": pooled.score,
            "total": pooled.total,
            "points_rate": pooled.points_rate,
            "low": one.low,
            "high": one.high,
            "accuracy": pooled.accuracy,
            "norm_accuracy": one.norm_accuracy,
            "tolerant": tolerant.points_rate,
            "gestalt": gestalt.accuracy,
            "grades": one.grades,
        }


def _notes(plan: EvaluationPlan, evaluation: Evaluation) -> Iterator[str]:
    yield from (note for exam in evaluation.benchmarks for note in exam.notes)
    yield from evaluation.absent
    if plan.recipe.repeats > 1 and plan.recipe.sampling.temperature == 0:
        yield "at temperature 0 repeats show the engine's own noise, if any; --set sampling.temperature=0.7"
    for one in evaluation.results:
        reasons = Counter(left.reason for left in one.not_asked if left.reason not in UNSCORED)
        if reasons:
            told = ", ".join(f"{reason} {count:,}" for reason, count in sorted(reasons.items()))
            yield (
                f"{one.benchmark}, {one.mode}, {one.language}: not asked, neither right nor wrong: {told}; "
                f"the score is of the other {one.asked:,} items"
            )


def _described(plan: EvaluationPlan) -> Outcome:
    """Returns the resolved recipe, the benchmarks and the prompts; nothing is written."""
    prompts = [(cell, *prompts_of(plan, cell)) for cell in plan.cells]
    return Outcome(
        title="evaluate: nothing is written",
        data={
            "dry_run": True,
            "recipe": plan.recipe.published(),
            "benchmarks": [
                {
                    "name": one.ref.name,
                    "items": len(one.benchmark.items),
                    "wanted": len(one.wanted),
                    "sections": one.sections,
                    "sha256": one.benchmark.sha256,
                }
                for one in plan.exams
            ],
            "cells": [
                {
                    **cell.told(),
                    "prompts": len(made),
                    "not_asked": dict(Counter(one.reason for one in skipped)),
                }
                for cell, made, skipped in prompts
            ],
            "absent": [*plan.absent],
            "outputs": ["manifest.json", *OUTPUTS],
        },
        hint=plan.shown_command,
    )
