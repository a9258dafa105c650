"""From a command line and a recipe to a plan: everything resolved and checked before a row is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import orjson
import yaml
from pydantic import ValidationError

from curate.corpus.recipe import CorpusRecipe
from curate.corpus.recipes import RawRecipe, apply_settings, read_recipe, validate_recipe
from curate.corpus.stages import Leakage
from curate.errors import InputError, RecipeError, UsageError, boundary
from curate.leakage import BenchmarkRef
from curate.models import Decision, FileEntry
from curate.runs import Request, code_sha256, file_sha256, json_sha256
from curate.sources import AnySource, InputFile, detect_layout, only_our_columns, source_files
from curate.sources.files import data_files, root_of
from curate.tables import share

Command = Literal["build-corpus", "audit"]


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
    decisions: Path | None = None
    settings: Sequence[str] = ()


@dataclass(frozen=True)
class Plan:
    """A run, resolved. `files` holds the input files by the name of their source."""

    command: Command
    recipe: CorpusRecipe
    files: Mapping[str, Sequence[InputFile]]
    decisions: Sequence[Decision]
    request: Request
    shown_command: str = field(default="")

    def sources(self) -> Sequence[AnySource]:
        """Returns the sources in the recipe's order."""
        return self.recipe.sources


def make_plan(command: Command, paths: Sequence[str], options: Options) -> Plan:
    """Resolves recipe, sources, benchmarks and decisions.

    Raises:
        RecipeError: The recipe or a `--set` is wrong.
        UsageError: An option is wrong.
        InputError: A source cannot be read, or a decision line is wrong.
    """
    shipped = "corpus.yaml" if command == "build-corpus" else "audit.yaml"
    raw = read_recipe(options.recipe or share("pipelines", shipped))
    _overlay(raw, paths, options)
    apply_settings(raw, parse_settings(options.settings))
    _complete_sources(raw, command, options.columns)
    recipe = validate_recipe(raw)
    _refuse_misuse(command, recipe, raw)
    files = {str(source.name): source_files(source) for source in recipe.sources}
    decisions = read_decisions(options.decisions) if options.decisions else []
    request = _request(command, paths, options, (recipe, files))
    return Plan(command, recipe, files, decisions, request, _shown(command, recipe, options))


def _refuse_misuse(command: Command, recipe: CorpusRecipe, raw: RawRecipe) -> None:
    """Refuses the other command's recipe, and an audit that drops rows before it gives its verdict."""
    wanted = "corpus/1" if command == "build-corpus" else "audit/1"
    if recipe.recipe != wanted:
        raise RecipeError(
            f"`curate {command}` wants a recipe of kind {wanted}, found {recipe.recipe}",
            where=raw.where(["recipe"]),
        )
    if command == "audit":
        for index, stage in enumerate(recipe.stages):
            if not isinstance(stage, Leakage) or stage.drop:
                raise RecipeError(
                    "an audit drops nothing: its one stage is {stage: leakage, drop: []}",
                    where=raw.where(["stages", index]),
                )


def parse_benchmark(text: str) -> dict[str, Any]:
    """Returns the benchmark entry of "NAME=PATH".

    Raises:
        UsageError: There is no name or no path.
    """
    name, sep, path = text.partition("=")
    if not (name and sep and path):
        raise UsageError(
            f"--benchmark wants NAME=PATH, got {text!r}",
            hint="For example --benchmark igakuqa=PATH.",
        )
    return {"name": name, "path": str(Path(path).absolute())}


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


def read_decisions(path: Path) -> list[Decision]:
    """Returns the decisions of a JSONL file, in order; the last one for a pair wins.

    Raises:
        InputError: A line is not a decision, with file and line.
    """
    with boundary(InputError, "reading the decisions"):
        lines = path.read_bytes().splitlines()
    decisions = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            decisions.append(Decision.model_validate(orjson.loads(line)))
        except orjson.JSONDecodeError as exc:
            raise InputError("not JSON", where=f"{path.name}:{number}") from exc
        except ValidationError as exc:
            first = exc.errors()[0]
            name = ".".join(str(part) for part in first["loc"])
            raise InputError(f"{name}: {first['msg']}", where=f"{path.name}:{number}") from exc
    return decisions


def _overlay(raw: RawRecipe, paths: Sequence[str], options: Options) -> None:
    data = raw.data
    for key in ("max_year", "max_bad", "seed"):
        value = getattr(options, key)
        if value is not None:
            data[key] = value
            raw.overlaid.add(key)
    _overlay_sources(raw, paths)
    _overlay_benchmarks(raw, options)


def _overlay_benchmarks(raw: RawRecipe, options: Options) -> None:
    data = raw.data
    given = [parse_benchmark(text) for text in options.benchmarks]
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
    if options.years is not None:
        for entry in data["benchmarks"]:
            entry["years"] = list(options.years)


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
                if e not in taken and Path(str(e.get("path", ""))).name == Path(text).name
            ),
            None,
        )
        if entry is None:
            entry = {}
            listed.append(entry)
        entry["path"] = str(Path(text).absolute())
        taken.append(entry)
    for entry in entries:
        if entry not in taken and "path" in entry:
            entry["path"] = _inside(raw, str(entry["path"]))
    raw.data["sources"] = listed


