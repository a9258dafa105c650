"""What a training runs on: the devices that are there, whether they can what a recipe asks, and the ranks."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from curate.errors import RecipeError, SetupError
from curate.training.extras import installed
from curate.training.memory import Device, Memory, memory_of
from curate.training.recipe import TrainRecipe
from curate.training.shapes import shape_of

_RANKS = ("RANK", "0"), ("LOCAL_RANK", "0"), ("WORLD_SIZE", "1")


class Place(NamedTuple):
    """Where this process stands: its rank among `world` processes, its rank on this machine, its device."""

    kind: str
    rank: int
    local_rank: int
    world: int

    @property
    def is_main(self) -> bool:
        """Whether this process writes and talks; the others only compute."""
        return self.rank == 0


def place_of(recipe: TrainRecipe) -> Place:
    """Returns where the training runs; a recipe that names no devices takes a GPU if there is one."""
    torch = installed("torch")
    kind = recipe.devices.kind if recipe.devices else "cuda" if torch.cuda.is_available() else "cpu"
    rank, local, world = (int(os.environ.get(name, default)) for name, default in _RANKS)
    return Place(kind, rank, local, world)


def gpus() -> list[Device]:
    """Returns the GPUs that are there, with their memory."""
    cuda = installed("torch").cuda
    found = [cuda.get_device_properties(number) for number in range(cuda.device_count())]
    return [Device(name=one.name, memory=one.total_memory) for one in found]


def memory_for(
    recipe: TrainRecipe, folder: Path | None, adapter: Mapping[str, Any] | None, place: Place
) -> Memory | None:
    """Returns what a training takes of each device; None of a model whose shape nobody knows.

    `folder` is the model's, where it is there, `adapter` the configuration of one that training goes on with.
    """
    shape = shape_of(recipe.model.name, folder)
    if shape is None:
        return None
    return memory_of(recipe, shape, shards=place.world if spreads(recipe) else 1, kept=adapter)


def refuse_lacking(recipe: TrainRecipe, place: Place, memory: Memory | None) -> None:
    """Refuses devices that are not those of the recipe.

    Raises:
        SetupError: There are fewer, or another number of processes, or a precision that they lack.
        RecipeError: Weights in 4 bits are to be spread, and stored in bytes.
    """
    wanted = recipe.devices.count if recipe.devices else place.world
    there = gpus() if place.kind == "cuda" else []
    if place.kind == "cuda" and len(there) < wanted:
        table = f"; it takes\n{memory.table(there, wanted)}" if memory else ""
        found = f"{len(there)} is" if len(there) == 1 else f"{len(there) or 'none'} are"
        raise SetupError(
            f"the recipe is for {_gpus(wanted)}, and {found} here{table}",
            hint="`curate recipes` has others; --set devices.count=N takes fewer, and changes the batch.",
        )
    if wanted != place.world:
        raise SetupError(
            f"the recipe is for {wanted} processes, one a device, and this is one of {place.world}",
            hint=f"accelerate launch --num_processes {wanted} -m curate train {recipe.stage.value} ... "
            f"(or --set devices.count={place.world}, which changes the batch)",
        )
    _refuse_precision(recipe, place)
    _refuse_storage(recipe)


def shortage(place: Place, memory: Memory | None) -> str | None:
    """Returns the table of a training that does not seem to fit on the GPUs that are there."""
    there: Sequence[Device] = gpus() if place.kind == "cuda" else []
    if memory is None or not there or memory.fits(there, place.world):
        return None
    return f"by arithmetic the training does not fit:\n{memory.table(there, place.world)}"


def spreads(recipe: TrainRecipe) -> bool:
    """Whether weights, gradients and the optimiser's states are spread over the devices."""
    return launched_to_spread() or bool(
        recipe.trainer.get("fsdp") or recipe.trainer.get("deepspeed")
    )


def launched_to_spread() -> bool:
    """Whether accelerate was told to spread weights, so that it alone places them."""
    names = ("ACCELERATE_USE_FSDP", "ACCELERATE_USE_DEEPSPEED")
    return any(os.environ.get(name, "").lower() == "true" for name in names)


def _refuse_precision(recipe: TrainRecipe, place: Place) -> None:
    cuda = installed("torch").cuda
    asks = bool(recipe.trainer.get("bf16")) or recipe.model.dtype == "bfloat16"
    if asks and place.kind == "cuda" and not cuda.is_bf16_supported(including_emulation=False):
        raise SetupError(
            "bf16 is asked for, and this GPU has none",
            hint="--set trainer.bf16=false --set trainer.fp16=true --set model.dtype=float16",
        )
    if recipe.trainer.get("fp16") and place.kind == "cpu":
        raise SetupError(
            "fp16 is asked for, and a CPU does not train in it",
            hint="--set trainer.fp16=false; bf16 works on a CPU, slowly.",
        )


def _refuse_storage(recipe: TrainRecipe) -> None:
    """Refuses 4-bit weights in bytes where they are spread: FSDP and ZeRO-3 shard one type of number only."""
    keys = recipe.quantization or {}
    if not keys.get("load_in_4bit") or recipe.merges_first or not spreads(recipe):
        return
    stored = str(keys.get("bnb_4bit_quant_storage", "uint8"))
    if stored != str(keys.get("bnb_4bit_compute_dtype", "float32")):
        raise RecipeError(
            f"4-bit weights are stored as {stored}, and FSDP and ZeRO-3 want them as bnb_4bit_compute_dtype",
            where="quantization.bnb_4bit_quant_storage",
            hint="--set quantization.bnb_4bit_quant_storage=bfloat16, as bnb_4bit_compute_dtype.",
        )


def _gpus(count: int) -> str:
    return "1 GPU" if count == 1 else f"{count} GPUs"
