"""Writes what a training leaves: weights, metrics, the data's audit, the recipe, the report."""

import os
import shutil
from pathlib import Path
from typing import Any

import orjson
import yaml

from curate.jobs.train_plan import Ready, shown_command
from curate.models import FileEntry, InputRow, Probe, Redo, TrainReport
from curate.publishing import model_card
from curate.reports import render_train
from curate.runs import RunFolder, code_sha256, code_version
from curate.training.fit import Fitted, saved_folder
from curate.training.probes import LN2
from curate.training.weights import ORIGIN, weights_sha256

CARD = "README.md"
OUTPUTS = ("recipe.yaml", "metrics.jsonl", "report.json", "report.html")


def write_run(ready: Ready, run: RunFolder, fitted: Fitted) -> tuple[dict[str, Any], list[str]]:
    """Writes all outputs; returns the result that the manifest tells, and the files that it hashes."""
    kind = "adapter" if ready.work.recipe.trains_adapter else "model"
    weights = _placed(ready, run, kind)
    report = _report(ready, fitted, kind)
    result = _result(ready, fitted, (kind, weights), report)
    told = run.manifest.model_copy(update={"result": result, "inputs": [*run.request.inputs]})
    run.write_text(f"{kind}/{CARD}", model_card(told, ready.plan.data.audit))
    names = [*OUTPUTS, *(f"{kind}/{path.name}" for path in sorted(weights.iterdir()))]
    run.write_text("recipe.yaml", _recipe_text(ready))
    run.write_lines("metrics.jsonl", fitted.metrics)
    run.write_json("report.json", report)
    run.write_text("report.html", render_train(report))
    if ready.plan.data.audit is not None:
        run.write_bytes("audit.json", (ready.plan.data.path / "audit.json").read_bytes())
        names.append("audit.json")
    return result, names


def _placed(ready: Ready, run: RunFolder, kind: str) -> Path:
    """Puts the saved weights in their place, with what they were trained from and on."""
    saved, target = saved_folder(run.path), run.path / kind
    origin = {
        "format": "origin/1",
        "stage": ready.work.recipe.stage.value,
        "base": ready.weights.base,
        "base_name": Path(ready.work.recipe.model.name).name,
        "adapter": ready.weights.adapter,
        "handling": ready.weights.handling,
        "data_sha256": ready.plan.data.content_sha256,
        "recipe_sha256": ready.request.recipe_sha256,
        "version": code_version(),
    }
    (saved / ORIGIN).write_bytes(orjson.dumps(origin, option=orjson.OPT_INDENT_2))
    shutil.rmtree(target, ignore_errors=True)  # of a try that ended before its manifest was written
    os.rename(saved, target)  # noqa: PTH104 (the atomic one)
    return target


def _report(ready: Ready, fitted: Fitted, kind: str) -> TrainReport:
    plan, recipe = ready.plan, ready.work.recipe
    probes = [*ready.probes]
    if fitted.start_loss is not None:
        found = f"the DPO loss before the first step is {fitted.start_loss:.6f}; ln 2 is {LN2:.6f}"
        probes.append(Probe(probe="reference", passed=True, found=found))
    return TrainReport(
        name=recipe.name,
        stage=recipe.stage.value,
        audit=plan.data.audit,
        unaudited=plan.data.gap,
        model=Path(recipe.model.name).name,
        adapter=Path(recipe.model.adapter).name if recipe.model.adapter else None,
        trained="adapter" if kind == "adapter" else "model",
        recipe=recipe.published(),
        rows=len(ready.work.rows.tokens),
        dropped=ready.work.rows.dropped,
        lengths=ready.work.rows.lengths,
        steps=fitted.steps,
        probes=probes,
        metrics=fitted.metrics,
        redo=Redo(
            command=shown_command(plan),
            version=code_version(),
            code_sha256=code_sha256(),
            recipe_sha256=ready.request.recipe_sha256,
            inputs=[_input_row(entry) for entry in ready.request.inputs],
        ),
    )


def _input_row(entry: FileEntry) -> InputRow:
    source, _, path = entry.path.partition("/")
    return InputRow(source=source, path=path, sha256=entry.sha256)


def _recipe_text(ready: Ready) -> str:
    return yaml.safe_dump(ready.work.recipe.published(), allow_unicode=True, sort_keys=False)


def _result(
    ready: Ready, fitted: Fitted, made: tuple[str, Path], report: TrainReport
) -> dict[str, Any]:
    kind, folder = made
    last = fitted.metrics[-1] if fitted.metrics else None
    return {
        "stage": report.stage,
        "trained": f"{kind}/",
        "verdict": report.audit.verdict.value if report.audit and not report.unaudited else "none",
        "unaudited": report.unaudited,
        "rows": report.rows,
        "dropped": report.dropped,
        "tokens": report.lengths.tokens,
        "steps": fitted.steps,
        "loss": last.loss if last else None,
        "dpo_loss": last.dpo_loss if last else None,
        "nll_loss": last.nll_loss if last else None,
        "start_dpo_loss": fitted.start_loss,
        "probes": {one.probe: one.found for one in report.probes},
        "weights_sha256": weights_sha256(folder),
        "data_sha256": ready.plan.data.content_sha256,
        "trainer": fitted.settings,
    }
