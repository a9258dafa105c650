"""Publishes a run: stages the exact folder, gates it, sends it in one commit, and compares what is there."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from curate.corpus.pipeline import Progress
from curate.errors import GateError, UsageError, boundary
from curate.jobs.card import CardOptions
from curate.jobs.decisions import read_personal_decisions
from curate.jobs.outcome import Outcome, Problem
from curate.jobs.publish_gates import (
    Given,
    decided_then,
    how_audited,
    refuse_accounts,
    refuse_no_audit,
    refuse_other_audit,
    refuse_recipe,
    refuse_unaudited,
    refuse_unlicensed,
)
from curate.jobs.publish_personal import (
    Personal,
    found_in,
    refuse_left_over,
    refuse_undecided,
    refuse_unmaskable,
)
from curate.models import Release, ReleaseFile, ReleaseKind
from curate.publishing import stage_release
from curate.publishing.check import check_folder
from curate.publishing.hub import Hub, Target, folder_files, refuse_name
from curate.publishing.stage import RELEASE
from curate.runs import file_sha256, read_manifest

__all__ = ["Confirm", "PublishOptions", "publish"]

AGAIN = "Run the same command again."
Confirm = Callable[[dict[str, Any]], bool]
"""Is shown what would be sent, and says whether to send it."""


@dataclass(frozen=True)
class PublishOptions:
    """What the command line of `publish` says."""

    target: Target
    card: CardOptions
    benchmarks: Sequence[str] = ()
    decisions: Sequence[Path] = ()
    out: Path | None = None
    withhold: bool = False
    dry_run: bool = False


@dataclass
class _Work:
    """A run on its way out; `passed` are the gates behind it."""

    run: Path
    out: Path
    options: PublishOptions
    progress: Progress
    passed: list[str] = field(default_factory=list)
    personal: Personal | None = None

    @property
    def listed(self) -> Path:
        """Where the findings of personal data are written."""
        return self.out.with_name(f"{self.out.name}-personal.jsonl")

    @contextmanager
    def gate(self, name: str) -> Iterator[None]:
        """Notes that a gate was passed."""
        self.progress(f"gate: {name}", 0, 0)
        yield
        self.passed.append(name)


def publish(run: Path, options: PublishOptions, progress: Progress, confirm: Confirm) -> Outcome:
    """Publishes a run, or with `dry_run` writes the folder that would be sent, through the same gates.

    Raises:
        UsageError: An option is wrong, or the user does not confirm.
        SetupError: No token, no rights, something is not installed.
    """
    refuse_name(options.target.repo)
    out = options.out or run.with_name(f"{run.name}-published")
    if out.resolve().is_relative_to(run.resolve()):
        raise UsageError("--out lies inside the run", where=str(out), hint="Choose another --out.")
    hub, parent = None, None
    if not options.dry_run:
        hub = Hub()
        hub.whoami()
        parent = hub.head(options.target.repo)
    work = _Work(run, out, options, progress)
    try:
        release = _gated(work)
    except GateError as exc:
        return _refused(work, exc)
    files = folder_files(work.out)
    told = _told(work, release, files)
    if hub is None:
        return Outcome(title="Ready to publish: nothing was sent", data=told, hint=_next(work))
    if not confirm(told):
        raise UsageError("nothing was sent", hint="--yes sends without asking.")
    return _sent(work, hub, parent, (files, told))


def _gated(work: _Work) -> Release:
    """Stages the run through all gates into its folder."""
    run, options, card = work.run, work.options, work.options.card
    with work.gate("files"):
        refuse_no_audit(run)
        release = card.release(run)
    if release.kind is not ReleaseKind.EVALUATION:
        _gate_audit(work, release)
    with work.gate("licence"):
        refuse_unlicensed(release, withhold=options.withhold)
    with _beside(work.out) as temporary:
        plain, folder = Path(temporary, "plain"), Path(temporary, "release")
        release = stage_release(run, plain, card.accept, card.card_notes(), card.corpus)
        personal = _gate_personal(work, plain, release)
        masks = personal.masks
        release = stage_release(run, folder, card.accept, card.card_notes(), card.corpus, masks)
        refuse_left_over(folder, release, personal)
        _gate_folder(work, folder)
        _move(folder, work.out)
    return release


@contextmanager
def _beside(out: Path) -> Iterator[str]:
    """Gives a folder on the disk of `out` that goes at the end."""
    with boundary(UsageError, "writing the folder", hint="Choose another --out."):
        out.parent.mkdir(parents=True, exist_ok=True)
        work = TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent)
    with work as folder:
        yield folder


def _gate_audit(work: _Work, release: Release) -> None:
    with work.gate("audit"):
        audit = refuse_unaudited(release, work.run)
    manifest = read_manifest(work.run)
    with work.gate("recipe"):
        refuse_recipe(manifest, audit, work.run)
    with work.gate("accounts"):
        refuse_accounts(release, work.run)
    with work.gate("audit made again"):
        decisions = decided_then(manifest, work.options.decisions)
        how = how_audited(manifest, audit, Given(work.options.benchmarks, decisions))
        refuse_other_audit(work.run, release, how, work.progress)


def _gate_personal(work: _Work, folder: Path, release: Release) -> Personal:
    decisions = read_personal_decisions(work.options.decisions)
    personal = work.personal = found_in(folder, release, decisions, work.progress)
    if personal.found:
        personal.write(work.listed)
    with work.gate("secrets"):
        refuse_undecided(personal, work.listed, secrets=True)
    with work.gate("personal data"):
        refuse_undecided(personal, work.listed, secrets=False)
    refuse_unmaskable(personal)
    return personal


def _gate_folder(work: _Work, folder: Path) -> None:
    """Checks the folder as anybody could, and compares one that is there already."""
    with work.gate("content"):
        checked = check_folder(folder)
        wrong = [*checked.differences, *checked.unbound]
        if wrong:
            raise GateError(f"the folder is not what it says: {wrong[0]}", hint="Please report it.")
    with work.gate("card"):
        drift = checked.drift or _drift(folder, work.out)
        if drift:
            raise GateError(
                f"{drift[0]}",
                where=str(work.out),
                hint="Notes and decisions change what a card says, a hand does not: remove the folder, "
                "or choose another --out.",
            )


def _drift(folder: Path, out: Path) -> list[str]:
    """Returns what of a folder that is there already is not what would be published."""
    if not out.exists():
        return []
    if not out.is_dir():
        return ["is there already, and no folder"]
    made = {file.path: file for file in folder_files(folder)}
    there = {file.path: file for file in folder_files(out)}
    names = sorted(name for name in {**made, **there} if made.get(name) != there.get(name))
    cards = [name for name in names if name.endswith(".md") or name == "croissant.json"]
    return [
        f"card drift: {name} is not what the run says"
        if name in cards
        else f"{name} is not what would be published"
        for name in [*cards, *names]
    ]


def _move(folder: Path, out: Path) -> None:
    if out.is_dir():  # the same, file by file
        return
    with boundary(UsageError, "writing the folder", hint="Choose another --out."):
        folder.rename(out)


def _told(work: _Work, release: Release, files: Sequence[ReleaseFile]) -> dict[str, Any]:
    return {
        "run": str(work.run),
        "repo": work.options.target.repo,
        "folder": str(work.out),
        "gates": work.passed,
        "rows": {table.config: table.rows for table in release.tables},
        "personal": work.personal.numbers() if work.personal else {},
        "bytes": sum(file.bytes for file in files),
        "files": [file.model_dump(mode="json") for file in files],
    }


def _refused(work: _Work, error: GateError) -> Outcome:
    data: dict[str, Any] = {
        "run": str(work.run),
        "repo": work.options.target.repo,
        "gates": work.passed,
        "personal": work.personal.numbers() if work.personal else {},
    }
    if work.personal and work.personal.found:
        data["findings"] = str(work.listed)
    return Outcome(title="Not published", data=data, exit=error.exit, error=Problem.of(error))


def _sent(
    work: _Work,
    hub: Hub,
    parent: str | None,
    gated: tuple[Sequence[ReleaseFile], dict[str, Any]],
) -> Outcome:
    """Sends the folder that passed the gates, and compares what lies at the Hub with what passed."""
    files, told = gated
    target = work.options.target
    if folder_files(work.out) != [*files]:
        raise GateError(
            "the folder was changed since it passed the gates", where=str(work.out), hint=AGAIN
        )
    tag = f"release-{file_sha256(work.out / RELEASE)[:12]}"
    pushed = hub.push(work.out, target, parent, f"Publish {tag}", tag)
    differing = hub.differences(target.repo, pushed.commit, work.out, files)
    data = {**told, "commit": pushed.commit, "url": pushed.url, "tag": pushed.tag}
    if pushed.pull_request:
        data["pull_request"] = pushed.pull_request
    if differing:
        error = GateError(
            f"what lies at the Hub is not what was sent: {differing[0]}",
            where=target.repo,
            hint=AGAIN,
        )
        return Outcome(
            title="Sent, but not whole", data=data, exit=error.exit, error=Problem.of(error)
        )
    data["verified"] = len(files)
    return Outcome(
        title="Published", data=data, hint=f"curate verify {target.repo}@{pushed.commit}"
    )


def _next(work: _Work) -> str:
    return f"look at {work.out / 'README.md'}, then the same command without --dry-run"