def _inside(raw: RawRecipe, path: str) -> str:
    """Returns a recipe's own path, which stays in the recipe's folder: a recipe may be anybody's."""
    folder = raw.path.parent.resolve()
    whole = (folder / path).absolute()
    if not whole.resolve().is_relative_to(folder):
        raise RecipeError(
            f"the path {path!r} leads out of the recipe's folder",
            where=raw.path.name,
            hint="Give it on the command line, as SOURCE or --benchmark NAME=PATH.",
        )
    return str(whole)


def _complete_sources(raw: RawRecipe, command: Command, columns: Sequence[str]) -> None:
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
            entry["layout"] = "texts" if columns else _layout(path, command)
        if columns and entry["layout"] == "texts":
            entry["columns_read"] = list(columns)
        if not entry.get("name"):
            name = _layout_name(path, str(entry["layout"]))
            used[name] = used.get(name, 0) + 1
            entry["name"] = name if used[name] == 1 else f"{name}-{used[name]}"


def _layout(path: Path, command: Command) -> str:
    layout = detect_layout(path)
    if command == "audit" and layout not in ("igakuqa", "yakugakuqa", "run"):
        return "questions" if layout == "questions" and only_our_columns(path) else "texts"
    if layout is None:
        raise InputError(
            "its layout is not a known one",
            where=str(path),
            hint="Map its columns in a recipe (layout: questions or documents, fields: {id: …, text: …}).",
        )
    return layout


def _layout_name(path: Path, layout: str) -> str:
    """The layout's name, never a path; IgakuQA's few-shot file is no part of the benchmark's data."""
    if layout == "igakuqa" and path.name.startswith("prompt"):
        return "prompt"
    return layout


def _request(
    command: Command,
    paths: Sequence[str],
    options: Options,
    resolved: tuple[CorpusRecipe, Mapping[str, Sequence[InputFile]]],
) -> Request:
    recipe, files = resolved
    published = recipe.published()
    recipe_sha256 = json_sha256(published)
    inputs = [
        FileEntry(path=f"{name}/{file.relative}", sha256=file.sha256)
        for name, entries in files.items()
        for file in entries
    ]
    decisions = file_sha256(options.decisions) if options.decisions else None
    identity = {
        "command": command,
        "recipe": recipe_sha256,
        "benchmarks": [_benchmark_state(ref) for ref in recipe.benchmarks],
        "decisions": decisions,
        "inputs": [entry.model_dump() for entry in inputs],
        "code": code_sha256(),
    }
    return Request(
        command=command,
        fingerprint=json_sha256(identity),
        arguments=_arguments(paths, options),
        resolved={"recipe": recipe.model_dump(mode="json"), "decisions_sha256": decisions},
        recipe_sha256=recipe_sha256,
        inputs=inputs,
        seed=recipe.seed,
    )


def _benchmark_state(ref: BenchmarkRef) -> dict[str, Any]:
    """Returns what identifies a benchmark's files, readable or not."""
    root = root_of(ref.path)
    try:
        files = sorted(data_files(ref.path))
        state = {f.relative_to(root).as_posix(): file_sha256(f) for f in files}
    except (InputError, OSError) as exc:
        state = {"unreadable": type(exc).__name__}
    return {"name": ref.name, "years": ref.years, "files": state}


def _arguments(paths: Sequence[str], options: Options) -> dict[str, Any]:
    given = {
        "sources": [str(path) for path in paths],
        "recipe": str(options.recipe) if options.recipe else None,
        "benchmarks": list(options.benchmarks),
        "years": list(options.years) if options.years else None,
        "max_year": options.max_year,
        "max_bad": options.max_bad,
        "seed": options.seed,
        "columns": list(options.columns),
        "decisions": str(options.decisions) if options.decisions else None,
        "set": list(options.settings),
    }
    return {key: value for key, value in given.items() if value not in (None, [])}


def _shown(command: Command, recipe: CorpusRecipe, options: Options) -> str:
    """Returns the command that gives the same bytes again, with paths by their last part."""
    words = ["curate", command, *(Path(source.path).name for source in recipe.sources)]
    if options.recipe:
        words += ["--recipe", options.recipe.name]
    for ref in recipe.benchmarks:
        words += ["--benchmark", f"{ref.name}={Path(ref.path).name}"]
    if options.years:
        words += ["--years", "-".join(str(year) for year in dict.fromkeys(options.years))]
    if recipe.max_year is not None and options.max_year is not None:
        words += ["--max-year", str(recipe.max_year)]
    if options.max_bad is not None:
        words += ["--max-bad", str(recipe.max_bad)]
    if options.decisions:
        words += ["--decisions", options.decisions.name]
    for setting in options.settings:
        words += ["--set", setting]
    return " ".join([*words, "--out", "RUN"])
