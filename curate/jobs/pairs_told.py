"""What `make-pairs` tells: of a run that is done, was done before, or is only planned."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from curate.errors import CurateError, GateError
from curate.jobs.outcome import Outcome, Problem
from curate.jobs.pairs_plan import PairsPlan
from curate.jobs.pairs_write import OUTPUTS
from curate.models import Manifest

_RECORDED = {
    "question_unknown": "that the corpus does not have",
    "question_dropped": "that the corpus dropped",
    "question_not_asked": "that are not asked",
}


def told(
    plan: PairsPlan, out: Path, result: Mapping[str, Any], error: CurateError | None
) -> Outcome:
    """Returns the outcome of a run."""
    return Outcome(
        title="Pairs made" if error is None else "The run ended; what it made is written",
        data={"run": str(out), **{name: result[name] for name in result if name != "sampled_with"}},
        exit=error.exit if error else 0,
        error=Problem.of(error) if error else None,
        notes=[*_notes(plan, result)],
        hint=f"curate sql {out} 'FROM pairs LIMIT 5'",
    )


def again(plan: PairsPlan, manifest: Manifest, out: Path) -> Outcome:
    """Tells a finished run again, with the exit code that it had."""
    error = None
    if manifest.exit:
        verdict = manifest.result.get("verdict")
        error = GateError(f"the audit of the pairs is no pass: {verdict}", where=str(out))
    found = told(plan, out, manifest.result, error)
    return found.model_copy(update={"title": "Already done, nothing to do"})


def described(plan: PairsPlan) -> Outcome:
    """Returns the resolved recipe, the corpus and the outputs; nothing is written."""
    kept = pl.scan_parquet(plan.corpus.kept, glob=False)
    questions = kept.filter(pl.col("kind") == "question").select(pl.len()).collect().item()
    return Outcome(
        title="make-pairs: nothing is written",
        data={
            "dry_run": True,
            "recipe": plan.recipe.published(),
            "corpus": {
                "questions": questions,
                "bytes": plan.corpus.kept.stat().st_size,
                "content_sha256": plan.corpus.content_sha256,
                "unaudited": plan.corpus.gap,
            },
            "samples": questions * plan.recipe.sampling.n,
            "outputs": ["manifest.json", *OUTPUTS],
        },
        hint=plan.shown_command,
    )


def _notes(plan: PairsPlan, result: Mapping[str, Any]) -> Iterator[str]:
    if plan.corpus.gap:
        yield f"--unaudited: {plan.corpus.gap}; the pairs name no audit"
    if not result["pairs"]:
        yield "no pair was made: the ledger says why"
    if result["tokenizer"] is None:
        yield "the model's tokenizer is not known: no length in tokens was checked (--tokenizer DIR)"
    left_out = result["dropped_by"].get("recorded", {})
    for reason, which in _RECORDED.items():
        if number := left_out.get(f"recorded.{reason}"):
            yield f"{number:,} recorded answers are to questions {which}"
