"""Loads what is trained: base, quantisation, adapter; from safetensors, and no code of theirs runs."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from curate.errors import InputError, RecipeError
from curate.training.devices import Place, launched_to_spread
from curate.training.extras import installed
from curate.training.keys import config_class, typed
from curate.training.recipe import TrainRecipe

_QUIET = {"report_to": "none"}


def load_model(recipe: TrainRecipe, folder: Path, adapter: Path | None, place: Place) -> Any:
    """Returns the model that training starts from, an adapter that is kept on top of it.

    What an adapter was merged into is loaded as the merge left it: quantised again, or not any more.

    Raises:
        InputError: It cannot be loaded, or the adapter is of another base.
    """
    transformers = installed("transformers")
    keys: dict[str, Any] = {
        "dtype": recipe.model.dtype,
        "use_safetensors": True,
        "local_files_only": True,
        "trust_remote_code": False,
    }
    if recipe.model.attn_implementation:
        keys["attn_implementation"] = recipe.model.attn_implementation
    quantised = None if recipe.merges_first else quantization_of(recipe)
    if quantised is not None:
        keys["quantization_config"] = quantised
        if not launched_to_spread():
            keys["device_map"] = {"": "cpu" if place.kind == "cpu" else place.local_rank}
    try:
        model = transformers.AutoModelForCausalLM.from_pretrained(str(folder), **keys)
    except (OSError, ValueError, KeyError) as exc:
        raise InputError(
            f"the model cannot be loaded: {_first_line(exc)}", where=str(folder)
        ) from exc
    model = with_adapter(model, adapter) if adapter else model
    return (
        model.train()
    )  # on a CPU, bitsandbytes packs its weights for inference alone when it first infers


def with_adapter(model: Any, adapter: Path) -> Any:
    """Returns the model with an adapter that can be trained.

    Raises:
        InputError: The adapter does not fit on the model.
    """
    peft = installed("peft")
    try:
        return peft.PeftModel.from_pretrained(model, str(adapter), is_trainable=True)
    except (RuntimeError, ValueError, KeyError, OSError) as exc:
        raise InputError(
            f"the adapter does not fit on this base model: {_first_line(exc)}",
            where=str(adapter),
            hint="Give the base that it was trained on with --model.",
        ) from exc


def quantization_of(recipe: TrainRecipe) -> Any:
    """Returns transformers' BitsAndBytesConfig of a recipe; None without quantisation.

    Raises:
        RecipeError: A value of it is wrong.
    """
    if recipe.quantization is None:
        return None
    installed("bitsandbytes")
    return _built(installed("transformers").BitsAndBytesConfig, recipe.quantization, "quantization")


def lora_of(recipe: TrainRecipe) -> Any:
    """Returns PEFT's LoraConfig for a new adapter; None where none is made.

    Raises:
        RecipeError: A value of it is wrong.
    """
    if recipe.lora is None or recipe.keeps_adapter:
        return None
    return _built(installed("peft").LoraConfig, {**recipe.lora, "task_type": "CAUSAL_LM"}, "lora")


def config_of(recipe: TrainRecipe, folder: Path, place: Place) -> Any:
    """Returns TRL's configuration of a recipe, with checkpoints in `folder`.

    Raises:
        RecipeError: A value of it is wrong.
    """
    keys = {
        **_QUIET,
        **recipe.trainer,
        "output_dir": str(folder),
        "seed": recipe.seed,
        "data_seed": recipe.seed,
        "disable_tqdm": True,
        "logging_nan_inf_filter": False,
        "use_cpu": place.kind == "cpu",
    }
    if place.kind == "cpu":
        keys.setdefault("bf16", False)
        keys.setdefault("dataloader_pin_memory", False)
    if recipe.stage.prefers:
        keys["loss_type"] = ["sigmoid"]
    else:
        keys["dataset_text_field"] = "rendered"
    return _built(config_class(recipe.stage), keys, "trainer")


def _built(kind: Any, keys: Mapping[str, Any], section: str) -> Any:
    try:
        return kind(**(typed(kind, keys) if section != "quantization" else keys))
    except (ValueError, TypeError, NotImplementedError, AttributeError) as exc:
        raise RecipeError(f"{section}: {_first_line(exc)}", where=section) from exc


def _first_line(exc: BaseException) -> str:
    return str(exc).strip().partition("\n")[0]
