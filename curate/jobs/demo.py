"""The demo: the main job and then pairs, on an exam and a model's answers invented for it."""

from pathlib import Path

from curate.corpus.pipeline import Progress
from curate.jobs.build_corpus import build_corpus
from curate.jobs.make_pairs import make_pairs
from curate.jobs.outcome import Outcome
from curate.jobs.overlay import Options
from curate.jobs.pairs_recipe import Asked, PairsOptions
from curate.tables import share

_TOLD = ("responses", "grades", "ground_truths", "pairs", "pairs_by_tiers")


def demo(out: Path, progress: Progress) -> Outcome:
    """Builds the demo's corpus in `out`, and in the folder beside it pairs from recorded answers."""
    outcome = build_corpus([], Options(recipe=_shipped("demo.yaml")), out, progress)
    if outcome.exit:
        return outcome
    beside = out.with_name(f"{out.name}-pairs")
    pairs = make_pairs(_options(out), beside, progress)
    told = {name: pairs.data[name] for name in _TOLD}
    verdict = {"pairs_run": str(beside), "pairs_verdict": pairs.data["verdict"]}
    return outcome.model_copy(
        update={
            "title": outcome.title if outcome.title == pairs.title else "Corpus built, pairs made",
            "data": {**outcome.data, **verdict, **told},
            "exit": pairs.exit,
            "error": pairs.error,
            "hint": f"open {out / 'report.html'} and {beside / 'report.html'}, then: "
            f"curate verify {beside}",
        }
    )


def _options(corpus: Path) -> PairsOptions:
    recorded = Asked(responses=_shipped("responses.jsonl"))
    return PairsOptions(corpus=corpus, recipe=_shipped("pairs.yaml"), asked=recorded)


def _shipped(name: str) -> Path:
    return share("pipelines", "demo", name)
