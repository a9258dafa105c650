"""From a command line to a plan of pairs: recipe, corpus, benchmarks and decisions, all checked first."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from curate.corpus.runner import Runner
from curate.corpus.stages import Leakage
from curate.errors import UsageError
from curate.grading.recipe import PairsRecipe
from curate.jobs.decisions import PlacedDecision, read_decisions
from curate.jobs.pairs_corpus import Corpus, checked_benchmarks, read_corpus
from curate.jobs.pairs_human import read_human_accuracy
from curate.jobs.pairs_recipe import PairsOptions, resolved_recipe
from curate.jobs.plan import benchmark_state
from curate.models import FileEntry
from curate.runs import Request, code_sha256, file_sha256, json_sha256
from curate.sampling import ChatTemplate, OpenAI, Recorded


@dataclass(frozen=True)
class PairsPlan:
    """A run of `make-pairs`, resolved. `leakage` is the stage that looks through prompts and samples.

    `human` is how many people answer a question right, for the report.
    """

    recipe: PairsRecipe
    corpus: Corpus
    leakage: Leakage
    decisions: Sequence[PlacedDecision]
    request: Request
    shown_command: str
    runner: Runner
    human: pl.DataFrame | None = None

    @property
    def audited(self) -> bool:
        """Whether the corpus has a passing audit of exactly its content."""
        return self.corpus.gap is None


def make_pairs_plan(options: PairsOptions) -> PairsPlan:
    """Resolves recipe, corpus and benchmarks.

    Raises:
        RecipeError: The recipe or a `--set` is wrong.
        UsageError: An option is wrong, or a benchmark of the corpus' audit is not given.
        InputError: The corpus, the model or a decision line cannot be read.
        GateError: The corpus has no passing audit, or a benchmark is another one.
    """
    recipe = resolved_recipe(options)
    human = read_human_accuracy(options.human)
    _refuse_unknown_tokenizer(recipe)
    corpus = read_corpus(options.corpus)
    if not options.unaudited:
        corpus.refuse_unaudited()
    refs = checked_benchmarks(corpus, recipe.benchmarks)
    recipe = recipe.model_copy(update={"benchmarks": refs})
    leakage = recipe.leakage or corpus.leakage()
    decisions = read_decisions(options.decisions)
    request = _request(options, recipe, corpus, leakage)
    shown = _shown(options, recipe)
    return PairsPlan(recipe, corpus, leakage, decisions, request, shown, options.runner, human)


def _refuse_unknown_tokenizer(recipe: PairsRecipe) -> None:
    """Refuses a chat that nobody can write out: a plain prompt is what the tokenizer makes of its turns."""
    engine = recipe.engine
    known = recipe.tokenizer or (engine.tokenizer if isinstance(engine, OpenAI) else None)
    if (
        isinstance(recipe.template, ChatTemplate)
        and isinstance(engine, OpenAI | Recorded)
        and not known
    ):
        raise UsageError(
            f"the template {recipe.template.name!r} is a chat, and the model's tokenizer is not known",
            hint="Give its folder with --tokenizer, or choose a template of texts.",
        )


def _request(
    options: PairsOptions, recipe: PairsRecipe, corpus: Corpus, leakage: Leakage
) -> Request:
    published = recipe.published()
    decisions = _entries("decisions", options.decisions)
    human = _entries("human", options.human)
    identity = {
        "command": "make-pairs",
        "recipe": json_sha256(published),
        "engine": recipe.engine.state(),
        "examples": file_sha256(Path(recipe.examples)) if recipe.examples else None,
        "corpus": corpus.content_sha256,
        "audit": corpus.audit.model_dump(mode="json") if corpus.audit else None,
        "unaudited": corpus.gap,
        "leakage": leakage.model_dump(mode="json"),
        "benchmarks": [benchmark_state(ref) for ref in recipe.benchmarks],
        "decisions": [entry.sha256 for entry in decisions],
        "human": [entry.sha256 for entry in human],
        "code": code_sha256(),
    }
    kept = FileEntry(
        path=f"corpus/{corpus.kept.name}",
        sha256=file_sha256(corpus.kept),
        content_sha256=corpus.content_sha256,
    )
    return Request(
        command="make-pairs",
        fingerprint=json_sha256(identity),
        arguments=_arguments(options),
        resolved={
            "recipe": recipe.model_dump(mode="json"),
            "leakage": leakage.model_dump(mode="json"),
            "engine": identity["engine"],
            "corpus_sha256": corpus.content_sha256,
            "unaudited": corpus.gap,
            "decisions_sha256": identity["decisions"],
        },
        recipe_sha256=json_sha256(published),
        inputs=[kept, *decisions, *human],
        seed=recipe.seed,
    )


def _entries(kind: str, paths: Sequence[Path]) -> list[FileEntry]:
    return [FileEntry(path=f"{kind}/{path.name}", sha256=file_sha256(path)) for path in paths]


def _arguments(options: PairsOptions) -> dict[str, Any]:
    given = {
        "corpus": str(options.corpus),
        "recipe": str(options.recipe) if options.recipe else None,
        **{
            name: value if name == "n" else str(value)
            for name, value in vars(options.asked).items()
            if value is not None
        },
        "template": options.template,
        "examples": str(options.examples) if options.examples else None,
        "max_bad": options.max_bad,
        "benchmarks": [*options.benchmarks],
        "decisions": [str(path) for path in options.decisions],
        "human": [str(path) for path in options.human],
        "seed": options.seed,
        "set": [*options.settings],
        **options.runner.told(),
        "unaudited": options.unaudited or None,
    }
    return {key: value for key, value in given.items() if value not in (None, [])}


def _shown(options: PairsOptions, recipe: PairsRecipe) -> str:
    """Returns the command that gives the same bytes again, with paths by their last part."""
    words = ["curate", "make-pairs", "--corpus", "CORPUS"]
    asked = options.asked
    paths = (
        ("--recipe", options.recipe),
        ("--responses", asked.responses),
        ("--examples", options.examples),
        ("--tokenizer", asked.tokenizer),
        ("--adapter", asked.adapter),
        ("--model", Path(asked.model) if asked.model else None),
    )
    plain = (
        ("--engine", asked.engine),
        ("--url", asked.url),
        ("--template", Path(options.template).name if options.template else None),
        ("--n", asked.n),
        ("--max-bad", options.max_bad),
        ("--seed", options.seed),
    )
    for name, value in (*((name, path.name if path else None) for name, path in paths), *plain):
        words += [] if value is None else [name, str(value)]
    for ref in recipe.benchmarks:
        words += ["--benchmark", f"{ref.name}={Path(ref.path).name}"]
    for path in options.decisions:
        words += ["--decisions", path.name]
    for path in options.human:
        words += ["--human", path.name]
    for setting in options.settings:
        words += ["--set", setting]
    words += ["--unaudited"] if options.unaudited else []
    return shlex.join([*words, "--out", "RUN"])
