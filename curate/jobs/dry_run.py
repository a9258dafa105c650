"""Describes a plan without writing anything."""

from curate.corpus.pipeline import stage_name
from curate.jobs.execute import output_names
from curate.jobs.outcome import Outcome
from curate.jobs.plan import Plan
from curate.jobs.read import left_out_notes
from curate.sources import count_rows


def describe(plan: Plan) -> Outcome:
    """Returns the resolved recipe, the inputs with their rows and sizes, the stages and the outputs."""
    inputs = [
        {
            "source": source.name,
            "path": file.relative,
            "bytes": file.size,
            "rows": count_rows(source, file),
        }
        for source in plan.recipe.sources
        for file in plan.files[str(source.name)]
    ]
    names = output_names(plan.command, sft=bool(plan.recipe.sft))
    return Outcome(
        title=f"{plan.command}: nothing is written",
        data={
            "dry_run": True,
            "recipe": plan.recipe.published(),
            "inputs": inputs,
            "stages": [stage_name(stage) for stage in plan.stages],
            "outputs": ["manifest.json", *names],
        },
        notes=list(left_out_notes(plan)),
        hint=plan.shown_command,
    )
