"""The demo: the main job on an exam invented for it."""

from pathlib import Path

from curate.corpus.pipeline import Progress
from curate.jobs.build_corpus import build_corpus
from curate.jobs.outcome import Outcome
from curate.jobs.overlay import Options
from curate.tables import share


def demo(out: Path, progress: Progress) -> Outcome:
    """Builds the demo corpus in `out` from pipelines/demo/demo.yaml."""
    outcome = build_corpus(
        [], Options(recipe=share("pipelines", "demo", "demo.yaml")), out, progress
    )
    return outcome.model_copy(
        update={"hint": f"open {out / 'report.html'}, then: curate verify {out}"}
    )
