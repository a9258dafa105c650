"""Describes a plan without writing anything."""

import polars as pl

from curate.corpus.pipeline import stage_name
from curate.errors import InputError
from curate.jobs.execute import output_names
from curate.jobs.outcome import Outcome
from curate.jobs.plan import Plan
from curate.models import Quarantined
from curate.sources import InputFile, read_lines


def describe(plan: Plan) -> Outcome:
    """Returns the resolved recipe, the inputs with their rows and sizes, the stages and the outputs."""
    inputs = [
        {"source": name, "path": file.relative, "bytes": file.size, "rows": _rows(file)}
        for name, files in plan.files.items()
        for file in files
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
        hint=plan.shown_command,
    )


def _rows(file: InputFile) -> int:
    if file.path.suffix == ".parquet":
        try:
            return int(pl.scan_parquet(file.path, glob=False).select(pl.len()).collect().item())
        except pl.exceptions.PolarsError as exc:
            raise InputError("cannot be read as Parquet", where=str(file.path)) from exc
    lines = read_lines(file.path)
    return sum(1 for line in lines if isinstance(line, Quarantined) or line.raw.strip())
