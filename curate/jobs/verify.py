"""Verifies a run against its manifest."""

from pathlib import Path

from curate.errors import GateError
from curate.jobs.outcome import Outcome, Problem
from curate.runs import verify_run


def verify(run: Path) -> Outcome:
    """Re-hashes the outputs of a run; a file that differs fails the gate."""
    checked, problems = verify_run(run)
    told = [f"{mismatch.path}: {mismatch.problem}" for mismatch in problems]
    if not problems:
        return Outcome(
            title="Run verified",
            data={"run": str(run), "files": checked, "changed": []},
            hint=f"curate report {run}",
        )
    error = GateError(
        f"{len(problems)} of {checked} files are not what the manifest says: {told[0]}",
        where=str(run / problems[0].path),
        hint="Run the command of manifest.json again into a new folder and compare.",
    )
    return Outcome(
        title="Run changed",
        data={"run": str(run), "files": checked, "changed": told},
        exit=error.exit,
        error=Problem.of(error),
    )
