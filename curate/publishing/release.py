"""Reads what of a finished run is published: its accounts, its sources' licences, its tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import orjson
from pydantic import ValidationError

from curate.errors import GateError, InputError, UsageError, boundary, did_you_mean
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
    Record,
    Release,
    ReleaseKind,
    ReleaseSource,
    ReleaseTable,
    Status,
)
from curate.publishing.facts import corpus_facts, pairs_facts
from curate.publishing.masks import Masks
from curate.publishing.notes import named_licence
from curate.publishing.redact import published_manifest
from curate.publishing.sources import corpus_of, corpus_sources, model_sources
from curate.publishing.tables import release_tables
from curate.runs import read_manifest, verify_run

__all__ = ["KINDS", "Release", "ReleaseSource", "ReleaseTable", "read_release"]

KINDS = {
    "build-corpus": ReleaseKind.CORPUS,
    "make-pairs": ReleaseKind.PAIRS,
    "evaluate": ReleaseKind.EVALUATION,
}
"""The commands whose runs can be published."""

_Model = TypeVar("_Model", bound=Record)


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
        InputError: It is no finished run of a kind that is published, or a licence is none that is known.
        GateError: A file of it is not what its manifest says.
        UsageError: `accept` names no source.
    """
    manifest = _finished(run)
    kind = KINDS[manifest.command]
    report = _read_json(run / "report.json")
    given = _Run(run, manifest, report, notes or CardNotes(), corpus)
    parts = _PARTS[kind](given)
    sources = _accepted(parts.sources, accept)
    return Release(
        kind=kind,
        name=manifest.resolved["recipe"]["name"],
        command=report["redo"]["command"],
        notes=given.notes,
        accepted=[one.name for one in sources if one.waived],
        sources=sources,
        tables=release_tables(run, kind, sources, masks),
        facts=parts.facts,
        manifest=published_manifest(run, manifest),
        audit=_read(run / "audit.json", Audit) if (run / "audit.json").exists() else None,
        ledger=parts.ledger,
        personal=[*masks.counts] if masks else None,
    )


@dataclass(frozen=True)
class _Run:
    path: Path
    manifest: Manifest
    report: dict[str, Any]
    notes: CardNotes
    corpus: Path | None


@dataclass(frozen=True)
class _Parts:
    sources: Sequence[ReleaseSource]
    facts: CorpusFacts | PairsFacts | EvaluationFacts
    ledger: Ledger | PairLedger | None = None


def _corpus(run: _Run) -> _Parts:
    sources = corpus_sources(run.path / "kept.parquet", run.notes)
    return _Parts(
        sources, corpus_facts(run.path, run.manifest), _read(run.path / "ledger.json", Ledger)
    )


def _pairs(run: _Run) -> _Parts:
    corpus = corpus_of(run.manifest, run.corpus)
    sources = [
        *corpus_sources(corpus / "kept.parquet", run.notes, only="question"),
        *model_sources(run.path / "responses.parquet", run.notes),
    ]
    facts = pairs_facts(run.path, run.manifest, run.report, corpus)
    return _Parts(sources, facts, _read(run.path / "ledger.json", PairLedger))


def _evaluation(run: _Run) -> _Parts:
    evaluation = _read(run.path / "evaluation.json", Evaluation)
    own = named_licence(evaluation.name, None, run.notes.licence)
    source = ReleaseSource(
        name=evaluation.name,
        what="results",
        rows=sum(result.asked for result in evaluation.results),
        id=own.id if own else None,
        title=own.name if own else None,
        link=own.link if own else None,
    )
    return _Parts([source], EvaluationFacts(evaluation=evaluation))


_PARTS = {
    ReleaseKind.CORPUS: _corpus,
    ReleaseKind.PAIRS: _pairs,
    ReleaseKind.EVALUATION: _evaluation,
}


def _finished(run: Path) -> Manifest:
    manifest = read_manifest(run)
    if manifest.command not in KINDS:
        raise InputError(
            f"a run of {manifest.command} is not published",
            where=str(run),
            hint=f"Give a run of {', '.join(KINDS)}.",
        )
    if manifest.status is not Status.DONE:
        raise InputError(
            f"the run is {manifest.status.value}",
            where=str(run),
            hint="Run its command again to finish it.",
        )
    _, changed = verify_run(run)
    if changed:
        raise GateError(
            f"{changed[0].path} is not what the run wrote: {changed[0].problem}",
            where=str(run / changed[0].path),
            hint="Run the command again into a new folder; what is published is what was audited.",
        )
    return manifest


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


def _read(path: Path, model: type[_Model]) -> _Model:
    with boundary(InputError, f"reading {path.name}", hint="Run the command again."):
        data = path.read_bytes()
    try:
        return model.model_validate_json(data)
    except ValidationError as exc:
        first = exc.errors(include_url=False, include_input=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{key}: {first['msg']}", where=str(path)) from exc


def _read_json(path: Path) -> dict[str, Any]:
    with boundary(InputError, f"reading {path.name}", hint="Run the command again."):
        data = path.read_bytes()
    try:
        value = orjson.loads(data)
        value["redo"]["command"]
    except (orjson.JSONDecodeError, KeyError, TypeError) as exc:
        raise InputError("not a report", where=str(path), hint="Run the command again.") from exc
    return dict(value)
