"""What `train` tells: of a run that is done, was done before, or is only planned."""

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from curate.errors import CurateError
from curate.jobs.outcome import Outcome
from curate.jobs.train_plan import TrainPlan, max_length_of, memory_of_plan, shown_command
from curate.models import Manifest
from curate.reports.formats import plural
from curate.sampling import LocalTokenizer
from curate.training.devices import shortage
from curate.training.memory import GB, Memory
from curate.training.rows import measured
from curate.training.weights import model_folder

_QUIET = ("trainer", "probes")


def told(plan: TrainPlan, out: Path, result: Mapping[str, Any]) -> Outcome:
    """Returns the outcome of a training."""
    shown = {name: value for name, value in result.items() if name not in _QUIET}
    return Outcome(
        title="Trained",
        data={"run": str(out), **shown, "report": str(out / "report.html")},
        notes=[*_notes(plan, result)],
        hint=_next(plan, out, str(result["trained"])),
    )


def again(plan: TrainPlan, manifest: Manifest, out: Path) -> Outcome:
    """Tells a finished training again."""
    found = told(plan, out, manifest.result)
    return found.model_copy(update={"title": "Already done, nothing to do"})


def described(plan: TrainPlan) -> Outcome:
    """Returns the resolved recipe, the data, and their lengths in tokens if the tokenizer is there."""
    data = plan.data
    lengths, notes = _lengths(plan)
    memory = memory_of_plan(plan)
    return Outcome(
        title=f"train {plan.recipe.stage.value}: nothing is written",
        data={
            "dry_run": True,
            "recipe": plan.recipe.published(),
            "data": {
                "table": data.table,
                "rows": len(data.rows),
                "content_sha256": data.content_sha256,
                "unaudited": data.gap,
            },
            **lengths,
            "memory_of_each_device": _gb(memory),
        },
        notes=[*notes, *filter(None, [shortage(plan.place, memory)])],
        hint=shown_command(plan),
    )


def _gb(memory: Memory | None) -> dict[str, str] | None:
    if memory is None:
        return None
    parts = {part.what: f"{part.bytes / GB:.3g} GB" for part in memory.parts}
    return {**parts, "together": f"{memory.total / GB:.3g} GB"}


def _lengths(plan: TrainPlan) -> tuple[dict[str, Any], list[str]]:
    """Returns the lengths in tokens and the steps; or why there are none, which a dry run only notes."""
    try:
        folder = model_folder(plan.recipe.model)
        rows = measured(
            plan.recipe, plan.data.rows, LocalTokenizer.load(folder), max_length_of(plan, folder)
        )
    except CurateError as exc:
        return {}, [f"{exc}" + (f" ({exc.hint})" if exc.hint else "")]
    told = rows.lengths.model_dump()
    return {"lengths_in_tokens": {**told, "dropped": rows.dropped}}, []


def _notes(plan: TrainPlan, result: Mapping[str, Any]) -> Iterator[str]:
    if plan.data.gap:
        yield f"--unaudited: {plan.data.gap}"
    if result["dropped"]:
        yield f"{plural(result['dropped'], 'row')} longer than max_length left out (data.on_long)"
    sampler = result["probes"].get("sampler", "")
    if sampler.startswith("data.sampler"):
        yield sampler
    if result["loss"] is not None and not math.isfinite(result["loss"]):
        yield "the last loss is not finite"


def _next(plan: TrainPlan, out: Path, trained: str) -> str:
    asked = f"--adapter {out / trained}" if trained == "adapter/" else f"--model {out / trained}"
    if plan.recipe.stage.prefers:
        return f"curate merge {out / trained}" if trained == "adapter/" else f"curate verify {out}"
    return f"curate make-pairs --corpus RUN --engine vllm {asked} --out RUN"
