"""Writes what an evaluation found: responses, rows, numbers, recipe and report."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from curate.evaluation.recipe import EvaluationRecipe
from curate.grading.tiers import Form
from curate.jobs.evaluate_ask import Asked
from curate.jobs.evaluate_exams import Exam
from curate.jobs.evaluate_plan import EvaluationPlan
from curate.jobs.evaluate_report import REPORT, write_evaluation_report
from curate.models import EvaluatedBenchmark, EvaluatedMode, Evaluation, EvaluationResult
from curate.runs import RunFolder

OUTPUTS = (
    "recipe.yaml",
    "responses.parquet",
    "evaluation.parquet",
    "evaluation.json",
    *REPORT,
)


def write_run(
    plan: EvaluationPlan,
    run: RunFolder,
    asked: Sequence[Asked],
    results: Sequence[EvaluationResult],
) -> Evaluation:
    """Writes all outputs from the tables `responses-N` and `rows-N` of the cells, and returns the numbers."""
    tables = range(len(results))
    for name, part in (("responses", "responses"), ("evaluation", "rows")):
        parts = [run.work.table(f"{part}-{number}") for number in tables]
        run.write_frame(f"{name}.parquet", pl.scan_parquet(parts, glob=False))
    run.write_text("recipe.yaml", _recipe_text(plan.recipe))
    evaluation = _evaluation(plan, run.path / "responses.parquet", asked, results)
    run.write_json("evaluation.json", evaluation)
    write_evaluation_report(plan, run, evaluation)
    return evaluation


def _evaluation(
    plan: EvaluationPlan,
    responses: Path,
    asked: Sequence[Asked],
    results: Sequence[EvaluationResult],
) -> Evaluation:
    recipe = plan.recipe
    told = pl.scan_parquet(responses, glob=False).select("model", "revision").head(1).collect()
    model, revision = told.row(0) if told.height else (None, None)
    adapter = getattr(recipe.engine, "adapter", None)
    return Evaluation(
        name=recipe.name,
        model=model,
        revision=revision,
        adapter=Path(adapter).name if adapter else None,
        engine=recipe.engine.engine,
        method=recipe.method,
        vignettes=recipe.vignettes,
        repeats=recipe.repeats,
        sampling=_sampling(recipe),
        benchmarks=[_benchmark(one) for one in plan.exams],
        modes=[*_modes(asked).values()],
        results=[*results],
        absent=[*plan.absent],
    )


def _sampling(recipe: EvaluationRecipe) -> Mapping[str, Any]:
    """Returns the settings of sampling; none where nothing was sampled."""
    samples = recipe.engine.engine != "recorded" and recipe.method == "generation"
    return recipe.sampling.told() if samples else {}


def _benchmark(exam: Exam) -> EvaluatedBenchmark:
    return EvaluatedBenchmark(
        name=exam.ref.name,
        sha256=exam.benchmark.sha256,
        items=len(exam.benchmark.items),
        asked=exam.sections,
        notes=[*exam.benchmark.notes],
    )


def _modes(asked: Sequence[Asked]) -> dict[tuple[str, str], EvaluatedMode]:
    modes: dict[tuple[str, str], EvaluatedMode] = {}
    for one in asked:
        cell = one.cell
        form = Form.of(cell.template)
        told = EvaluatedMode(
            mode=cell.mode.mode,
            language=cell.language,
            template=cell.template.name,
            label=form.label,
            explained=form.explained,
            examples=[*one.examples],
        )
        modes.setdefault((cell.mode.mode, cell.language), told)
    return modes


def _recipe_text(recipe: EvaluationRecipe) -> str:
    return yaml.safe_dump(recipe.published(), allow_unicode=True, sort_keys=False)
