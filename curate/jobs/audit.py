"""Audits rows as they are: the same detector as the main job's, and nothing is dropped."""

from collections.abc import Sequence
from pathlib import Path

from curate.corpus.pipeline import Progress
from curate.jobs.outcome import Outcome
from curate.jobs.overlay import Options
from curate.jobs.start import start


def audit(
    paths: Sequence[str],
    options: Options,
    out: Path | str,
    progress: Progress,
    *,
    dry_run: bool = False,
) -> Outcome:
    """Audits datasets or a run's kept rows; the verdict is in the outcome and its exit code."""
    return start("audit", paths, options, out, progress, dry_run=dry_run)
