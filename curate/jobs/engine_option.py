"""Lays an engine and a prompt template over a recipe: what is asked, in which words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curate.corpus.recipes import RawRecipe
from curate.errors import RecipeError, UsageError, did_you_mean
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


def lay(raw: RawRecipe, path: tuple[str, ...], value: Any) -> None:
    """Lays a value of the command line over the recipe, unless it is None."""
    if value is None:
        return
    target = raw.data
    for key in path[:-1]:
        target = target.setdefault(key, {})
        if not isinstance(target, dict):
            return
    target[path[-1]] = value
    raw.overlaid.add(path)


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


def stay_inside(raw: RawRecipe) -> None:
    """Keeps the paths that a recipe names in the recipe's folder: a recipe may be anybody's.

    Raises:
        RecipeError: One leads out of it.
    """
    folder = raw.path.parent.resolve()
    holders = [(raw.data, key) for key in ("examples", "tokenizer")]
    engine = raw.data.get("engine")
    if isinstance(engine, dict):
        holders += [(engine, key) for key in _ENGINE_PATHS]
    for holder, key in holders:
        value = holder.get(key)
        if not isinstance(value, str):
            continue
        whole = (folder / value).resolve()
        is_name = key == "model" and not whole.exists() and not value.startswith(("/", "."))
        if is_name:
            continue
        if not whole.is_relative_to(folder):
            raise RecipeError(
                f"the path {value!r} leads out of the recipe's folder",
                where=raw.where(["engine", key] if holder is engine else [key]),
                hint=f"Give it on the command line, as --{key}.",
            )
        holder[key] = str(whole)


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
