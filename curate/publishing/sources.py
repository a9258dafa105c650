"""Whose texts a run holds, and under which licence, as its rows say."""

from pathlib import Path
from typing import Literal

import polars as pl

from curate.errors import InputError
from curate.models import CardNotes, Manifest, NamedLicence, ReleaseSource, Status
from curate.publishing.checked import refuse_other_columns
from curate.publishing.notes import named_licence
from curate.runs import content_sha256, read_manifest

__all__ = ["corpus_of", "corpus_sources", "example_sources", "model_sources"]

UNNAMED = "unnamed model"
_NOTED = {"source": "licences", "examples": "licences", "model": "models"}
"""Where the notes say whose licence is which."""


def corpus_sources(kept: Path, notes: CardNotes, only: str | None = None) -> list[ReleaseSource]:
    """Returns the sources of a corpus' kept rows, `only` those of one kind, by name.

    Raises:
        InputError: One source's rows state several licences, or one that is not known.
    """
    rows = pl.scan_parquet(kept, glob=False)
    if only:
        rows = rows.filter(pl.col("kind") == only)
    place = pl.col("provenance").struct
    found = (
        rows.group_by(name=place.field("source"), licence=place.field("licence"))
        .agg(rows=pl.len())
        .sort("name", "licence")
        .collect(engine="streaming")
    )
    names = found["name"].to_list()
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None and twice not in notes.licences:
        raise InputError(
            "the rows of one source state several licences",
            where=f"source {twice}",
            hint=f"Say which it is in the card's notes (--notes): licences: {{{twice}: ID}}.",
        )
    counted = found.group_by("name", maintain_order=True).agg(
        pl.col("licence").first(), pl.col("rows").sum()
    )
    return [
        _source(name, rows, licence, notes.licences.get(name))
        for name, licence, rows in counted.iter_rows()
    ]


def model_sources(responses: Path, notes: CardNotes) -> list[ReleaseSource]:
    """Returns the models that answered, by name, with the licences that the notes give them."""
    model = pl.col("model").fill_null(UNNAMED)
    rows = pl.scan_parquet(responses, glob=False).group_by(name=model).agg(rows=pl.len())
    return [
        _source(name, rows, None, notes.models.get(name), "model")
        for name, rows in rows.sort("name").collect(engine="streaming").iter_rows()
    ]


def example_sources(file: str | None, notes: CardNotes) -> list[ReleaseSource]:
    """Returns the file of worked examples that all prompts quote, where it is not of the corpus."""
    if file is None:
        return []
    name = Path(file).name
    return [_source(name, 0, None, notes.licences.get(name), "examples")]


def corpus_of(manifest: Manifest, given: Path | None) -> Path:
    """Returns the corpus that pairs were made from: the run with exactly the rows that their manifest names.

    Raises:
        InputError: It is not there, or it holds other rows.
    """
    path = given or Path(str(manifest.arguments.get("corpus", "")))
    hint = "Say where it lies with --corpus RUN: it knows the licences of the questions."
    kept = path / "kept.parquet"
    if not kept.is_file():
        raise InputError(
            "the corpus that the pairs were made from is not there", where=str(path), hint=hint
        )
    if read_manifest(path).status is not Status.DONE:
        raise InputError("the corpus is no finished run", where=str(path), hint=hint)
    refuse_other_columns(kept)
    if content_sha256(kept) != manifest.resolved.get("corpus_sha256"):
        raise InputError(
            "the corpus holds other rows than the pairs were made from", where=str(path), hint=hint
        )
    return path


def _source(
    name: str,
    rows: int,
    licence: str | None,
    noted: str | NamedLicence | None,
    what: Literal["source", "examples", "model"] = "source",
) -> ReleaseSource:
    known = named_licence(name, licence, noted, _NOTED[what])
    return ReleaseSource(
        name=name,
        what=what,
        rows=rows,
        licence=licence,
        id=known.id if known else None,
        title=known.name if known else None,
        link=known.link if known else None,
    )
