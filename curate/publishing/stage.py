"""Writes the exact folder that is published of a run: the same bytes whenever and wherever it is staged."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson

from curate.errors import InputError, UsageError, boundary
from curate.models import (
    CardNotes,
    EvaluationReport,
    PairsReport,
    Record,
    Release,
    ReleaseFile,
    ReleaseKind,
    Report,
)
from curate.publishing.card import CARDS, release_card
from curate.publishing.croissant import CROISSANT, croissant_json
from curate.publishing.masks import Masks
from curate.publishing.redact import published_report
from curate.publishing.release import read_release
from curate.publishing.tables import TableSource, write_table
from curate.reports import render_evaluation, render_html, render_pairs
from curate.runs import file_sha256, storing

__all__ = ["AS_THEY_ARE", "RELEASE", "read_staged", "stage_release"]

RELEASE = "release.json"
AS_THEY_ARE = ("recipe.yaml", "ledger.json", "audit.json", "findings.parquet")
"""Files of a run that hold no text of a source and no place, and are published byte by byte."""

_OWN_FILES = {"manifest": "manifest.json", "audit": "audit.json", "ledger": "ledger.json"}
"""The parts of a release that stand in files of their own."""

_REPORTS: dict[ReleaseKind, type[Report | PairsReport | EvaluationReport]] = {
    ReleaseKind.CORPUS: Report,
    ReleaseKind.PAIRS: PairsReport,
    ReleaseKind.EVALUATION: EvaluationReport,
}


def stage_release(
    run: Path,
    folder: Path,
    accept: Sequence[str] = (),
    notes: CardNotes | None = None,
    corpus: Path | None = None,
    masks: Masks | None = None,
) -> Release:
    """Writes the folder that is published of a run, whole or not at all, and returns what is in it.

    Raises:
        UsageError: The folder is there and not empty.
        InputError: The run cannot be published, or the disk takes no more.
        GateError: A file of the run is not what its manifest says.
    """
    release = read_release(run, accept, notes, corpus, masks)
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise UsageError(
            "is there already, and a release is staged into a new folder",
            where=str(folder),
            hint="Choose another folder, or remove this one.",
        )
    making = folder.with_name(f".{folder.name}.staging")
    shutil.rmtree(making, ignore_errors=True)
    with storing(folder):
        making.mkdir(parents=True)
        try:
            done = _fill(run, making, release, masks)
            if folder.exists():
                folder.rmdir()
            making.rename(folder)
        finally:
            shutil.rmtree(making, ignore_errors=True)
    return done


def read_staged(folder: Path) -> Release:
    """Returns what a staged or downloaded folder says of itself; nothing of it is checked.

    Raises:
        InputError: A file is missing or not of its format.
    """
    parts = {"": RELEASE} | _OWN_FILES
    told: dict[str, Any] = {}
    with boundary(InputError, "reading the release", hint="Is this a published folder?"):
        for field, name in parts.items():
            if field and field not in _OWN_FILES:
                continue
            path = folder / name
            if field in ("audit", "ledger") and not path.exists():
                continue
            value = _json(path)
            told.update({field: value} if field else value)
    return Release.model_validate(told)


def _json(path: Path) -> Any:
    try:
        return orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as exc:
        raise InputError("not JSON", where=str(path)) from exc


def _fill(run: Path, folder: Path, release: Release, masks: Masks | None) -> Release:
    source = TableSource(run, release.kind, release.sources, masks)
    tables = [write_table(source, table, folder) for table in release.tables]
    release = release.model_copy(update={"tables": tables})
    written = {entry.path for entry in release.manifest.outputs}
    for name in AS_THEY_ARE:
        if name in written:
            shutil.copyfile(run / name, folder / name)
    _write_json(folder / "manifest.json", release.manifest)
    _write_report(run, folder, release.kind)
    for language, name in CARDS.items():
        (folder / name).write_text(release_card(release, language), encoding="utf-8")
    (folder / CROISSANT).write_text(croissant_json(release), encoding="utf-8")
    release = release.model_copy(update={"files": [*_files(folder)]})
    _write_json(folder / RELEASE, release, exclude=set(_OWN_FILES))
    return release


def _write_report(run: Path, folder: Path, kind: ReleaseKind) -> None:
    """Writes the report again without the texts in it, and its page."""
    report = _REPORTS[kind].model_validate_json((run / "report.json").read_bytes())
    shown = published_report(report)
    _write_json(folder / "report.json", shown)
    if isinstance(shown, Report):
        page = [render_html(shown)]
    elif isinstance(shown, PairsReport):
        page = [render_pairs(shown)]
    else:
        page = [*render_evaluation(shown)]
    (folder / "report.html").write_text("".join(page), encoding="utf-8")


def _write_json(path: Path, record: Record, exclude: set[str] | None = None) -> None:
    value = record.model_dump(mode="json", exclude=exclude)
    path.write_bytes(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def _files(folder: Path) -> Iterator[ReleaseFile]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name = path.relative_to(folder).as_posix()
            yield ReleaseFile(path=name, bytes=path.stat().st_size, sha256=file_sha256(path))
