"""A run's manifest and report as they are published: without clock, host, local paths, and others' texts."""

from pathlib import Path
from typing import Any, TypeVar

from curate.corpus.recipes import read_recipe
from curate.models import (
    EvaluationReport,
    FindingCard,
    ItemCard,
    Manifest,
    PairsReport,
    Passage,
    Record,
    Report,
)

__all__ = ["published_manifest", "published_report"]

_AnyRecord = TypeVar("_AnyRecord", bound=Record)
_HIDDEN = Passage(part="text", lang="en", text="(not published: the run that was audited shows it)")


def published_manifest(run: Path, manifest: Manifest) -> Manifest:
    """Returns the manifest without what is of this machine or moment.

    Arguments go, since they hold paths as they were typed; the recipe is the published one, and every other
    whole path shrinks to its last part. Clock and host are empty. Hashes stay: those of inputs, and those of
    the outputs as the run wrote them.
    """
    resolved = {**manifest.resolved, "recipe": read_recipe(run / "recipe.yaml").data}
    gone: dict[str, Any] = {
        "arguments": {},
        "host": "",
        "started": "",
        "finished": None,
        "seconds": None,
    }
    shown = {"resolved": _shown(resolved), "result": _shown(manifest.result)}
    return manifest.model_copy(update={**gone, **shown})


def _shown(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _shown(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_shown(one) for one in value]
    if isinstance(value, str) and value.startswith(("/", "~")):
        return Path(value).name
    return value


def published_report(
    report: Report | PairsReport | EvaluationReport,
) -> Report | PairsReport | EvaluationReport:
    """Returns a run's report without the texts in it: ids, verdicts, scores and numbers stay.

    It shows both sides of each finding, dropped rows and benchmark items too, and samples that were left out:
    none of that is published.
    """
    if isinstance(report, Report):
        return _with(report, findings=[_finding(card) for card in report.findings])
    if isinstance(report, PairsReport):
        return _with(report, examples=[])
    return _with(report, items=[_item(card) for card in report.items])


def _finding(card: FindingCard) -> FindingCard:
    sides = {name: _with(getattr(card, name), passages=[_HIDDEN]) for name in ("record", "item")}
    return _with(card, options=[], folded=[], **sides)


def _item(card: ItemCard) -> ItemCard:
    sides = [_with(side, said=None) for side in card.sides]
    return _with(card, vignette=None, text=None, choices=[], sides=sides)


def _with(record: _AnyRecord, /, **changes: Any) -> _AnyRecord:
    return record.model_copy(update=changes)
