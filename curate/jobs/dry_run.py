"""Describes a plan without writing anything."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from curate.corpus.pipeline import stage_name
from curate.jobs.execute import output_names
from curate.jobs.outcome import Outcome
from curate.jobs.plan import Plan
from curate.jobs.read import left_out_notes
from curate.reports.build import INPUTS
from curate.sources import count_rows


def describe(plan: Plan) -> Outcome:
    """Returns the resolved recipe, the inputs with their rows and sizes, the stages and the outputs.

    Of many inputs the first are told, and the sums of the others.
    """
    told = _inputs(plan)
    inputs = list(islice(told, INPUTS))
    others = {"files": 0, "bytes": 0, "rows": 0}
    for one in told:
        others["files"] += 1
        others["bytes"] += one["bytes"]
        others["rows"] += one["rows"]
    names = output_names(plan.command, sft=bool(plan.recipe.sft))
    return Outcome(
        title=f"{plan.command}: nothing is written",
        data={
            "dry_run": True,
            "recipe": plan.recipe.published(),
            "inputs": inputs,
            **({"inputs_left_out": others} if others["files"] else {}),
            "stages": [stage_name(stage) for stage in plan.stages],
            "outputs": ["manifest.json", *names],
        },
        notes=list(left_out_notes(plan)),
        hint=plan.shown_command,
    )


def _inputs(plan: Plan) -> Iterator[dict[str, Any]]:
    for source in plan.recipe.sources:
        for file in plan.files[str(source.name)]:
            yield {
                "source": source.name,
                "path": file.relative,
                "bytes": file.size,
                "rows": count_rows(source, file),
            }
