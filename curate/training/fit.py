"""Runs one training, from a loaded model to saved weights, on each of its processes alike."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curate.errors import SetupError
from curate.models import MetricsRow
from curate.training.checkpoints import (
    CHECKPOINTS,
    Identity,
    last_checkpoint,
    remove_extras,
    start_loss_of,
)
from curate.training.devices import Place
from curate.training.extras import installed, quieten
from curate.training.load import config_of, load_model, lora_of
from curate.training.recipe import TrainRecipe
from curate.training.rows import Measured, check_prepared

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Work:
    """What a training is made of: a checked recipe, folders, rows that fit, and where it runs."""

    recipe: TrainRecipe
    folder: Path
    adapter: Path | None
    tokenizer: Any
    rows: Measured
    place: Place


@dataclass(frozen=True)
class Fitted:
    """A training that ran to its end. `start_loss` is the DPO loss of the first step, if it was seen."""

    metrics: list[MetricsRow]
    steps: int
    start_loss: float | None
    settings: dict[str, Any]


def fit(work: Work, out: Path, identity: Identity | None, progress: Progress) -> Fitted:
    """Trains in the folder `out`, going on from its last whole checkpoint, and saves into `out/.work`.

    `identity` says what checkpoints must be of; the processes that only compute have none.

    Raises:
        KeyboardInterrupt: It was asked to stop; a checkpoint was saved.
        GateError: A probe failed, or a number became infinite.
        InputError: The model cannot be loaded, or a checkpoint not be written.
    """
    from curate.training.watch import METRICS, Stop, Watch, rows_of  # noqa: PLC0415 (imports torch)

    quieten()
    config = config_of(work.recipe, out / CHECKPOINTS, work.place)
    checkpoint = _checkpoint(out / CHECKPOINTS, identity, config)
    trainer = _trainer(work, config)
    trainer.identity = identity
    trainer.start_loss = start_loss_of(checkpoint) if checkpoint else None
    check_prepared(
        work.recipe.stage,
        trainer.train_dataset,
        work.rows,
        packed=bool(work.recipe.trainer.get("packing")),
    )
    stop = Stop()
    trainer.remove_callback(installed("transformers").PrinterCallback)
    trainer.add_callback(Watch(stop, out / METRICS if work.place.is_main else None, progress))
    with stop.listening(), _within_memory():
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    state = trainer.state
    if stop.asked and state.global_step < state.max_steps:
        raise KeyboardInterrupt
    _save(trainer, out, is_main=work.place.is_main)
    settings = {name: value for name, value in config.to_dict().items() if value is not None}
    return Fitted(rows_of(state), state.global_step, trainer.start_loss, settings)


@contextmanager
def _within_memory() -> Iterator[None]:
    """Tells that a device has no memory left as what it is."""
    try:
        yield
    except installed("torch").OutOfMemoryError as exc:
        raise SetupError(
            f"a device has no memory left: {str(exc).partition(chr(10))[0]}",
            hint="--dry-run reckons what takes how much. Lower per_device_train_batch_size or max_length, "
            "turn gradient_checkpointing on, or quantise.",
        ) from exc


def _checkpoint(folder: Path, identity: Identity | None, config: Any) -> Path | None:
    """Returns the checkpoint to go on from, which the main process chooses for all."""
    found = last_checkpoint(folder, identity) if identity and folder.is_dir() else None
    if config.world_size == 1:
        return found
    told = [str(found) if found else None]
    installed("accelerate.utils").broadcast_object_list(told, from_process=0)
    return Path(told[0]) if told[0] else None


def _trainer(work: Work, config: Any) -> Any:
    from curate.training.trainers import PairTrainer, TextTrainer  # noqa: PLC0415 (imports torch)

    datasets = installed("datasets")
    common = {
        "model": load_model(work.recipe, work.folder, work.adapter, work.place),
        "args": config,
        "train_dataset": datasets.Dataset.from_dict(dict(work.rows.columns)),
        "processing_class": work.tokenizer,
        "peft_config": lora_of(work.recipe),
    }
    if not work.recipe.stage.prefers:
        return TextTrainer(**common)
    rpo = work.recipe.rpo if work.recipe.stage.value == "rpo" else None
    return PairTrainer(**common, rpo=rpo)


def _save(trainer: Any, out: Path, *, is_main: bool) -> None:
    """Saves what was trained, as safetensors and tokenizer files and nothing else."""
    if trainer.is_fsdp_enabled:
        trainer.accelerator.state.fsdp_plugin.set_state_dict_type("FULL_STATE_DICT")
    target = saved_folder(out)
    trainer.save_model(str(target))
    if is_main:
        remove_extras(target)
        shutil.rmtree(target / "ref", ignore_errors=True)


def saved_folder(out: Path) -> Path:
    """Returns where a training in `out` puts its weights before they have their place."""
    return out / ".work" / "trained"
