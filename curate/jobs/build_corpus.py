"""The main job: sources to a year-filtered, leakage-checked, audited corpus."""

from collections.abc import Sequence
from pathlib import Path

from curate.corpus.pipeline import Progress
from curate.jobs.dry_run import describe
from curate.jobs.execute import execute
from curate.jobs.outcome import Outcome
from curate.jobs.overlay import Options
from curate.jobs.plan import make_plan


def build_corpus(
    paths: Sequence[str], options: Options, out: Path, progress: Progress, *, dry_run: bool = False
) -> Outcome:
    """Builds a corpus in the run folder `out`; with `dry_run` describes what would be done."""
    plan = make_plan("build-corpus", paths, options)
    return describe(plan) if dry_run else execute(plan, out, progress)
