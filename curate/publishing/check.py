"""Checks a published folder against itself: hashes, rows, and every number on its card, from the data."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
from pydantic import ValidationError

from curate.errors import InputError
from curate.grading.lengths import pair_kinds, tier_table
from curate.models import CorpusFacts, PairsFacts, Release, ReleaseKind, ReleaseTable
from curate.publishing.card import CARDS, release_card
from curate.publishing.croissant import CROISSANT, croissant_json
from curate.publishing.facts import corpus_facts, found_items
from curate.publishing.hub import folder_files
from curate.publishing.masks import MASK
from curate.publishing.stage import RELEASE, read_staged
from curate.publishing.tables import ROW_SHA256
from curate.runs import content_sha256
from curate.tables import refuse_damage, row_digests

__all__ = ["Checked", "check_folder", "staged_rows"]

_STRANGERS = frozenset({".gitattributes"})
"""What the Hub adds by itself."""


@dataclass
class Checked:
    """What was checked: `differences` are what is not as the folder says, `drift` that of its cards.

    `unbound` tells that the rows are not those of the audit. `recomputed` and `trusted` say in words what
    was made again from the data, and what could not be.
    """

    release: Release
    differences: list[str] = field(default_factory=list)
    drift: list[str] = field(default_factory=list)
    unbound: list[str] = field(default_factory=list)
    recomputed: list[str] = field(default_factory=list)
    trusted: list[str] = field(default_factory=list)

    @property
    def problems(self) -> list[str]:
        """All that is not as it is said to be."""
        return [*self.differences, *self.unbound, *self.drift]


def check_folder(folder: Path) -> Checked:
    """Returns what is true of a published folder.

    Raises:
        InputError: It is no such folder, or a file of it is not of its format.
    """
    try:
        release = read_staged(folder)
    except ValidationError as exc:
        first = exc.errors(include_url=False, include_input=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise InputError(f"not a release: {key}: {first['msg']}", where=str(folder)) from exc
    checked = Checked(release)
    _check_files(folder, checked)
    if any("missing" in one for one in checked.differences):
        return checked
    for table in release.tables:
        _check_table(folder, table, checked)
    _check_audit(folder, checked)
    _check_facts(folder, checked)
    _check_cards(folder, checked)
    return checked


def staged_rows(folder: Path, release: Release) -> pl.DataFrame | None:
    """Returns the published rows that an audit can read, whose texts are all there; None where none are."""
    table = release.tables[0] if release.tables else None
    if table is None or table.left_out or ROW_SHA256 not in table.columns:
        return None
    rows = pl.read_parquet(folder / table.path, glob=False).drop(ROW_SHA256)
    text = "prompt" if "prompt" in rows.columns else "text"
    rows = rows.filter(pl.col(text).is_not_null())
    return rows if rows.height else None


def _check_files(folder: Path, checked: Checked) -> None:
    told = {file.path: file for file in checked.release.files}
    here = {f.path: f for f in folder_files(folder) if f.path not in (RELEASE, *_STRANGERS)}
    for name in [*told, *(name for name in here if name not in told)]:
        if name not in here:
            checked.differences.append(f"{name}: missing")
        elif name not in told:
            checked.differences.append(f"{name}: not in {RELEASE}")
        elif here[name] != told[name]:
            checked.differences.append(f"{name}: other bytes than {RELEASE} says")
    checked.recomputed.append(f"the hashes of {len(here)} files")


def _check_table(folder: Path, table: ReleaseTable, checked: Checked) -> None:
    path = folder / table.path
    try:
        refuse_damage(path)
        rows = pl.scan_parquet(path, glob=False).select(pl.len()).collect().item()
        content = content_sha256(path)
    except (ValueError, OSError, pl.exceptions.PolarsError) as exc:
        checked.differences.append(f"{table.path}: cannot be read ({type(exc).__name__})")
        return
    if rows != table.rows:
        checked.differences.append(f"{table.path}: {rows:,} rows, {RELEASE} says {table.rows:,}")
    if content != table.content_sha256:
        checked.differences.append(f"{table.path}: other rows than {RELEASE} says")
    checked.recomputed.append(f"the {rows:,} rows of {table.config} and their hash")


def _check_audit(folder: Path, checked: Checked) -> None:
    """Checks that the rows are those that were audited, one by one."""
    release = checked.release
    table = next((one for one in release.tables if ROW_SHA256 in one.columns), None)
    if table is None:
        checked.trusted.append("no table of this kind of release is bound to an audit")
        return
    frame = pl.read_parquet(folder / table.path, glob=False)
    said = frame[ROW_SHA256].to_list()
    content = _chained(said)
    if release.audit is not None and content != release.audit.content_sha256:
        checked.unbound.append(f"{table.path}: the rows are not those of audit.json")
    if table.left_out:
        checked.trusted.append(f"the texts of {table.config}, which are not published")
        return
    rows = frame.drop(ROW_SHA256)
    audited = rows.select(name for name in rows.columns if name != "audit")
    hashes = [digest.hex() for digest in row_digests(audited)]
    other = [
        number for number, (one, two) in enumerate(zip(hashes, said, strict=True)) if one != two
    ]
    open_ = [number for number in other if not _is_covered(rows.row(number, named=True))]
    if open_:
        checked.unbound.append(
            f"{table.path}: row {open_[0] + 1} is not as it was audited ({len(open_)} such rows)"
        )
    checked.recomputed.append(f"the hash of each of {len(said) - len(other):,} audited rows")
    if other:
        checked.trusted.append(
            f"{len(other):,} rows whose texts are covered or withheld: their hash is of the whole row"
        )


def _chained(hashes: Sequence[str]) -> str:
    try:
        return hashlib.sha256(b"".join(map(bytes.fromhex, hashes))).hexdigest()
    except (TypeError, ValueError):
        return ""


def _is_covered(row: dict[str, Any]) -> bool:
    """Whether a row says less than was audited: a text of it is covered, or not there."""
    text = row.get("text", row.get("prompt"))
    return text is None or MASK in str(row)


def _check_facts(folder: Path, checked: Checked) -> None:
    """Counts the numbers of the card again, from the published rows."""
    release = checked.release
    table = release.tables[0] if release.tables else None
    if table is None or table.left_out or table.rows_nulled:
        checked.trusted.append("numbers of the card that need texts which are not published")
        return
    if release.kind is ReleaseKind.CORPUS and isinstance(release.facts, CorpusFacts):
        told, found = release.facts, _corpus_facts(folder, table, release)
        names = ["rows", "max_year", "sources", "lengths"]
        differing = [n for n in names if getattr(told, n) != getattr(found, n)]
        rows = {s.name: s.rows for s in release.sources}
        if rows != {s.name: s.rows for s in found.sources}:
            differing.append("sources")
    elif isinstance(release.facts, PairsFacts):
        pairs = pl.scan_parquet(folder / table.path, glob=False)
        told_pairs = release.facts
        now = {"tiers": tier_table(pairs).rows, "kinds": pair_kinds(pairs)}
        differing = [name for name, value in now.items() if getattr(told_pairs, name) != value]
    else:
        checked.trusted.append("the numbers of the evaluation: `curate evaluate` makes them again")
        return
    differing += _found_differs(folder, release)
    checked.differences += [f"{RELEASE}: {name} is not what the data says" for name in differing]
    checked.recomputed.append("the numbers of the card")


def _corpus_facts(folder: Path, table: ReleaseTable, release: Release) -> CorpusFacts:
    with TemporaryDirectory(prefix="curate-check-") as work:
        Path(work, "kept.parquet").symlink_to((folder / table.path).absolute())
        return corpus_facts(Path(work), release.manifest)


def _found_differs(folder: Path, release: Release) -> Iterator[str]:
    """Yields `found` where the items that were found are others; why a row went is not published."""

    def facts(items: Sequence[Any]) -> list[dict[str, Any]]:
        return [one.model_dump(exclude={"dropped_by"}) for one in items]

    if facts(found_items(folder)) != facts(getattr(release.facts, "found", [])):
        yield "found"


def _check_cards(folder: Path, checked: Checked) -> None:
    for language, name in CARDS.items():
        text = release_card(checked.release, language)
        if (folder / name).read_text(encoding="utf-8", errors="replace") != text:
            checked.drift.append(f"{name}: not what the data says")
    croissant = (folder / CROISSANT).read_text(encoding="utf-8", errors="replace")
    if croissant != croissant_json(checked.release):
        checked.drift.append(f"{CROISSANT}: not what the data says")
    checked.recomputed.append("the cards and croissant.json, word by word")
