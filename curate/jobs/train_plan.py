"""From a command line to a plan of a training: recipe, data, model and devices, all checked first."""

import shlex
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from curate.errors import RecipeError, SetupError
from curate.jobs.train_data import TrainData, read_train_data
from curate.jobs.train_recipe import TrainOptions, resolved_recipe
from curate.models import FileEntry, Probe
from curate.runs import Request, code_sha256, file_sha256, json_sha256
from curate.sampling import LocalTokenizer
from curate.training import TrainRecipe
from curate.training.adapters import (
    Adapter,
    read_adapter,
    refuse_other_layers,
    refuse_other_origin,
)
from curate.training.checkpoints import Identity
from curate.training.devices import Place, memory_for, place_of, refuse_lacking
from curate.training.fit import Work
from curate.training.load import config_of
from curate.training.memory import Memory
from curate.training.probes import check_sampler, passed
from curate.training.rows import measured
from curate.training.weights import (
    ADAPTER_CONFIG,
    Weights,
    adapter_folder,
    model_folder,
    read_json,
    weights_of,
)

LIBRARIES = ("accelerate", "bitsandbytes", "datasets", "peft", "torch", "transformers", "trl")


@dataclass(frozen=True)
class TrainPlan:
    """A training, its recipe resolved and its data read; no model has been looked for."""

    options: TrainOptions
    recipe: TrainRecipe
    data: TrainData
    place: Place


@dataclass(frozen=True)
class Ready:
    """A training whose model, tokenizer and rows are found and fit each other; no weight is loaded."""

    plan: TrainPlan
    work: Work
    weights: Weights
    probes: list[Probe]
    identity: Identity
    request: Request


def make_train_plan(options: TrainOptions) -> TrainPlan:
    """Resolves the recipe and reads the data.

    Raises:
        RecipeError: The recipe or a `--set` is wrong.
        InputError: The data cannot be read, or are not those of the stage.
        GateError: The data have no passing audit, or were changed since.
        SetupError: A library is not installed.
    """
    recipe = resolved_recipe(options)
    data = read_train_data(options.data, recipe.stage)
    if not options.unaudited:
        data.refuse_unaudited()
    return TrainPlan(options, recipe, data, place_of(recipe))


def work_of(plan: TrainPlan) -> Work:
    """Finds devices, model, tokenizer and the rows that fit, as each process does for itself.

    Raises:
        SetupError: The model, or a device, is not there.
        InputError: The adapter is of another base, or no row can be trained on.
        GateError: A row is too long, or begins within a token.
        RecipeError: A value of the recipe is wrong.
    """
    recipe = plan.recipe
    refuse_lacking(recipe, plan.place, memory_of_plan(plan))
    folder, adapter = model_folder(recipe.model), adapter_folder(recipe.model)
    if adapter:
        read = read_adapter(adapter)
        refuse_other_layers(read, folder)
        refuse_other_lora(recipe, read)
    tokenizer = LocalTokenizer.load(folder)
    rows = measured(recipe, plan.data.rows, tokenizer, max_length_of(plan, folder))
    return Work(recipe, folder, adapter, tokenizer.loaded, rows, plan.place)


def made_ready(plan: TrainPlan, work: Work) -> Ready:
    """Hashes the weights, and runs the probes that need none of them in memory.

    Raises:
        InputError: The adapter was trained on other weights.
        GateError: A probe failed.
    """
    recipe, rows = plan.recipe, work.rows
    if work.adapter:
        refuse_other_origin(read_adapter(work.adapter), work.folder)
    weights = weights_of(recipe.model, _precision(recipe))
    limit = max_length_of(plan, work.folder)
    probes = [*_data_probes(plan), *passed(rows.lengths, rows.dropped, limit)]
    if recipe.stage.prefers and not recipe.merges_first:
        state = LocalTokenizer(work.tokenizer).state()
        probes += check_sampler(recipe, plan.data.sampled, state, weights)
    identity = _identity(plan, weights)
    return Ready(plan, work, weights, probes, identity, _request(plan, weights, identity))


def memory_of_plan(plan: TrainPlan) -> Memory | None:
    """Returns what a training takes of each device, by the model's configuration or by its name.

    Raises:
        InputError: A configuration cannot be read.
    """
    model = plan.recipe.model
    try:
        folder: Path | None = model_folder(model)
    except SetupError:  # told when it is needed; some models' shapes are known by name
        folder = None
    config = Path(model.adapter or "-") / ADAPTER_CONFIG
    kept = read_json(config) if plan.recipe.keeps_adapter and config.is_file() else None
    return memory_for(plan.recipe, folder, kept, plan.place)


