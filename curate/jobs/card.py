"""The card of a run: printed, written, or compared with the one that is there."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory

from curate.errors import GateError, UsageError, boundary
from curate.jobs.outcome import Outcome, Problem
from curate.models import CardNotes, Release
from curate.publishing import (
    CARDS,
    CROISSANT,
    Language,
    read_notes,
    read_release,
    release_card,
    stage_release,
    without_bytes,
)
from curate.runs import write_atomically

__all__ = ["CardOptions", "card", "card_text"]

_FRONT = "---\npretty_name:"


@dataclass(frozen=True)
class CardOptions:
    """What the command line says of a card; `contact` goes before what the notes say."""

    accept: Sequence[str] = ()
    notes: Path | None = None
    contact: str | None = None
    corpus: Path | None = None
    language: Language = "en"

    def card_notes(self) -> CardNotes:
        """Returns the notes, with the contact of the command line."""
        notes = read_notes(self.notes)
        return notes.model_copy(update={"contact": self.contact}) if self.contact else notes

    def release(self, run: Path) -> Release:
        """Returns what would be published of a run."""
        return read_release(run, self.accept, self.card_notes(), self.corpus)


def card_text(run: Path, options: CardOptions) -> tuple[str, list[str]]:
    """Returns the card of a run, and what a person should hear about it.

    Raises:
        InputError: The run cannot be published, or a template is broken.
        GateError: A file of the run is not what its manifest says.
        UsageError: `accept` names no source.
    """
    release = options.release(run)
    return release_card(release, options.language), [*_warnings(release)]


def card(run: Path, options: CardOptions, out: Path, *, check: bool) -> Outcome:
    """Writes the card of a run to a file, or all cards and croissant.json into a folder; or compares them.

    A path without a suffix is a folder. Compared, sizes and hashes of Parquet files do not count in
    croissant.json: another version of Arrow makes other bytes of the same rows.
    """
    if out.is_dir() or not out.suffix:
        release, texts = _staged(run, options)
        files = {out / name: text for name, text in texts.items()}
    else:
        release = options.release(run)
        files = {out: release_card(release, options.language)}
    warnings = [*_warnings(release)]
    if check:
        return _compared(run, files, warnings)
    for path, text in files.items():
        _write(path, text)
    return Outcome(
        title="Card written",
        data={"run": str(run), "files": [str(path) for path in files]},
        notes=warnings,
        hint="the same command with --check tells later whether the run still says that",
    )


def _staged(run: Path, options: CardOptions) -> tuple[Release, dict[str, str]]:
    """Returns the release with its cards and the Croissant description, which needs the Parquet files."""
    with TemporaryDirectory(prefix="curate-card-") as work:
        folder = Path(work, "release")
        notes = options.card_notes()
        release = stage_release(run, folder, options.accept, notes, options.corpus)
        names = (*CARDS.values(), CROISSANT)
        return release, {name: (folder / name).read_text(encoding="utf-8") for name in names}


def _write(path: Path, text: str) -> None:
    with boundary(UsageError, "writing the card", hint="Choose another --out."):
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".md" and path.exists() and not _is_card(path):
            raise UsageError(
                "is there already, and no card of a run",
                where=str(path),
                hint="Choose another --out.",
            )

    def fill(part: Path) -> None:
        part.write_text(text, encoding="utf-8")

    write_atomically(path, fill)


def _is_card(path: Path) -> bool:
    return path.read_text(encoding="utf-8", errors="replace").startswith(_FRONT)


def _compared(run: Path, files: Mapping[Path, str], warnings: list[str]) -> Outcome:
    drifted = {path: where for path, text in files.items() if (where := _drift(path, text))}
    data = {"run": str(run), "checked": len(files), "drifted": [str(path) for path in drifted]}
    if not drifted:
        return Outcome(title="Card agrees", data=data, notes=warnings)
    path, where = next(iter(drifted.items()))
    error = GateError(
        f"{path.name} does not say what the run says",
        where=where,
        hint="The same command without --check writes it again.",
    )
    return Outcome(
        title="Card differs", data=data, exit=error.exit, error=Problem.of(error), notes=warnings
    )


def _drift(path: Path, text: str) -> str:
    """Returns where a file differs first, or an empty string."""
    if not path.is_file():
        return f"{path} (missing)"
    found = path.read_text(encoding="utf-8", errors="replace")
    if path.name == CROISSANT and _same_but_for_bytes(found, text):
        return ""
    lines = zip_longest(found.splitlines(), text.splitlines())
    differing = (number for number, (one, other) in enumerate(lines, 1) if one != other)
    first = next(differing, None)
    return "" if first is None else f"{path}:{first}"


def _same_but_for_bytes(found: str, text: str) -> bool:
    try:
        return without_bytes(found) == without_bytes(text)
    except (ValueError, AttributeError):  # it is not even JSON, or another kind of it
        return False


def _warnings(release: Release) -> Iterator[str]:
    for source in release.withheld:
        yield (
            f"nobody states a licence for {source.name}: its texts are not published "
            f"(--accept-licence {source.name} takes that upon you)"
        )
    if not release.notes.contact:
        yield "the card names nobody to ask for a take-down (--contact, or contact in --notes)"
