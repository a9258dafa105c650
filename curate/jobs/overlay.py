"""Lays the command line over a recipe: its sources, benchmarks and plain options."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml

from curate.corpus.recipes import RawRecipe
from curate.corpus.runner import Runner
from curate.errors import InputError, RecipeError, UsageError
from curate.jobs.benchmark_option import parse_benchmark
from curate.jobs.copies import source_path
from curate.jobs.urls import is_url, local_path
from curate.models import Quarantined
from curate.sources import detect_layout, only_our_columns, read_rows
from curate.sources.documents import first_cells_of
from curate.sources.files import row_files
from curate.sources.formats import READABLE

_READ_ALL = {"text": {"front_matter": "keep"}, "questions": {"other_columns": "refuse"}}
"""An audit leaves no text of a source unread."""

Command = Literal["build-corpus", "audit", "calibrate"]


@dataclass(frozen=True)
class Options:
    """What the command line says beyond its sources; None or empty where it says nothing."""

    recipe: Path | None = None
    benchmarks: Sequence[str] = ()
    years: tuple[int, int] | None = None
    max_year: int | None = None
    max_bad: int | None = None
    seed: int | None = None
    columns: Sequence[str] = ()
    decisions: Sequence[Path] = ()
    settings: Sequence[str] = ()
    runner: Runner = field(default_factory=Runner)
    sft: str | None = None
    shard: str | None = None
    join: Sequence[Path] = ()


def overlay(raw: RawRecipe, paths: Sequence[str], options: Options) -> None:
    """Lays what the command line says over the recipe's data.

    Raises:
        UsageError: A `--benchmark` is not NAME=PATH.
        RecipeError: A path of the recipe leads out of its folder.
    """
    data = raw.data
    for key in ("max_year", "max_bad", "seed", "sft"):
        value = getattr(options, key)
        if value is not None:
            data[key] = value
            raw.overlaid.add((key,))
    _overlay_sources(raw, paths)
    overlay_benchmarks(raw, options.benchmarks, options.years)
    _overlay_models(raw)


def overlay_benchmarks(
    raw: RawRecipe, benchmarks: Sequence[str], years: tuple[int, int] | None = None
) -> None:
    """Lays `--benchmark` and `--years` over the recipe's benchmarks.

    Raises:
        UsageError: A `--benchmark` is not NAME=PATH, or there are years of none.
        RecipeError: A path of the recipe leads out of its folder.
    """
    data = raw.data
    given = [parse_benchmark(text) for text in benchmarks]
    names = {entry["name"] for entry in given}
    old = data.get("benchmarks") or []
    if not isinstance(old, list):
        return
    known = {str(e["name"]): e for e in old if isinstance(e, dict) and "name" in e}
    kept = [e for e in old if not (isinstance(e, dict) and str(e.get("name")) in names)]
    for entry in kept:
        if isinstance(entry, dict) and "path" in entry:
            entry["path"] = _inside(raw, str(entry["path"]))
    given = [{**known.get(entry["name"], {}), **entry} for entry in given]
    data["benchmarks"] = kept + given
    if years is not None and not data["benchmarks"]:
        raise UsageError("--years picks years of a benchmark, and there is none")
    if years is not None:
        for entry in data["benchmarks"]:
            entry["years"] = list(years)


def _overlay_models(raw: RawRecipe) -> None:
    """Keeps a model that the recipe names in the recipe's folder; `--set` names any other."""
    stages = raw.data.get("stages")
    for stage in stages if isinstance(stages, list) else ():
        engine = stage.get("semantic") if isinstance(stage, dict) else None
        if isinstance(engine, dict) and "model" in engine:
            engine["model"] = _inside(
                raw, str(engine["model"]), "--set stages.leakage.semantic.model=PATH"
            )


