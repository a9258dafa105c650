"""Reads what of a finished run is published: its accounts, its sources' licences, its tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curate.corpus.recipe import CorpusRecipe
from curate.corpus.recipes import read_recipe, validated
from curate.errors import InputError, UsageError, did_you_mean
from curate.evaluation.recipe import EvaluationRecipe
from curate.grading.recipe import PairsRecipe
from curate.models import (
    Audit,
    CardNotes,
    CorpusFacts,
    Evaluation,
    EvaluationFacts,
    Ledger,
    Manifest,
    PairLedger,
    PairsFacts,
    Release,
    ReleaseKind,
    ReleaseSource,
    ReleaseTable,
)
from curate.publishing.checked import AGAIN, KINDS, finished_run, report_parts
from curate.publishing.facts import corpus_facts, pairs_facts
from curate.publishing.masks import Masks
from curate.publishing.notes import named_licence
from curate.publishing.redact import published_manifest
from curate.publishing.sources import corpus_of, corpus_sources, example_sources, model_sources
from curate.publishing.tables import release_tables
from curate.runs import read_record

__all__ = ["Release", "ReleaseSource", "ReleaseTable", "read_release"]


def read_release(
    run: Path,
    accept: Sequence[str] = (),
    notes: CardNotes | None = None,
    corpus: Path | None = None,
    masks: Masks | None = None,
) -> Release:
    """Returns what is published of a run; files of the run that changed since it was sealed are refused.

    `notes` are the card's; `corpus` is the run that pairs were made from, where it lies elsewhere than then;
    `masks` cover personal data in texts.

    Raises:
        InputError: It is no finished run of a kind that is published, or a licence is none that is known,
            or there are no rows.
        GateError: A file of it is not what its manifest says.
        UsageError: `accept` names no source.
    """
    manifest = finished_run(run)
    kind = KINDS[manifest.command]
    shown, report = published_manifest(run, manifest), report_parts(run)
    given = _Run(run, manifest, shown, report, notes or CardNotes(), corpus)
    parts = _PARTS[kind](given)
    sources = _accepted(parts.sources, accept)
    release = Release(
        kind=kind,
        name=parts.name,
        command=report["redo"]["command"],
        notes=given.notes,
        accepted=[one.name for one in sources if one.waived],
        sources=sources,
        tables=release_tables(run, kind, sources, masks),
        facts=parts.facts,
        manifest=shown,
        audit=parts.audit,
        ledger=parts.ledger,
        personal=[*masks.counts] if masks else None,
    )
    if not release.tables:
        raise InputError("the run has no rows to publish", where=str(run))
    return release


@dataclass(frozen=True)
class _Run:
    path: Path
    manifest: Manifest
    shown: Manifest
    report: dict[str, Any]
    notes: CardNotes
    corpus: Path | None

    @property
    def audit(self) -> Audit:
        return read_record(self.path / "audit.json", Audit, AGAIN)


@dataclass(frozen=True)
class _Parts:
    name: str
    sources: Sequence[ReleaseSource]
    facts: CorpusFacts | PairsFacts | EvaluationFacts
    audit: Audit | None = None
    ledger: Ledger | PairLedger | None = None


def _corpus(run: _Run) -> _Parts:
    recipe = validated(read_recipe(run.path / "recipe.yaml"), CorpusRecipe)
    ledger = read_record(run.path / "ledger.json", Ledger, AGAIN)
    sources = corpus_sources(run.path / "kept.parquet", run.notes)
    return _Parts(recipe.name, sources, corpus_facts(run.path, run.shown), run.audit, ledger)


def _pairs(run: _Run) -> _Parts:
    recipe = validated(read_recipe(run.path / "recipe.yaml"), PairsRecipe)
    ledger = read_record(run.path / "ledger.json", PairLedger, AGAIN)
    corpus = corpus_of(run.manifest, run.corpus)
    sources = [
        *corpus_sources(corpus / "kept.parquet", run.notes, only="question"),
        *example_sources(recipe.examples, run.notes),
        *model_sources(run.path / "responses.parquet", run.notes),
    ]
    facts = pairs_facts(run.path, recipe, run.report.get("sampled"), corpus)
    return _Parts(recipe.name, sources, facts, run.audit, ledger)


def _evaluation(run: _Run) -> _Parts:
    recipe = validated(read_recipe(run.path / "recipe.yaml"), EvaluationRecipe)
    evaluation = read_record(run.path / "evaluation.json", Evaluation, AGAIN)
    own = named_licence(recipe.name, None, run.notes.licence, "licence")
    source = ReleaseSource(
        name=recipe.name,
        what="results",
        rows=sum(result.asked for result in evaluation.results),
        id=own.id if own else None,
        title=own.name if own else None,
        link=own.link if own else None,
    )
    return _Parts(recipe.name, [source], EvaluationFacts(evaluation=evaluation))


_PARTS = {
    ReleaseKind.CORPUS: _corpus,
    ReleaseKind.PAIRS: _pairs,
    ReleaseKind.EVALUATION: _evaluation,
}


def _accepted(sources: Sequence[ReleaseSource], accept: Sequence[str]) -> list[ReleaseSource]:
    known = [source.name for source in sources]
    for name in accept:
        if name not in known:
            raise UsageError(
                f"--accept-licence names no source of the run: {name!r}.{did_you_mean(name, known)}",
                hint=f"There are: {', '.join(known)}.",
            )
    return [
        source.model_copy(update={"accepted": True}) if source.name in accept else source
        for source in sources
    ]
