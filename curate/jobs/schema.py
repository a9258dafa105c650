"""JSON Schemas of the records, made from the models; the files in schemas/ must say the same."""

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from curate import models
from curate.corpus.recipe import CorpusRecipe
from curate.errors import GateError, UsageError, did_you_mean
from curate.evaluation import BenchmarkMarks
from curate.evaluation.published import PublishedNumbers
from curate.evaluation.recipe import EvaluationRecipe
from curate.grading.recipe import PairsRecipe
from curate.jobs.outcome import Outcome, Problem
from curate.leakage import BenchmarkLayout, BenchmarkLock
from curate.tables import share
from curate.training import TrainRecipe

RECORDS: dict[str, type[BaseModel]] = {
    "audit": models.Audit,
    "benchmark_layout": BenchmarkLayout,
    "benchmark_lock": BenchmarkLock,
    "benchmark_marks": BenchmarkMarks,
    "calibration": models.Calibration,
    "card_notes": models.CardNotes,
    "comparison": models.Comparison,
    "corpus_recipe": CorpusRecipe,
    "decision": models.Decision,
    "document": models.Document,
    "evaluated_item": models.EvaluatedItem,
    "evaluation": models.Evaluation,
    "evaluation_report": models.EvaluationReport,
    "evaluation_recipe": EvaluationRecipe,
    "finding": models.Finding,
    "ledger": models.Ledger,
    "manifest": models.Manifest,
    "merge": models.Merge,
    "metrics_row": models.MetricsRow,
    "pair": models.Pair,
    "pair_ledger": models.PairLedger,
    "pairs_recipe": PairsRecipe,
    "pairs_report": models.PairsReport,
    "personal_decision": models.PersonalDecision,
    "personal_finding": models.PersonalFinding,
    "power_report": models.PowerReport,
    "provenance": models.Provenance,
    "published_numbers": PublishedNumbers,
    "quarantined": models.Quarantined,
    "question": models.Question,
    "release": models.Release,
    "report": models.Report,
    "response": models.Response,
    "score": models.Score,
    "stability": models.Stability,
    "train_recipe": TrainRecipe,
    "train_report": models.TrainReport,
}


def schema_text(name: str) -> str:
    """Returns the JSON Schema of a record, indented.

    Raises:
        UsageError: There is no such record.
    """
    if name not in RECORDS:
        raise UsageError(
            f"no record {name!r}.{did_you_mean(name, list(RECORDS))}",
            hint=f"There are: {', '.join(RECORDS)}.",
        )
    schema: dict[str, Any] = RECORDS[name].model_json_schema(by_alias=True)
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def list_schemas() -> Outcome:
    """Lists the records that have a schema."""
    return Outcome(title="Records", data={"records": list(RECORDS)}, hint="curate schema question")


def check_schemas(name: str | None) -> Outcome:
    """Compares schemas/ with the models, one or all; drift fails the gate."""
    names = [name] if name else list(RECORDS)
    folder = share("schemas")
    drifted = [n for n in names if _read(folder, n) != schema_text(n)]
    if not name:
        known = {f"{n}.schema.json" for n in RECORDS}
        drifted += sorted(p.name for p in folder.glob("*.json") if p.name not in known)
    if not drifted:
        return Outcome(title="Schemas agree", data={"checked": len(names), "drifted": []})
    error = GateError(
        f"schemas/ differs from the models: {', '.join(drifted)}", hint="curate schema --write"
    )
    return Outcome(
        title="Schemas differ",
        data={"checked": len(names), "drifted": drifted},
        exit=error.exit,
        error=Problem.of(error),
    )


def write_schemas() -> Outcome:
    """Writes schemas/ of this checkout.

    Raises:
        UsageError: This is an installed package.
    """
    folder = share("schemas")
    if folder.parent.name == "_share":
        raise UsageError("the schemas of an installed package stay as they are", where=str(folder))
    for name in RECORDS:
        (folder / f"{name}.schema.json").write_text(schema_text(name), encoding="utf-8")
    return Outcome(title="Schemas written", data={"written": len(RECORDS)})


def _read(folder: Path, name: str) -> str | None:
    path = folder / f"{name}.schema.json"
    return path.read_text(encoding="utf-8") if path.exists() else None
