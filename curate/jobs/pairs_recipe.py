"""Lays the command line over a recipe of pairs, and puts its template in, whole."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from curate.corpus.recipes import RawRecipe, apply_settings, read_recipe, validated
from curate.corpus.runner import Runner
from curate.grading.recipe import PairsRecipe
from curate.jobs.engine_option import Asked, lay_engine, paths_stay_inside, template_file
from curate.jobs.overlay import overlay_benchmarks, parse_settings
from curate.jobs.recipe_paths import lay, refuse_kind
from curate.sampling import read_template
from curate.tables import share

__all__ = ["Asked", "PairsOptions", "Runner", "resolved_recipe"]


@dataclass(frozen=True)
class PairsOptions:
    """What the command line of `make-pairs` says; None or empty where it says nothing."""

    corpus: Path
    recipe: Path | None = None
    asked: Asked = field(default_factory=Asked)
    template: str | None = None
    examples: Path | None = None
    max_bad: int | None = None
    benchmarks: Sequence[str] = ()
    decisions: Sequence[Path] = ()
    seed: int | None = None
    settings: Sequence[str] = ()
    runner: Runner = field(default_factory=Runner)
    human: Sequence[Path] = ()
    unaudited: bool = False


def resolved_recipe(options: PairsOptions) -> PairsRecipe:
    """Returns the recipe with the command line laid over it.

    Raises:
        RecipeError: The recipe or a `--set` is wrong.
        UsageError: An option is wrong, or no engine is named.
    """
    raw = read_recipe(options.recipe or share("pipelines", "pairs.yaml"))
    refuse_kind(raw, "make-pairs", "pairs/1")
    paths_stay_inside(raw)
    for key in ("seed", "max_bad", "template"):
        lay(raw, (key,), getattr(options, key))
    for key, path in (("examples", options.examples), ("tokenizer", options.asked.tokenizer)):
        lay(raw, (key,), str(path.absolute()) if path else None)
    lay(raw, ("sampling", "n"), options.asked.n)
    lay_engine(raw, options.asked)
    overlay_benchmarks(raw, options.benchmarks)
    settings = parse_settings(options.settings)
    lay(raw, ("template",), settings.pop("template", None))
    _put_template(raw)
    apply_settings(raw, settings)
    _seed_all(raw)
    return validated(raw, PairsRecipe)


def _put_template(raw: RawRecipe) -> None:
    named = raw.data.get("template")
    if isinstance(named, str):
        given = ("template",) in raw.overlaid
        path = template_file(raw, named, ["template"], "--template" if given else None)
        raw.data["template"] = read_template(path).model_dump(mode="json", exclude_unset=True)


def _seed_all(raw: RawRecipe) -> None:
    """Gives what draws, and names no seed of its own, the recipe's seed."""
    seed = raw.data.get("seed", 0)
    template = raw.data.get("template")
    for holder, key in ((raw.data, "sampling"), (template, "shots")):
        if isinstance(holder, dict) and isinstance(holder.setdefault(key, {}), dict):
            holder[key].setdefault("seed", seed)