def max_length_of(plan: TrainPlan, folder: Path) -> int | None:
    """Returns the longest row that the trainer takes.

    Raises:
        RecipeError: It is longer than what the model was made for.
    """
    config = config_of(plan.recipe, Path("-"), plan.place)
    longest = read_json(folder / "config.json").get("max_position_embeddings")
    limit: int | None = config.max_length
    if limit and isinstance(longest, int) and limit > longest:
        raise RecipeError(
            f"trainer.max_length {limit:,} is longer than the {longest:,} tokens that the model was made for",
            where=plan.options.recipe.name,
            hint=f"--set trainer.max_length={longest}",
        )
    return limit


def refuse_other_lora(recipe: TrainRecipe, adapter: Adapter) -> None:
    """Refuses a recipe whose `lora` is not that of the adapter whose training goes on.

    Raises:
        RecipeError: A key differs.
    """
    if not recipe.keeps_adapter or recipe.lora is None:
        return
    for key, value in recipe.lora.items():
        if key == "target_modules" and value == "all-linear":
            continue
        found = adapter.config.get(key, value)
        same = (
            sorted(found) == sorted(value) if isinstance(found, list) and value else found == value
        )
        if not same:
            raise RecipeError(
                f"lora.{key} is {value}, and the adapter that training goes on with has {found}",
                where=f"{adapter.folder.name}/{ADAPTER_CONFIG}",
                hint="Leave `lora` out to go on with it, or have it merged first (model.adapter_handling).",
            )


def _precision(recipe: TrainRecipe) -> str | None:
    keys = recipe.quantization or {}
    if keys.get("load_in_4bit"):
        return str(keys.get("bnb_4bit_quant_type", "fp4"))
    return "int8" if keys.get("load_in_8bit") else None


def _data_probes(plan: TrainPlan) -> list[Probe]:
    data = plan.data
    if data.gap or data.audit is None:
        return [Probe(probe="audit", passed=False, found=f"--unaudited: {data.gap}")]
    names = ", ".join(one.name for one in data.audit.benchmarks)
    found = f"{data.audit.verdict.value}, of exactly this content; no item of {names} in it"
    return [Probe(probe="audit", passed=True, found=found)]


def _identity(plan: TrainPlan, weights: Weights) -> Identity:
    recipe = {**plan.recipe.published(), "world": plan.place.world}
    recipe.pop("name")
    return Identity(
        recipe=json_sha256(recipe),
        data=json_sha256([plan.data.table, plan.data.content_sha256]),
        model=json_sha256(weights.model_dump(mode="json")),
    )


def _request(plan: TrainPlan, weights: Weights, identity: Identity) -> Request:
    options, recipe, data = plan.options, plan.recipe, plan.data
    published = recipe.published()
    libraries = {name: metadata.version(name) for name in LIBRARIES if _is_there(name)}
    return Request(
        command=f"train {recipe.stage.value}",
        fingerprint=json_sha256(
            {
                "identity": identity.model_dump(mode="json"),
                "unaudited": data.gap,
                "libraries": libraries,
                "code": code_sha256(),
            }
        ),
        arguments=_arguments(options),
        resolved={
            "recipe": recipe.model_dump(mode="json"),
            "base_name": published["model"]["name"],
            "weights": weights.model_dump(mode="json"),
            "data_sha256": data.content_sha256,
            "unaudited": data.gap,
            "processes": plan.place.world,
            "libraries": libraries,
        },
        recipe_sha256=json_sha256(published),
        inputs=[*_inputs(data)],
        seed=recipe.seed,
    )


def _inputs(data: TrainData) -> list[FileEntry]:
    entry = next(one for one in data.manifest.outputs if one.path == data.table)
    found = [FileEntry(f"data/{data.table}", entry.sha256, entry.content_sha256, len(data.rows))]
    if data.audit is not None:
        found.append(FileEntry("data/audit.json", file_sha256(data.path / "audit.json")))
    return found


def _is_there(package: str) -> bool:
    try:
        metadata.version(package)
    except metadata.PackageNotFoundError:
        return False
    return True


def _arguments(options: TrainOptions) -> dict[str, Any]:
    given = {
        "recipe": str(options.recipe),
        "data": str(options.data),
        "model": options.model,
        "adapter": str(options.adapter) if options.adapter else None,
        "seed": options.seed,
        "set": [*options.settings],
        "unaudited": options.unaudited or None,
    }
    return {key: value for key, value in given.items() if value not in (None, [])}


def shown_command(plan: TrainPlan) -> str:
    """Returns the command that trains the same again, with paths by their last part."""
    options = plan.options
    words = ["curate", "train", plan.recipe.stage.value, "--recipe", options.recipe.name]
    words += ["--data", "RUN"]
    words += ["--model", Path(options.model).name] if options.model else []
    words += ["--adapter", options.adapter.name] if options.adapter else []
    words += ["--seed", str(options.seed)] if options.seed is not None else []
    for setting in options.settings:
        words += ["--set", setting]
    words += ["--unaudited"] if options.unaudited else []
    return shlex.join([*words, "--out", "DIR"])
