"""From a command line and a recipe to a plan: everything resolved and checked before a row is read."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, overload

from curate.corpus.pipeline import Stage
from curate.corpus.recipe import CorpusRecipe
from curate.corpus.recipes import RawRecipe, apply_settings, read_recipe, validate_recipe
from curate.corpus.runner import Runner
from curate.corpus.stages import Intake, Leakage
from curate.errors import InputError, RecipeError
from curate.jobs.decisions import PlacedDecision, read_decisions
from curate.jobs.overlay import Command, Options, complete_sources, overlay, parse_settings
from curate.jobs.recipe_paths import refuse_kind
from curate.jobs.sft import complete_sft
from curate.leakage import BenchmarkRef, benchmark_files
from curate.models import FileEntry
from curate.runs import Request, code_sha256, file_sha256, json_sha256, listing_sha256
from curate.sources import InputFile, source_files
from curate.tables import share


@dataclass(frozen=True)
class Plan:
    """A run, resolved. `files` holds the input files by the name of their source."""

    command: Command
    recipe: CorpusRecipe
    files: Mapping[str, Sequence[InputFile]]
    decisions: Sequence[PlacedDecision]
    request: Request
    shown_command: str
    runner: Runner

    @property
    def stages(self) -> Sequence[Stage]:
        """Every stage of the run in order; a corpus begins with its intake, which no recipe names."""
        first = [Intake()] if self.command == "build-corpus" else []
        return [*first, *self.recipe.stages]


class Inputs(Sequence[FileEntry]):
    """The entries of input files and decisions, each made when it is asked for."""

    def __init__(
        self, files: Mapping[str, Sequence[InputFile]], decisions: Sequence[FileEntry]
    ) -> None:
        self._files = files
        self._decisions = decisions

    def __len__(self) -> int:
        return sum(map(len, self._files.values())) + len(self._decisions)

    def __iter__(self) -> Iterator[FileEntry]:
        for name, files in self._files.items():
            for file in files:
                yield FileEntry(path=f"{name}/{file.relative}", sha256=file.sha256)
        yield from self._decisions

    @overload
    def __getitem__(self, index: int) -> FileEntry: ...
    @overload
    def __getitem__(self, index: slice) -> list[FileEntry]: ...
    def __getitem__(self, index: int | slice) -> FileEntry | list[FileEntry]:
        """Returns entries near the start fast."""
        if isinstance(index, slice):
            return list(islice(self, *index.indices(len(self))))
        return next(islice(self, range(len(self))[index], None))


def make_plan(command: Command, paths: Sequence[str], options: Options) -> Plan:
    """Resolves recipe, sources, benchmarks and decisions.

    Raises:
        RecipeError: The recipe or a `--set` is wrong.
        UsageError: An option is wrong.
        InputError: A source cannot be read, or a decision line is wrong.
    """
    shipped = "corpus.yaml" if command == "build-corpus" else "audit.yaml"
    raw = read_recipe(options.recipe or share("pipelines", shipped))
    overlay(raw, paths, options)
    apply_settings(raw, parse_settings(options.settings))
    complete_sources(raw, command, options.columns)
    complete_sft(raw)
    recipe = validate_recipe(raw)
    _refuse_misuse(command, recipe, raw)
    files = {str(source.name): source_files(source) for source in recipe.sources}
    decisions = read_decisions(options.decisions)
    request = _request(command, paths, options, (recipe, files))
    shown = _shown(command, recipe, options)
    return Plan(command, recipe, files, decisions, request, shown, options.runner)


def _refuse_misuse(command: Command, recipe: CorpusRecipe, raw: RawRecipe) -> None:
    """Refuses a recipe of another kind, and an audit that drops rows before it gives its verdict."""
    wanted = "corpus/1" if command == "build-corpus" else "audit/1"
    refuse_kind(raw, command, wanted)
    if command != "build-corpus":
        for index, stage in enumerate(recipe.stages):
            if not isinstance(stage, Leakage) or stage.drop:
                raise RecipeError(
                    "an audit drops nothing: its one stage is {stage: leakage, drop: []}",
                    where=raw.where(["stages", index]),
                )


def _request(
    command: Command,
    paths: Sequence[str],
    options: Options,
    resolved: tuple[CorpusRecipe, Mapping[str, Sequence[InputFile]]],
) -> Request:
    recipe, files = resolved
    published = recipe.published()
    recipe_sha256 = json_sha256(published)
    inputs = Inputs(files, ())
    decisions = [
        FileEntry(path=f"decisions/{path.name}", sha256=file_sha256(path))
        for path in options.decisions
    ]
    decisions_sha256 = [entry.sha256 for entry in decisions]
    embedder = _embedder_state(recipe)
    identity = {
        "command": command,
        "recipe": recipe_sha256,
        "benchmarks": [benchmark_state(ref) for ref in recipe.benchmarks],
        "decisions": decisions_sha256,
        "inputs": listing_sha256((entry.path, entry.sha256) for entry in inputs),
        "code": code_sha256(),
        **embedder,
    }
    return Request(
        command=command,
        fingerprint=json_sha256(identity),
        arguments=_arguments(paths, options),
        resolved={
            "recipe": recipe.model_dump(mode="json"),
            "decisions_sha256": decisions_sha256,
            **embedder,
        },
        recipe_sha256=recipe_sha256,
        inputs=Inputs(files, decisions),
        seed=recipe.seed,
    )


def _embedder_state(recipe: CorpusRecipe) -> dict[str, Any]:
    """Returns what identifies the semantic pass's model; nothing where there is no such pass."""
    engine = recipe.leakage.semantic if recipe.leakage else None
    return {"embedder": engine.state()} if engine else {}


def benchmark_state(ref: BenchmarkRef) -> dict[str, Any]:
    """Returns what identifies a benchmark's files, readable or not."""
    try:
        state = {file.relative: file.sha256 for file in benchmark_files(ref)}
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
        "decisions": [str(path) for path in options.decisions],
        "set": list(options.settings),
        **options.runner.told(),
        "sft": options.sft,
        "join": [str(path) for path in options.join],
    }
    return {key: value for key, value in given.items() if value not in (None, [])}


def _without_folder(setting: str) -> str:
    """Returns a `--set` of a model's folder with its last part only; others as they are."""
    key, _, value = setting.partition("=")
    return f"{key}={Path(value).name}" if key.endswith(".semantic.model") else setting


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
    if options.sft:
        words += ["--sft", Path(options.sft).name]
    for path in options.decisions:
        words += ["--decisions", path.name]
    for setting in options.settings:
        words += ["--set", _without_folder(setting)]
    return shlex.join([*words, "--out", "RUN"])
