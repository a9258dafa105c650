"""Keys that a recipe hands on to TRL, PEFT and bitsandbytes: known to their classes, and not ours to say."""

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import fields
from functools import cache
from types import NoneType
from typing import Any, NamedTuple, get_args, get_type_hints

from pydantic import ConfigDict, TypeAdapter, ValidationError

from curate.errors import did_you_mean
from curate.training.extras import installed
from curate.training.recipe import Stage, TrainRecipe

Place = tuple[str, ...]


class WrongKey(NamedTuple):
    """A key that cannot stand in a recipe, and why."""

    place: Place
    message: str


_PLAIN = frozenset({bool, int, float, str, NoneType})
_ELSEWHERE = "is said elsewhere in a recipe: "
_LOSS = "would change the loss: the stage says which one it is"
_HUB = "would publish what no gate has passed; use `curate publish`"
OURS: Mapping[str, Mapping[str, str]] = {
    "trainer": {
        **dict.fromkeys(("seed", "data_seed"), f"{_ELSEWHERE}seed"),
        **dict.fromkeys(("model_init_kwargs",), f"{_ELSEWHERE}model"),
        **dict.fromkeys(("output_dir", "run_name"), f"{_ELSEWHERE}--out and name"),
        **dict.fromkeys(("use_cpu",), f"{_ELSEWHERE}devices.kind"),
        **dict.fromkeys(
            (
                "loss_type",
                "loss_weights",
                "ld_alpha",
                "f_divergence_type",
                "f_alpha_divergence_coef",
                "label_smoothing",
                "label_smoothing_factor",
                "use_weighting",
                "discopop_tau",
                "sync_ref_model",
                "ref_model_mixup_alpha",
                "ref_model_sync_steps",
                "neftune_noise_alpha",
            ),
            _LOSS,
        ),
        **dict.fromkeys(
            (
                "push_to_hub",
                "hub_token",
                "hub_private_repo",
                "hub_model_id",
                "hub_strategy",
                "hub_always_push",
                "hub_revision",
            ),
            _HUB,
        ),
        "trust_remote_code": "would run code that comes with a model",
        "truncation_mode": "cuts texts, and none is ever cut: `data.on_long` says what becomes of a long one",
        "resume_from_checkpoint": "is said on the command line: --resume",
        "auto_find_batch_size": "would change the batch without saying so",
        "dataset_text_field": "is said by the stage",
        "dataset_kwargs": "is said by the stage",
        "pad_token": "is the tokenizer's",
        "eos_token": "is the tokenizer's",
        "chat_template_path": "is the tokenizer's",
        "disable_tqdm": "is said by --format",
        "logging_nan_inf_filter": "would hide what stops a training",
        "load_best_model_at_end": "needs rows to evaluate on, and there are none: use `curate evaluate`",
        "eval_strategy": "needs rows to evaluate on, and there are none: use `curate evaluate`",
        "remove_unused_columns": "is said by the stage",
    },
    "lora": {
        "task_type": "is said by the stage",
        "inference_mode": "is said by the stage",
        "base_model_name_or_path": f"{_ELSEWHERE}model",
        "revision": f"{_ELSEWHERE}model",
        "peft_type": "is LORA",
    },
    "quantization": {},
}
"""Keys of the libraries that a recipe may not set, by section, each with the reason."""


def wrong_keys(recipe: TrainRecipe) -> Iterator[WrongKey]:
    """Yields the keys that no class of the libraries knows, or that a recipe may not set.

    Raises:
        SetupError: A library is not installed.
    """
    for section, given in _sections(recipe):
        known = _known(section, recipe.stage)
        ours = OURS[section]
        for key in given:
            if key in ours:
                yield WrongKey((section, key), f"{section}.{key} {ours[key]}")
            elif key not in known:
                near = did_you_mean(str(key), [name for name in known if name not in ours])
                yield WrongKey((section, key), f"unknown key {str(key)[:60]!r}.{near}")
            elif problem := _wrong_value(section, recipe.stage, key, given[key]):
                yield WrongKey((section, key), f"{section}.{key}: {problem}")


def _sections(recipe: TrainRecipe) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name in ("quantization", "lora", "trainer"):
        yield name, getattr(recipe, name) or {}


def _known(section: str, stage: Stage) -> list[str]:
    if section == "quantization":
        config = installed("transformers").BitsAndBytesConfig
        return [name for name in inspect.signature(config).parameters if name != "kwargs"]
    if section == "lora":
        return [one.name for one in fields(installed("peft").LoraConfig)]
    return [one.name for one in fields(config_class(stage))]


def typed(kind: Any, keys: Mapping[str, Any]) -> dict[str, Any]:
    """Returns values as the fields of a class want them: YAML reads 1e-4 as a text, where 1.0e-4 is a number.

    Raises:
        ValidationError: A value is of another type.
    """
    types = _types(kind)
    return {
        key: _typed(types[key], value) if key in types else value for key, value in keys.items()
    }


def _wrong_value(section: str, stage: Stage, key: str, value: Any) -> str | None:
    if section == "quantization":
        return None  # its class says no types; what it refuses is told when it is built
    try:
        typed(
            installed("peft").LoraConfig if section == "lora" else config_class(stage), {key: value}
        )
    except ValidationError as exc:
        first = exc.errors(include_url=False, include_input=False)[0]
        return f"{first['msg']}, found {str(value)[:60]!r}"
    return None


def _typed(of: Any, value: Any) -> Any:
    return TypeAdapter(of, config=ConfigDict(arbitrary_types_allowed=True)).validate_python(value)


@cache
def _types(kind: Any) -> Mapping[str, Any]:
    """Returns the types of a class' fields that are plain ones; others say themselves what they take."""
    return {name: of for name, of in get_type_hints(kind).items() if {*_named(of)} <= _PLAIN}


def _named(of: Any) -> Iterator[Any]:
    arguments = get_args(of)
    if not arguments:
        yield of
    for one in arguments:
        yield from _named(one)


def config_class(stage: Stage) -> Any:
    """Returns TRL's class of the configuration that a stage's `trainer` keys are of."""
    trl = installed("trl")
    return trl.DPOConfig if stage.prefers else trl.SFTConfig
