"""Lays the command line over a recipe of an evaluation, and puts the modes' templates in, whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from curate.corpus.recipes import RawRecipe, apply_settings, read_recipe, validated
from curate.errors import UsageError, did_you_mean
from curate.evaluation.recipe import EvaluationRecipe
from curate.jobs.engine_option import Asked, lay_engine, paths_stay_inside, template_file
from curate.jobs.overlay import overlay_benchmarks, parse_settings
from curate.jobs.recipe_paths import lay, refuse_kind
from curate.sampling import prompt_templates, read_template
from curate.tables import share

MODES = {"direct": "igakuqa", "explained": "paper", "explained_ja": "explained"}
"""The modes that are called otherwise than their template."""
_LIKELIHOOD = "mcqa"
_ENGLISH = "_en"


@dataclass(frozen=True)
class EvaluateOptions:
    """What the command line of `evaluate` says; None or empty where it says nothing."""

    recipe: Path | None = None
    asked: Asked = field(default_factory=Asked)
    benchmarks: Sequence[str] = ()
    modes: Sequence[str] = ()
    languages: Sequence[str] = ()
    vignettes: str | None = None
    method: str | None = None
    repeats: int | None = None
    sections: Sequence[str] = ()
    years: tuple[int, int] | None = None
    limit: int | None = None
    examples: Path | None = None
    corpus: Path | None = None
    seed: int | None = None
    settings: Sequence[str] = ()


def resolved_recipe(options: EvaluateOptions) -> EvaluationRecipe:
    """Returns the recipe with the command line laid over it.

    Raises:
        RecipeError: The recipe or a `--set` is wrong.
        UsageError: An option is wrong, or no benchmark is given.
    """
    raw = read_recipe(options.recipe or share("pipelines", "evaluate.yaml"))
    refuse_kind(raw, "evaluate", "evaluation/1")
    paths_stay_inside(raw)
    for key in ("vignettes", "method", "repeats", "limit", "seed"):
        lay(raw, (key,), getattr(options, key))
    for key in ("modes", "languages", "sections"):
        lay(raw, (key,), [*getattr(options, key)] or None)
    lay(raw, ("examples",), str(options.examples.absolute()) if options.examples else None)
    lay_engine(raw, options.asked)
    tokenizer = options.asked.tokenizer
    lay(raw, ("engine", "tokenizer"), str(tokenizer.absolute()) if tokenizer else None)
    overlay_benchmarks(raw, options.benchmarks, options.years)
    if not raw.data.get("benchmarks"):
        raise UsageError("no benchmark is given", hint="For example --benchmark igakuqa=PATH.")
    apply_settings(raw, parse_settings(options.settings))
    if raw.data.get("method") == "loglikelihood" and not (options.modes or options.recipe):
        lay(raw, ("modes",), [_LIKELIHOOD])
    _put_modes(raw)
    _seed(raw)
    return validated(raw, EvaluationRecipe)


def _put_modes(raw: RawRecipe) -> None:
    """Puts whole templates in the place of names."""
    modes = raw.data.get("modes")
    if isinstance(modes, list):
        raw.data["modes"] = [_mode(raw, one, at) for at, one in enumerate(modes)]


def _mode(raw: RawRecipe, given: Any, at: int) -> Any:
    entry = {"mode": given} if isinstance(given, str) else given
    if not isinstance(entry, dict) or not isinstance(entry.get("mode"), str):
        return given
    if not entry.keys() & {"ja", "en"}:
        return {**entry, **_named(raw, entry["mode"], at)}
    texts = {key: entry[key] for key in ("ja", "en") if isinstance(entry.get(key), str)}
    files = {key: template_file(raw, name, ["modes", at, key]) for key, name in texts.items()}
    return {**entry, **{key: _read(path) for key, path in files.items()}}


def _named(raw: RawRecipe, name: str, at: int) -> Mapping[str, Any]:
    """Returns the mode of a name: one of ours, a shipped template, or a file."""
    shipped = prompt_templates()
    stem = MODES.get(name, name)
    if stem in shipped:
        both = {"ja": shipped[stem], "en": shipped.get(stem + _ENGLISH, shipped[stem])}
        own = {"ja": shipped[stem]} if name in MODES and stem == "explained" else both
        return {"mode": name, **{key: _read(path) for key, path in own.items()}}
    known = [*MODES, *shipped]
    given = ("modes",) in raw.overlaid
    folder = Path() if given else raw.path.parent
    if not (folder / name).is_file():
        raise UsageError(
            f"no mode {name!r}.{did_you_mean(name, known)}",
            where="" if given else raw.where(["modes", at]),
            hint=f"There are: {', '.join(dict.fromkeys(known))}; or give a template of your own.",
        )
    told = _read(template_file(raw, name, ["modes", at], "--mode" if given else None))
    return {"mode": told["name"], "ja": told, "en": told}


def _read(path: Path) -> dict[str, Any]:
    return read_template(path).model_dump(mode="json", exclude_unset=True)


def _seed(raw: RawRecipe) -> None:
    """Gives sampling the recipe's seed, unless it names one of its own."""
    sampling = raw.data.setdefault("sampling", {})
    if isinstance(sampling, dict):
        sampling.setdefault("seed", raw.data.get("seed", 0))
