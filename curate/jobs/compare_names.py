"""The runs that `compare` is given: RUN or NAME=RUN, and of which command they are."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from curate.errors import InputError, UsageError
from curate.models import Status
from curate.runs import read_manifest

EVALUATE: Final = "evaluate"
COMPARED: Final = ("build-corpus", "audit", EVALUATE)
_HINT = "Compare evaluations, two audits, or two corpora."


class NamedRun(NamedTuple):
    """A run folder, what its tables call it, and the command that made it."""

    name: str
    path: Path
    command: str


def named_runs(given: Sequence[str]) -> list[NamedRun]:
    """Returns the runs, all made by one command.

    Raises:
        InputError: One of them is no run, or has not ended well.
        UsageError: They are of several commands, cannot be compared, or two have one name.
    """
    runs = [_named(text) for text in given]
    first = runs[0]
    for one in runs[1:]:
        if one.command != first.command:
            raise UsageError(
                f"a run of `curate {first.command}` and one of `curate {one.command}` cannot be compared",
                where=f"{first.path}, {one.path}",
                hint=_HINT,
            )
    twice = [name for name, number in Counter(one.name for one in runs).items() if number > 1]
    if twice and first.command == EVALUATE:
        raise UsageError(
            f"two runs are called {twice[0]!r}", hint="Name them: compare base=RUN rpo=RUN."
        )
    if first.command != EVALUATE and len(runs) != 2:  # noqa: PLR2004 (one beside the other)
        raise UsageError(f"two runs of {first.command} are compared, got {len(runs)}", hint=_HINT)
    return runs


def _named(text: str) -> NamedRun:
    name, mark, rest = text.partition("=")
    is_named = bool(name and mark and rest) and not Path(text).exists()
    path = Path(rest if is_named else text)
    manifest = read_manifest(path)
    if manifest.command not in COMPARED:
        raise UsageError(
            f"a {manifest.command} run has no audit to compare", where=str(path), hint=_HINT
        )
    if manifest.status is not Status.DONE:
        raise InputError(
            f"the run is {manifest.status.value}, not done",
            where=str(path),
            hint="Run its command again until it is done.",
        )
    return NamedRun(name if is_named else path.resolve().name, path, manifest.command)
