"""Verifies a run against its manifest, or a published set against its own data and its audit."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from curate.corpus.pipeline import Progress
from curate.errors import GateError, InputError
from curate.jobs.decisions import read_decisions
from curate.jobs.outcome import Outcome, Problem
from curate.jobs.publish_gates import Given, how_audited, refuse_recipe
from curate.jobs.recompute import audit_differences, recomputed_audit
from curate.publishing.check import Checked, check_folder, staged_rows
from curate.publishing.hub import Hub, refuse_name
from curate.publishing.stage import RELEASE
from curate.runs import verify_run

__all__ = ["VerifyOptions", "verify", "verify_published"]


@dataclass(frozen=True)
class VerifyOptions:
    """What the command line of `verify` says beyond its subject."""

    benchmarks: Sequence[str] = ()
    decisions: Sequence[Path] = ()


def verify(subject: str, options: VerifyOptions, progress: Progress) -> Outcome:
    """Verifies a run folder, a published folder, or a data set ORG/NAME[@REVISION] of the Hub.

    Raises:
        InputError: It is none of these.
    """
    path = Path(subject)
    if (path / RELEASE).is_file():
        return verify_published(path, subject, options, progress)
    repo, _, revision = subject.partition("@")
    if path.exists() or path.parent.is_dir() or repo.count("/") != 1:
        return _verify_run(path)
    refuse_name(repo)
    with TemporaryDirectory(prefix="curate-verify-") as work:
        folder = Path(work, "release")
        commit = Hub().download(repo, revision or None, folder)
        shutil.rmtree(folder / ".cache", ignore_errors=True)
        if not (folder / RELEASE).is_file():
            raise InputError(f"no release of curate: it has no {RELEASE}", where=f"{repo}@{commit}")
        return verify_published(folder, f"{repo}@{commit}", options, progress)


def verify_published(
    folder: Path, name: str, options: VerifyOptions, progress: Progress
) -> Outcome:
    """Checks all that a published folder says against its data; with a benchmark also the audit."""
    checked = check_folder(folder)
    problems = checked.problems
    if not checked.differences:
        problems += _audit_problems(folder, checked, options, progress)
    data: dict[str, Any] = {
        "published": name,
        "kind": checked.release.kind.value,
        "rows": {table.config: table.rows for table in checked.release.tables},
        "verdict": checked.release.audit.verdict.value if checked.release.audit else None,
        "made_again": checked.recomputed,
        "taken_on_trust": checked.trusted,
        "changed": problems,
    }
    if not problems:
        return Outcome(title="Published set verified", data=data)
    error = GateError(
        f"{len(problems)} things are not what the release says: {problems[0]}",
        where=name,
        hint="Ask its publisher, or take another revision.",
    )
    return Outcome(
        title="Published set differs", data=data, exit=error.exit, error=Problem.of(error)
    )


def _audit_problems(
    folder: Path, checked: Checked, options: VerifyOptions, progress: Progress
) -> list[str]:
    """Returns what is wrong with the audit, and notes what was made again of it."""
    release = checked.release
    audit = release.audit
    checked.trusted.append("that nobody's personal data is in it: only `publish` looks for that")
    if audit is None:
        checked.trusted.append("everything about leakage: there is no audit")
        return []
    try:
        refuse_recipe(release.manifest, audit, folder)
    except GateError as exc:
        return [exc.message]
    rows = staged_rows(folder, release)
    if not options.benchmarks or rows is None:
        names = " ".join(f"--benchmark {one.name}=PATH" for one in audit.benchmarks)
        why = "its texts are not published" if rows is None else f"give {names}"
        checked.trusted.append(f"that the detector finds no leak in these rows: {why}")
        return []
    given = Given(options.benchmarks, read_decisions(options.decisions))
    try:
        how = how_audited(release.manifest, audit, given)
    except GateError as exc:
        return [exc.message]
    found = recomputed_audit(rows, how, progress)
    checked.recomputed.append(
        f"the audit of {rows.height:,} rows against {', '.join(ref.name for ref in how.benchmarks)}: "
        f"{found.verdict.value}"
    )
    if found.power != audit.power:
        checked.trusted.append(
            "the power, but for its size: it was measured among rows that are not all published"
        )
    return [f"audit.json: {one}" for one in audit_differences(audit, found, "some")]


def _verify_run(run: Path) -> Outcome:
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
