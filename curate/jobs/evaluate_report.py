"""The report of an evaluation: how stable its answers are, every item, what the training data held."""

from pathlib import Path
from typing import Any, Final

import polars as pl

from curate.evaluation import DRAWS
from curate.evaluation.asked import as_asked
from curate.evaluation.groups import STRATA
from curate.evaluation.paired import Draws
from curate.evaluation.stability import stability
from curate.jobs.evaluate_plan import EvaluationPlan
from curate.models import Evaluation, Question, Stability
from curate.reports import EvaluationFacts, evaluation_report, render_evaluation
from curate.runs import RunFolder, code_sha256, code_version

STABILITY: Final = "stability.json"
REPORT: Final = (STABILITY, "report.json", "report.html")
"""The files of the report."""


def write_evaluation_report(plan: EvaluationPlan, run: RunFolder, evaluation: Evaluation) -> None:
    """Writes the report's files from the tables that stand in the run folder."""
    frame = pl.read_parquet(run.path / "evaluation.parquet", glob=False)
    responses = pl.scan_parquet(run.path / "responses.parquet", glob=False)
    training, seed = plan.training, plan.recipe.seed
    told = stability(frame, seed=seed)
    if training:
        leaks = training.leaks(frame, evaluation.benchmarks, Draws(DRAWS, seed))
        told = told.model_copy(update={"leaks": leaks})
    facts = EvaluationFacts(
        evaluation=evaluation,
        stability=told,
        command=plan.shown_command,
        version=code_version(),
        code_sha256=code_sha256(),
        recipe_sha256=plan.request.recipe_sha256,
        inputs=plan.request.inputs,
        leaked=training.found if training else {},
    )
    is_written = pl.lit(plan.recipe.method == "generation")
    texts = responses.filter(is_written).rename({"question_id": "item_id"})
    report = evaluation_report(frame.with_columns(STRATA), texts, _asked(plan), facts)
    run.write_json(STABILITY, told)
    run.write_json("report.json", report)
    run.write_pieces("report.html", (piece.encode() for piece in render_evaluation(report)))


def told_stability(run: Path) -> list[dict[str, Any]]:
    """Returns what a person compares of each two modes of a finished run."""
    told = Stability.model_validate_json((run / STABILITY).read_bytes())
    return [
        {
            "benchmark": one.benchmark,
            "language": one.language,
            "modes": f"{one.baseline} -> {one.mode}",
            "metric": one.metric,
            "items": one.items,
            "drop": one.drop.value,
            "low": one.drop.low,
            "high": one.drop.high,
            "p": one.p,
            "mcnemar": one.mcnemar,
            "right_wrong": one.flips.right_wrong,
            "wrong_right": one.flips.wrong_right,
            "wrong_other": one.flips.wrong_other,
            "turned_alike": one.flips.turned_alike,
            "agreement": one.flips.agreement,
        }
        for one in told.pairs
    ]


def _asked(plan: EvaluationPlan) -> dict[tuple[str, str], dict[str, Question]]:
    """Returns the questions as they were asked."""
    return {
        (exam.ref.name, language): {
            id_: as_asked(item.question, plan.recipe.vignettes) for id_, item in items.by_id.items()
        }
        for exam in plan.exams
        for language, items in exam.items.items()
    }
