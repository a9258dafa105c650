"""From a command line to a plan of an evaluation: recipe, benchmarks, examples, all checked first."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from curate.errors import UsageError
from curate.evaluation.examples import EXAMPLES, examples_beside, examples_in
from curate.evaluation.recipe import EvaluationRecipe, Mode
from curate.jobs.evaluate_exams import Exam, read_exams
from curate.jobs.evaluate_recipe import EvaluateOptions, resolved_recipe
from curate.jobs.plan import benchmark_state
from curate.jobs.training_leaks import TrainingAudit, read_training_audit
from curate.leakage import Language
from curate.models import FileEntry
from curate.runs import Request, code_sha256, file_sha256, json_sha256
from curate.sampling import ChatTemplate, Sampling, TextTemplate


class Cell(NamedTuple):
    """One benchmark asked in one mode and language, once; `seed` is that of its samples."""

    exam: Exam
    mode: Mode
    template: TextTemplate | ChatTemplate
    language: Language
    repeat: int
    sampling: Sampling

    def told(self) -> dict[str, str | int]:
        """Returns the columns that tell its rows from those of other cells."""
        return {
            "benchmark": self.exam.ref.name,
            "mode": self.mode.mode,
            "language": self.language,
            "repeat": self.repeat,
        }

    def __str__(self) -> str:
        again = f", repeat {self.repeat}" if self.repeat else ""
        return f"{self.exam.ref.name}, {self.mode.mode}, {self.language}{again}"


@dataclass(frozen=True)
class EvaluationPlan:
    """A run of `evaluate`, resolved.

    `absent` says which combinations that were asked for there are not; `training` is the audit of what the
    model was trained on, if it is known.
    """

    recipe: EvaluationRecipe
    exams: Sequence[Exam]
    cells: Sequence[Cell]
    absent: Sequence[str]
    examples: Mapping[Language, pl.DataFrame]
    request: Request
    shown_command: str
    training: TrainingAudit | None = None


def evaluation_plan(options: EvaluateOptions) -> EvaluationPlan:
    """Resolves recipe, benchmarks and examples.

    Raises:
        RecipeError: The recipe or a `--set` is wrong.
        UsageError: An option is wrong, examples are lacking, or there is nothing to ask.
        InputError: A benchmark, an example, the corpus or the model cannot be read.
    """
    recipe = resolved_recipe(options)
    exams = read_exams(recipe)
    absent = [*_absent(recipe, exams)]
    cells = [*_cells(recipe, exams)]
    if not cells:
        raise UsageError(f"there is nothing to ask: {'; '.join(absent) or 'no item is wanted'}")
    path = _examples_file(recipe, cells)
    languages = dict.fromkeys(one.language for one in cells if one.template.shots.count)
    examples = {one: examples_in(path, one) for one in languages} if path else {}
    training = read_training_audit(options.corpus) if options.corpus else None
    request = _request(options, recipe, path, training)
    shown = _shown(options, recipe)
    return EvaluationPlan(recipe, exams, cells, absent, examples, request, shown, training)


def _cells(recipe: EvaluationRecipe, exams: Sequence[Exam]) -> Iterator[Cell]:
    for exam in exams:
        for mode in recipe.modes:
            for language in recipe.languages:
                template = mode.template(language)
                if template is None or language not in exam.items or not exam.wanted:
                    continue
                shown = template.model_copy(update={"images": "keep"})
                for repeat in range(recipe.repeats):
                    sampling = _sampling(recipe, mode, template.stop, repeat)
                    yield Cell(exam, mode, shown, language, repeat, sampling)


def _sampling(recipe: EvaluationRecipe, mode: Mode, stop: tuple[str, ...], repeat: int) -> Sampling:
    own = recipe.sampling
    tokens = mode.max_tokens or own.max_tokens
    change = {"seed": own.seed + repeat, "max_tokens": tokens}
    return own.model_copy(update=change).stopping_at(stop)


def _absent(recipe: EvaluationRecipe, exams: Sequence[Exam]) -> Iterator[str]:
    for language in recipe.languages:
        for exam in exams:
            if language not in exam.items:
                yield f"{exam.ref.name} has no items in {language}"
        for mode in recipe.modes:
            if mode.template(language) is None:
                yield f"the mode {mode.mode} has no template in {language}"
    for exam in exams:
        if not exam.wanted:
            yield f"{exam.ref.name} has no item of the sections asked for"


def _examples_file(recipe: EvaluationRecipe, cells: Sequence[Cell]) -> Path | None:
    """Returns the file of few-shot examples; None where no mode shows any."""
    showing = next((one for one in cells if one.template.shots.count), None)
    if showing is None:
        return None
    if recipe.examples:
        return Path(recipe.examples)
    beside = (examples_beside(Path(one.path)) for one in recipe.benchmarks)
    found = next(filter(None, beside), None)
    if found is None:
        raise UsageError(
            f"the mode {showing.mode.mode} shows {showing.template.shots.count} examples, and none are given",
            hint=f"Give --examples FILE, such as IgakuQA's {EXAMPLES[0]}, or a mode without: cot, alpaca.",
        )
    return found


def _request(
    options: EvaluateOptions,
    recipe: EvaluationRecipe,
    examples: Path | None,
    training: TrainingAudit | None,
) -> Request:
    published = recipe.published()
    files = [examples] if examples else []
    entries = [FileEntry(path=f"examples/{one.name}", sha256=file_sha256(one)) for one in files]
    corpus = training.files if training else ()
    engine = recipe.engine.state()
    benchmarks = [benchmark_state(ref) for ref in recipe.benchmarks]
    inputs = [
        FileEntry(path=f"{one['name']}/{path}", sha256=sha256)
        for one in benchmarks
        for path, sha256 in one["files"].items()
    ]
    identity = {
        "command": "evaluate",
        "recipe": json_sha256(published),
        "engine": engine,
        "examples": [entry.sha256 for entry in entries],
        "benchmarks": benchmarks,
        "corpus": [entry.sha256 for entry in corpus],
        "code": code_sha256(),
    }
    return Request(
        command="evaluate",
        fingerprint=json_sha256(identity),
        arguments=_arguments(options),
        resolved={"recipe": recipe.model_dump(mode="json"), "engine": engine},
        recipe_sha256=json_sha256(published),
        inputs=[*inputs, *entries, *corpus],
        seed=recipe.seed,
    )


def _arguments(options: EvaluateOptions) -> dict[str, Any]:
    asked = {name: str(value) for name, value in vars(options.asked).items() if value is not None}
    given = {
        **vars(options),
        **asked,
        "asked": None,
        "recipe": str(options.recipe) if options.recipe else None,
        "examples": str(options.examples) if options.examples else None,
        "corpus": str(options.corpus) if options.corpus else None,
    }
    plain = {name: [*v] if isinstance(v, list | tuple) else v for name, v in given.items()}
    return {name: value for name, value in plain.items() if value not in (None, [])}


def _shown(options: EvaluateOptions, recipe: EvaluationRecipe) -> str:
    """Returns the command that gives the same again, with paths by their last part."""
    asked = options.asked
    years = options.years
    words = ["curate", "evaluate"]
    paths = (
        ("--recipe", options.recipe),
        ("--model", Path(asked.model) if asked.model else None),
        ("--adapter", asked.adapter),
        ("--responses", asked.responses),
        ("--tokenizer", asked.tokenizer),
        ("--examples", options.examples),
        ("--corpus", options.corpus),
    )
    plain = (
        ("--engine", asked.engine),
        ("--url", asked.url),
        ("--mode", ",".join(Path(one).name for one in options.modes) or None),
        ("--language", ",".join(options.languages) or None),
        ("--vignettes", options.vignettes),
        ("--method", options.method),
        ("--repeats", options.repeats),
        ("--sections", ",".join(options.sections) or None),
        ("--years", "-".join(map(str, years)) if years else None),
        ("--limit", options.limit),
        ("--seed", options.seed),
    )
    for name, value in (*((name, path.name if path else None) for name, path in paths), *plain):
        words += [] if value is None else [name, str(value)]
    for ref in recipe.benchmarks:
        words += ["--benchmark", f"{ref.name}={Path(ref.path).name}"]
    for setting in options.settings:
        words += ["--set", setting]
    return shlex.join([*words, "--out", "RUN"])
