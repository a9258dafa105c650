"""Proposes a recipe for files of unknown meaning, from their first rows, and tries it on them."""

import shlex
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import yaml

from curate.corpus.recipes import RawRecipe, read_recipe, validate_recipe
from curate.errors import CurateError, InputError
from curate.jobs.outcome import Outcome
from curate.models import Quarantined
from curate.sources import (
    AnySource,
    InputFile,
    Row,
    RowReader,
    detect_layout,
    read_rows,
    read_source,
)
from curate.sources.files import refuse_link_out, root_of, row_files
from curate.sources.guess import Guess, guess
from curate.tables import share

FILES, ROWS, BYTES = 3, 100, 1 << 24
"""So many files are looked at, and of each at most so many rows of so many bytes."""

_BY_COLUMNS = ("documents", "questions", None)
_ERRORS_SHOWN = 3
_HEAD = "# Proposed by `curate doctor` from the first rows: look at every line of `sources`.\n"
_NO_HASH = "0" * 64  # what is tried is not written


class _Dumper(yaml.SafeDumper):
    """Writes plain YAML in which every character can be seen."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 (recipes have no aliases)
        """Tells that nothing is written as an alias."""
        return True


def _seen(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None if text.isprintable() else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style)


_Dumper.add_representer(str, _seen)


def propose(path: str) -> Outcome:
    """Returns a recipe that reads the files at `path`, as data and as YAML, with reasons and doubts.

    Raises:
        InputError: There is nothing at the path, or no row of it can be read.
    """
    layout = detect_layout(Path(path))
    if layout in _BY_COLUMNS:
        found = guess(_first_rows(path))
    else:
        found = Guess(str(layout), reasons=[f"known by its names and its first rows: {layout}"])
    recipe = _recipe(path, found)
    read, bad = _tried(path, recipe)
    if not read and found.layout in ("documents", "questions"):
        doubts = [f"as {found.layout}, no row could be read: {bad[0] if bad else 'no rows'}"]
        found = Guess("texts", reasons=["every column is read as text"], doubts=doubts)
        recipe = _recipe(path, found)
        read, bad = _tried(path, recipe)
    return _outcome(path, recipe, found, (read, bad))


def _outcome(
    path: str, recipe: dict[str, Any], found: Guess, tried: tuple[int, Sequence[str]]
) -> Outcome:
    read, bad = tried
    doubts = [*found.doubts]
    if bad:
        doubts.append(f"{len(bad)} of the first {read + len(bad)} rows cannot be read so: "
                      + "; ".join(bad[:_ERRORS_SHOWN]))  # fmt: skip
    text = _HEAD + yaml.dump(
        recipe, Dumper=_Dumper, allow_unicode=True, sort_keys=False, default_flow_style=None
    )
    shown = shlex.quote(path)
    return Outcome(
        title="Recipe proposed",
        data={
            "layout": found.layout,
            "recipe": recipe,
            "rows_tried": read + len(bad),
            "rows_read": read,
            "reasons": list(found.reasons),
            "doubts": doubts,
            "yaml": text,
        },
        notes=[*found.reasons, *(f"look here: {doubt}" for doubt in doubts)],
        hint=f"curate doctor {shown} > own.yaml; curate build-corpus {shown} --recipe own.yaml --out RUN",
    )


def _recipe(path: str, found: Guess) -> dict[str, Any]:
    """Returns the shipped recipe with one source, found again by the last part of its path."""
    shipped = read_recipe(share("pipelines", "corpus.yaml")).data
    source = {"path": Path(path).name or path, "layout": found.layout, **found.keys}
    return {
        "recipe": shipped["recipe"],
        "name": "proposed",
        "sources": [source],
        "stages": shipped["stages"],
    }


def _first_rows(path: str) -> list[dict[str, object]]:
    """Returns the cells of the first rows; raises InputError where none can be read."""
    rows: list[dict[str, object]] = []
    first_bad: Quarantined | None = None
    for file in _few_files(path):
        for row in _bounded(read_rows)(file, file.name):
            if isinstance(row, Row):
                rows.append(dict(row.cells))
            else:
                first_bad = first_bad or row
    if not rows:
        why = f": {first_bad.error}" if first_bad else ""
        raise InputError(
            f"no row of it can be read{why}",
            where=path,
            hint="A recipe is proposed for files of rows and for text files.",
        )
    return rows


def _few_files(path: str) -> list[Path]:
    root, files = root_of(path), sorted(row_files(path))[:FILES]
    for file in files:
        if file != root:
            refuse_link_out(file, root)
    return files


def _bounded(reader: RowReader) -> RowReader:
    """Returns a reader of no more than the first rows."""

    def read(path: Path, file: str) -> Iterator[Row | Quarantined]:
        size = 0
        for row in islice(reader(path, file), ROWS):
            yield row
            size += len(row.raw or "")
            if size > BYTES:
                return

    return read


def _tried(path: str, recipe: dict[str, Any]) -> tuple[int, list[str]]:
    """Returns how many of the first rows the recipe reads, and what is wrong with the others."""
    entry = {**recipe["sources"][0], "path": str(Path(path).absolute()), "name": "tried"}
    raw = RawRecipe(Path("proposed.yaml"), {**recipe, "sources": [entry]})
    source: AnySource = validate_recipe(raw).sources[0]
    read, bad = 0, []
    root = root_of(path)
    base = root if root.is_dir() else root.parent
    for file in sorted(source.files())[:FILES]:
        entry_file = InputFile(base, file.relative_to(base).as_posix(), _NO_HASH, 0)
        reader = _bounded(source.reader(file))
        try:
            for row in read_source(source, [entry_file], reader):
                if isinstance(row, Quarantined):
                    bad.append(f"{row.file.removeprefix('tried/')}:{row.line}: {row.error}")
                else:
                    read += 1
        except CurateError as exc:
            bad.append(str(exc).removeprefix("tried/"))
    return read, bad