def _overlay_sources(raw: RawRecipe, paths: Sequence[str]) -> None:
    """Gives each SOURCE of the command line its entry in the recipe, or a new one."""
    listed = raw.data.get("sources") or []
    if not isinstance(listed, list):
        return
    entries = [e for e in listed if isinstance(e, dict)]
    taken: list[dict[str, Any]] = []
    for text in paths:
        entry = next(
            (
                e
                for e in entries
                if not any(e is t for t in taken)
                and Path(str(e.get("path", ""))).name == Path(text).name
            ),
            None,
        )
        if entry is None:
            entry = {}
            listed.append(entry)
        entry["path"] = source_path(text)
        taken.append(entry)
    for entry in entries:
        if not any(entry is t for t in taken) and "path" in entry:
            path = str(entry["path"])
            near = local_path(path) if is_url(path) else Path(path)
            entry["path"] = _inside(raw, str(near)) if near else source_path(path)
    raw.data["sources"] = listed


def _inside(raw: RawRecipe, path: str, how: str = "SOURCE or --benchmark NAME=PATH") -> str:
    """Returns a recipe's own path, which stays in the recipe's folder: a recipe may be anybody's."""
    folder = raw.path.parent.resolve()
    whole = (folder / path).absolute()
    if not whole.resolve().is_relative_to(folder):
        raise RecipeError(
            f"the path {path!r} leads out of the recipe's folder",
            where=raw.path.name,
            hint=f"Give it on the command line, as {how}.",
        )
    return str(whole)


def complete_sources(raw: RawRecipe, command: Command, columns: Sequence[str]) -> None:
    """Finds the layout of sources that name none, and names the nameless after it."""
    sources = raw.data["sources"]
    if not sources:
        raise UsageError("no source is given", hint=f"For example: curate {command} PATH --out RUN")
    if not isinstance(sources, list):
        return
    used: dict[str, int] = {}
    for entry in sources:
        if not isinstance(entry, dict) or "path" not in entry:
            continue
        path = Path(str(entry["path"]))
        if "layout" not in entry:
            entry["layout"] = _layout(path, command, columns)
            if command != "build-corpus":
                entry.update(_READ_ALL.get(entry["layout"], {}))
        if columns and entry["layout"] == "texts":
            entry["columns_read"] = list(columns)
        if not entry.get("name"):
            name = _layout_name(path, str(entry["layout"]))
            used[name] = used.get(name, 0) + 1
            entry["name"] = name if used[name] == 1 else f"{name}-{used[name]}"


def _layout(path: Path, command: Command, columns: Sequence[str]) -> str:
    layout = detect_layout(path)
    if layout == "text":
        return layout
    if columns:
        return "texts"
    if command != "build-corpus" and layout in ("questions", "documents", None):
        return "questions" if layout == "questions" and only_our_columns(path) else "texts"
    if layout is None:
        cells = first_cells_of(path)
        if cells is None:
            raise InputError(_unreadable(path), where=str(path), hint=READABLE)
        raise InputError(
            f"its layout is not a known one; found the columns: {', '.join(list(cells)[:20])}",
            where=str(path),
            hint="Map its columns in a recipe (layout: questions or documents, fields: {id: …, text: …}).",
        )
    return layout


def _unreadable(path: Path) -> str:
    """Says why no row of a path can be read."""
    if (path / "manifest.json").is_file():
        return "is a run without kept rows: it has not ended, or it is an audit"
    files = list(row_files(str(path)))
    first = next((row for file in files for row in read_rows(file, file.name)), None)
    if isinstance(first, Quarantined):
        return f"no row of it can be read: {first.error}"
    return "no rows: empty or blank" if files else "no file that can be read"


def _layout_name(path: Path, layout: str) -> str:
    """The layout's name, never a path; IgakuQA's few-shot file is no part of the benchmark's data."""
    if layout == "igakuqa" and path.name.startswith("prompt"):
        return "prompt"
    return layout


def parse_settings(settings: Sequence[str]) -> dict[str, Any]:
    """Returns `a.b=c` settings as path -> YAML value.

    Raises:
        UsageError: A setting has no "=", or its value is not YAML.
    """
    parsed: dict[str, Any] = {}
    for text in settings:
        path, sep, value = text.partition("=")
        if not (path and sep):
            raise UsageError(f"--set wants a.b=c, got {text!r}")
        try:
            parsed[path] = yaml.safe_load(value)
        except (yaml.YAMLError, ValueError, RecursionError) as exc:
            raise UsageError(f"--set {path}: the value is not YAML") from exc
    return parsed
