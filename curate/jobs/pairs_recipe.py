"""Lays the command line over a recipe of pairs, and puts its template in, whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curate.corpus.recipes import RawRecipe, apply_settings, read_recipe, validated
from curate.errors import RecipeError, UsageError, did_you_mean
from curate.grading.recipe import PairsRecipe
from curate.jobs.overlay import overlay_benchmarks, parse_settings
from curate.jobs.recipe_paths import lay, stay_inside
from curate.sampling import prompt_templates, read_template
from curate.tables import share

ENGINES = ("vllm", "openai", "transformers", "recorded")
_ENGINE_PATHS = ("model", "adapter", "tokenizer", "responses")


@dataclass(frozen=True)
class Asked:
    """Who is asked: an engine, what it wants, and how many samples of it."""

    engine: str | None = None
    model: str | None = None
    adapter: Path | None = None
    url: str | None = None
    responses: Path | None = None
    tokenizer: Path | None = None
    n: int | None = None


@dataclass(frozen=True)
class PairsOptions:
    """What the command line of `make-pairs` says; None or empty where it says nothing."""

    corpus: Path
    recipe: Path | None = None
    asked: Asked = Asked()
    template: str | None = None
    examples: Path | None = None
    max_bad: int | None = None
    benchmarks: Sequence[str] = ()
    decisions: Sequence[Path] = ()
    seed: int | None = None
    settings: Sequence[str] = ()
    workers: int | None = None
    human: Sequence[Path] = ()
    unaudited: bool = False


def resolved_recipe(options: PairsOptions) -> PairsRecipe:
    """Returns the recipe with the command line laid over it.

    Raises:
        RecipeError: The recipe or a `--set` is wrong.
        UsageError: An option is wrong, or no engine is named.
    """
    raw = read_recipe(options.recipe or share("pipelines", "pairs.yaml"))
    if raw.data.get("recipe") != "pairs/1":
        raise RecipeError(
            f"`curate make-pairs` wants a recipe of kind pairs/1, found {raw.data.get('recipe')}",
            where=raw.where(["recipe"]),
        )
    _stay_inside(raw)
    for key in ("seed", "max_bad", "template"):
        lay(raw, (key,), getattr(options, key))
    for key, path in (("examples", options.examples), ("tokenizer", options.asked.tokenizer)):
        lay(raw, (key,), str(path.absolute()) if path else None)
    lay(raw, ("sampling", "n"), options.asked.n)
    _lay_engine(raw, options.asked)
    overlay_benchmarks(raw, options.benchmarks)
    settings = parse_settings(options.settings)
    lay(raw, ("template",), settings.pop("template", None))
    _put_template(raw)
    apply_settings(raw, settings)
    _seed_all(raw)
    return validated(raw, PairsRecipe)


def _lay_engine(raw: RawRecipe, asked: Asked) -> None:
    """Names the engine: by `--engine`, by what only one engine takes, or as the recipe does."""
    old = raw.data.get("engine") or {}
    if not isinstance(old, dict):
        return
    told = asked.engine or ("recorded" if asked.responses else old.get("engine"))
    if told is None:
        raise UsageError(
            "no engine is named",
            hint="Give --engine vllm --model M, or --engine recorded --responses FILE.",
        )
    if told not in ENGINES:
        raise UsageError(
            f"no engine {told!r}.{did_you_mean(str(told), ENGINES)}",
            hint=f"There are: {', '.join(ENGINES)}.",
        )
    engine = dict(old) if old.get("engine") in (None, told) else {}
    engine["engine"] = told
    raw.data["engine"] = engine
    for key, word in (("model", asked.model), ("url", asked.url)):
        lay(raw, ("engine", key), word)
    for key, path in (("adapter", asked.adapter), ("responses", asked.responses)):
        lay(raw, ("engine", key), str(path.absolute()) if path else None)
    _refuse_lacking(engine)


def _refuse_lacking(engine: Mapping[str, Any]) -> None:
    wants = {"recorded": ("responses",), "openai": ("url", "model")}
    for key in wants.get(str(engine["engine"]), ("model",)):
        if key not in engine:
            raise UsageError(f"the engine {engine['engine']} needs --{key}")


def _stay_inside(raw: RawRecipe) -> None:
    """Keeps the paths that a recipe names in the recipe's folder: a recipe may be anybody's."""
    for key in ("examples", "tokenizer"):
        stay_inside(raw, raw.data, (key,), f"--{key}")
    engine = raw.data.get("engine")
    if isinstance(engine, dict):
        for key in _ENGINE_PATHS:
            is_model = key == "model"
            stay_inside(raw, engine, ("engine", key), f"--{key}", may_be_name=is_model)


def _put_template(raw: RawRecipe) -> None:
    named = raw.data.get("template")
    if not isinstance(named, str):
        return
    shipped = prompt_templates()
    given = ("template",) in raw.overlaid
    folder = Path() if given else raw.path.parent
    path = shipped.get(named, folder / named)
    if not path.is_file():
        raise RecipeError(
            f"no prompt template {named!r}.{did_you_mean(named, list(shipped))}",
            where=raw.where(["template"]),
            hint=f"There are: {', '.join(shipped)}; or give a file of your own.",
        )
    if not given and named not in shipped and not path.resolve().is_relative_to(folder.resolve()):
        raise RecipeError(
            f"the path {named!r} leads out of the recipe's folder",
            where=raw.where(["template"]),
            hint="Give it on the command line, as --template.",
        )
    raw.data["template"] = read_template(path).model_dump(mode="json", exclude_unset=True)


def _seed_all(raw: RawRecipe) -> None:
    """Gives what draws, and names no seed of its own, the recipe's seed."""
    seed = raw.data.get("seed", 0)
    template = raw.data.get("template")
    for holder, key in ((raw.data, "sampling"), (template, "shots")):
        if isinstance(holder, dict) and isinstance(holder.setdefault(key, {}), dict):
            holder[key].setdefault("seed", seed)
