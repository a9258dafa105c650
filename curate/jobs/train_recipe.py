"""Lays the command line over a recipe of a training."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from curate.corpus.recipes import RawRecipe, apply_settings, read_recipe, validated
from curate.errors import RecipeError
from curate.jobs.overlay import parse_settings
from curate.jobs.recipe_paths import lay, refuse_kind, stay_inside
from curate.training import Stage, TrainRecipe
from curate.training.keys import wrong_keys

KIND = "train/1"


@dataclass(frozen=True)
class TrainOptions:
    """What the command line of `train` says; None or empty where it says nothing."""

    stage: Stage
    recipe: Path
    data: Path
    model: str | None = None
    adapter: Path | None = None
    seed: int | None = None
    settings: Sequence[str] = ()
    unaudited: bool = False
    resume: bool = False


def resolved_recipe(options: TrainOptions) -> TrainRecipe:
    """Returns the recipe with the command line laid over it, every key of it known.

    Raises:
        RecipeError: The recipe or a `--set` is wrong, or it is of another stage.
        SetupError: A library whose keys it has is not installed.
    """
    raw = read_recipe(options.recipe)
    refuse_kind(raw, "train", KIND)
    _stay_inside(raw)
    lay(raw, ("seed",), options.seed)
    lay(raw, ("model", "name"), options.model)
    lay(raw, ("model", "adapter"), str(options.adapter.absolute()) if options.adapter else None)
    apply_settings(raw, parse_settings(options.settings))
    recipe = validated(raw, TrainRecipe)
    if recipe.stage is not options.stage:
        raise RecipeError(
            f"the recipe is of the stage {recipe.stage.value}, and {options.stage.value} was asked for",
            where=raw.where(["stage"]),
            hint=f"curate train {recipe.stage.value} --recipe {options.recipe}",
        )
    for wrong in wrong_keys(recipe):
        raise RecipeError(wrong.message, where=raw.where(wrong.place))
    return recipe


def _stay_inside(raw: RawRecipe) -> None:
    model = raw.data.get("model")
    if isinstance(model, dict):
        stay_inside(raw, model, ("model", "name"), "--model", may_be_name=True)
        stay_inside(raw, model, ("model", "adapter"), "--adapter")
    trainer = raw.data.get("trainer")
    if isinstance(trainer, dict):
        for key in ("deepspeed", "fsdp_config", "accelerator_config"):
            stay_inside(raw, trainer, ("trainer", key), f"--set trainer.{key}")
