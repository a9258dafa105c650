"""Personal data and secrets in what would be published: found, decided, and written down without the text."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from curate.corpus.pipeline import Progress
from curate.errors import GateError, UsageError
from curate.jobs.decisions import PlacedPersonal
from curate.models import PersonalFinding, PersonalKind, Release
from curate.publishing.cells import Cell, texts_of
from curate.publishing.look import Found, cache_folder, look_for_secrets, look_through
from curate.publishing.masks import Masks, masks_of
from curate.publishing.tables import TEXTS
from curate.runs import WorkFolder

__all__ = ["Personal", "found_in", "refuse_left_over", "refuse_undecided", "refuse_unmaskable"]

TEXT_FILES = (".json", ".md", ".yaml")
FILE = "file"
_SHOWN = 3


@dataclass(frozen=True)
class Personal:
    """What was found, decided where it is."""

    found: Sequence[Found]

    @property
    def masks(self) -> Masks:
        """What is covered."""
        return masks_of(self.found)

    @property
    def undecided(self) -> list[PersonalFinding]:
        """What waits for a decision."""
        return [one.finding for one in self.found if one.finding.decision is None]

    def numbers(self) -> dict[str, dict[str, int]]:
        """Returns how many findings of each kind there are, by what was decided."""
        counted = Counter((one.finding.kind, one.finding.decision) for one in self.found)
        names: tuple[tuple[str, str | None], ...] = (
            ("accepted", "accepted"),
            ("masked", "masked"),
            ("undecided", None),
        )
        kinds = [kind for kind in PersonalKind if any(key[0] is kind for key in counted)]
        return {
            kind.value: {name: counted[kind, key] for name, key in names}  # type: ignore[index]
            for kind in kinds
        }

    def write(self, path: Path) -> None:
        """Writes all findings as JSON Lines, the undecided first; their texts are not in it."""
        ordered = sorted((one.finding for one in self.found), key=lambda one: bool(one.decision))
        WorkFolder(path.parent).write_lines(path.stem, ordered)


def found_in(
    folder: Path, release: Release, decisions: Sequence[PlacedPersonal], progress: Progress
) -> Personal:
    """Returns what stands in the tables of a staged folder, and what secrets stand in its other files."""

    def cells() -> Iterator[Cell]:
        for table in release.tables:
            yield from texts_of(pl.read_parquet(folder / table.path, glob=False))

    found = look_through(cells, progress, cache_folder())
    found += look_for_secrets(lambda: _file_cells(folder))
    return Personal([_decided(one, decisions) for one in found])


def refuse_undecided(personal: Personal, listed: Path, *, secrets: bool) -> None:
    """Refuses findings that wait for a decision: secrets, or all others.

    Raises:
        GateError: There are some; the hint has the line that decides the first.
    """
    waiting = [one for one in personal.undecided if (one.kind is PersonalKind.SECRET) == secrets]
    if not waiting:
        return
    counts = Counter(one.kind.value for one in waiting)
    told = ", ".join(f"{number:,} {kind}" for kind, number in counts.most_common())
    first = waiting[0]
    line = (
        f'{{"record_id": "{first.record_id}", "kind": "{first.kind.value}", "sha256": "{first.sha256}", '
        '"decision": "accepted", "reason": "WHY", "by": "WHO", "at": "WHEN"}'
    )
    what = "secrets" if secrets else "personal data"
    raise GateError(
        f"{what} found, and {len(waiting):,} findings wait for a decision: {told}",
        where=str(listed),
        hint=f"Decide each (accepted or masked) in a decisions.jsonl, and give it with --decisions: {line}",
    )


def refuse_unmaskable(personal: Personal) -> None:
    """Refuses masks of what is no text of a table.

    Raises:
        UsageError: A file or another column would have to be covered.
    """
    texts = {name for columns in TEXTS.values() for name in columns}
    for one in personal.found:
        left = [name for name in one.finding.columns if name not in texts]
        if one.finding.decision == "masked" and left:
            raise UsageError(
                f"a finding ({one.finding.kind.value}) stands in {left[0]} of "
                f"{one.finding.record_id}, where nothing can be masked",
                where=one.finding.decided_by or "",
                hint="Mend it in the source and build again, or accept it.",
            )


def refuse_left_over(folder: Path, release: Release, personal: Personal) -> None:
    """Refuses a folder in which a text still stands that was to be covered.

    Raises:
        GateError: One does.
    """
    texts = personal.masks.texts
    for table in release.tables:
        for cell in texts_of(pl.read_parquet(folder / table.path, glob=False)):
            for text in texts.get(cell.record_id, ()):
                if len(text) > 1 and text in cell.text:
                    raise GateError(
                        f"what was to be masked stands in {cell.column} of {cell.record_id}",
                        where=table.path,
                        hint="Please report it.",
                    )


def _file_cells(folder: Path) -> Iterator[Cell]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in TEXT_FILES:
            text = path.read_text(encoding="utf-8", errors="replace")
            yield Cell(path.relative_to(folder).as_posix(), FILE, text)


def _decided(found: Found, decisions: Sequence[PlacedPersonal]) -> Found:
    fitting = [one for one in decisions if one.decision.fits(found.finding)]
    if not fitting:
        return found
    last = fitting[-1]
    change = {"decision": last.decision.decision, "decided_by": last.place}
    return replace(found, finding=found.finding.model_copy(update=change))
