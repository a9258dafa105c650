"""What a training runs on: the devices that are there, whether they can what a recipe asks, and the ranks."""

import os
from typing import NamedTuple

from curate.errors import SetupError
from curate.training.extras import installed
from curate.training.recipe import TrainRecipe


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
    rank, local, world = (
        int(os.environ.get(name, default))
        for name, default in (("RANK", "0"), ("LOCAL_RANK", "0"), ("WORLD_SIZE", "1"))
    )
    return Place(kind, rank, local, world)


def refuse_lacking(recipe: TrainRecipe, place: Place, table: str) -> None:
    """Refuses devices that are not those of the recipe; `table` is the memory that it would take.

    Raises:
        SetupError: There are fewer, or another number of processes, or a precision that they lack.
    """
    torch = installed("torch")
    there = torch.cuda.device_count() if place.kind == "cuda" else os.cpu_count() or 1
    wanted = recipe.devices.count if recipe.devices else place.world
    if place.kind == "cuda" and there < min(wanted, place.world if place.world > 1 else wanted):
        raise SetupError(
            f"the recipe is for {_gpus(wanted)}, and there {'is' if there == 1 else 'are'} {there or 'none'}"
            f"\n{table}",
            hint="Another recipe of `curate recipes`, or --set devices.count=N, which changes the batch.",
        )
    if wanted != place.world:
        raise SetupError(
            f"the recipe is for {wanted} processes, one a device, and this is one of {place.world}",
            hint=f"accelerate launch --num_processes {wanted} -m curate train {recipe.stage.value} ... "
            f"(or --set devices.count={place.world}, which changes the batch)",
        )
    _refuse_precision(recipe, place)


def _refuse_precision(recipe: TrainRecipe, place: Place) -> None:
    torch = installed("torch")
    asks = bool(recipe.trainer.get("bf16")) or recipe.model.dtype == "bfloat16"
    if (
        asks
        and place.kind == "cuda"
        and not torch.cuda.is_bf16_supported(including_emulation=False)
    ):
        raise SetupError(
            "bf16 is asked for, and this GPU has none",
            hint="--set trainer.bf16=false --set trainer.fp16=true --set model.dtype=float16",
        )
    if recipe.trainer.get("fp16") and place.kind == "cpu":
        raise SetupError(
            "fp16 is asked for, and a CPU does not train in it",
            hint="--set trainer.fp16=false; bf16 works on a CPU, slowly.",
        )


def _gpus(count: int) -> str:
    return "1 GPU" if count == 1 else f"{count} GPUs"
