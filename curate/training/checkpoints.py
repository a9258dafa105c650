"""Checkpoints: which are whole, what they are of, and what a disk that refuses one leaves behind."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import NonNegativeInt, ValidationError

from curate.errors import InputError, UsageError
from curate.models import Record, Sha256
from curate.runs import write_atomically
from curate.training.extras import installed

CHECKPOINTS = "checkpoints"
SEAL = "curate.json"
_EXTRAS = ("training_args.bin", "README.md")


class Identity(Record):
    """What training depends on, by hash: a checkpoint goes on only with all of it the same."""

    recipe: Sha256
    data: Sha256
    model: Sha256


class Seal(Record):
    """Written last into a checkpoint: what it is of, and the sizes of its files."""

    format: str = "checkpoint/1"
    step: NonNegativeInt
    identity: Identity
    start_loss: float | None = None
    """The DPO loss before any weight changed."""
    sizes: dict[str, NonNegativeInt]


def remove_extras(folder: Path) -> None:
    """Removes what the libraries leave beside weights: a pickle that nothing needs, an empty card."""
    for name in _EXTRAS:
        (folder / name).unlink(missing_ok=True)


def seal(folder: Path, step: int, identity: Identity, start_loss: float | None = None) -> None:
    """Says of a checkpoint that all of it is there, and what it is of."""
    remove_extras(folder)
    sizes = _sizes(folder)
    told = Seal(step=step, identity=identity, start_loss=start_loss, sizes=sizes)
    write_atomically(folder / SEAL, lambda path: _write(path, told.model_dump_json(indent=2)))


def start_loss_of(checkpoint: Path) -> float | None:
    """Returns the DPO loss with which the training began that a whole checkpoint is of."""
    return Seal.model_validate_json((checkpoint / SEAL).read_bytes()).start_loss


def last_checkpoint(folder: Path, identity: Identity) -> Path | None:
    """Returns the latest whole checkpoint; those that an end of the process cut short are passed over.

    Raises:
        UsageError: It is of another recipe, other data or another model.
    """
    found = [(sealed.step, path, sealed) for path, sealed in _whole(folder)]
    if not found:
        return None
    _, path, sealed = max(found, key=lambda one: one[0])
    for name, what in (("recipe", "recipe"), ("data", "data"), ("model", "model or adapter")):
        if getattr(sealed.identity, name) != getattr(identity, name):
            raise UsageError(
                f"{path.name} was made with another {what}",
                where=str(folder),
                hint="Train into another --out, or give what the checkpoint was made with.",
            )
    return path


@contextmanager
def saving(folder: Path, step: int) -> Iterator[None]:
    """Takes away a checkpoint that could not be written, and tells a full disk as an InputError."""
    refused = installed("safetensors").SafetensorError
    try:
        yield
    except (OSError, RuntimeError, refused) as exc:
        shutil.rmtree(folder, ignore_errors=True)
        reason = getattr(exc, "strerror", None) or str(exc).partition("\n")[0]
        raise InputError(
            f"the checkpoint of step {step} cannot be written: {reason}",
            where=str(folder),
            hint="The one before it is whole. Make room, then the same command with --resume.",
        ) from exc


def _whole(folder: Path) -> Iterator[tuple[Path, Seal]]:
    for path in sorted(folder.glob("checkpoint-*")):
        try:
            sealed = Seal.model_validate_json((path / SEAL).read_bytes())
        except (OSError, ValidationError):
            continue
        if _sizes(path) == sealed.sizes:
            yield path, sealed


def _sizes(folder: Path) -> dict[str, int]:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != SEAL)
    return {path.relative_to(folder).as_posix(): path.stat().st_size for path in files}


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
