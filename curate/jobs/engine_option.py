"""Lays an engine and a prompt template over a recipe: what is asked, in which words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curate.corpus.recipes import RawRecipe
from curate.errors import RecipeError, UsageError, did_you_mean
from curate.jobs.recipe_paths import lay, stay_inside
from curate.sampling import prompt_templates

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


def lay_engine(raw: RawRecipe, asked: Asked) -> None:
    """Names the engine: by `--engine`, by what only one engine takes, or as the recipe does.

    Raises:
        UsageError: None is named, there is no such engine, or it lacks what it needs.
    """
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


def paths_stay_inside(raw: RawRecipe) -> None:
    """Keeps the paths that a recipe names in the recipe's folder: a recipe may be anybody's.

    Raises:
        RecipeError: One leads out of it.
    """
    for key in ("examples", "tokenizer"):
        stay_inside(raw, raw.data, (key,), f"--{key}")
    engine = raw.data.get("engine")
    if isinstance(engine, dict):
        for key in _ENGINE_PATHS:
            is_model = key == "model"
            stay_inside(raw, engine, ("engine", key), f"--{key}", may_be_name=is_model)


def template_file(
    raw: RawRecipe, named: str, place: Sequence[str | int], option: str | None = None
) -> Path:
    """Returns the file of a prompt template: a shipped one, or one beside the recipe.

    With `option` it was named on the command line, and any file will do.

    Raises:
        RecipeError: There is no such template, or it lies outside the recipe's folder.
    """
    shipped = prompt_templates()
    folder = Path() if option else raw.path.parent
    path = shipped.get(named, folder / named)
    if not path.is_file():
        raise RecipeError(
            f"no prompt template {named!r}.{did_you_mean(named, list(shipped))}",
            where=raw.where(place),
            hint=f"There are: {', '.join(shipped)}; or give a file of your own.",
        )
    if not option and named not in shipped and not path.resolve().is_relative_to(folder.resolve()):
        raise RecipeError(
            f"the path {named!r} leads out of the recipe's folder",
            where=raw.where(place),
            hint="Give it on the command line, as --template.",
        )
    return path
