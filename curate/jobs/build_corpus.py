"""The main job: sources to a year-filtered, leakage-checked, audited corpus."""

from collections.abc import Sequence
from pathlib import Path

from curate.corpus.pipeline import Progress
from curate.jobs.outcome import Outcome
from curate.jobs.overlay import Options
from curate.jobs.start import start


def build_corpus(
    paths: Sequence[str],
    options: Options,
    out: Path | str,
    progress: Progress,
    *,
    dry_run: bool = False,
) -> Outcome:
    """Builds a corpus in the run folder or at the URL `out`; with `dry_run` tells what would be done."""
    return start("build-corpus", paths, options, out, progress, dry_run=dry_run)
