"""How much memory of a GPU a training takes, by arithmetic, before any weight is loaded.

The sizes are those of Dettmers et al. 2023 (arXiv 2305.14314) for NF4, of Hu et al. 2021 (arXiv 2106.09685)
for LoRA and of Korthikanti et al. 2022 (arXiv 2205.05198) for activations; 1 GB is 10^9 bytes.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import PositiveInt

from curate.models import Record
from curate.training.recipe import Handling, TrainRecipe
from curate.training.shapes import Shape

GB = 10**9
USABLE = 0.95
"""The share of a device's memory that a training can have: the libraries' own kernels take the rest."""

NF4 = 0.5 + 4 / 64
"""Bytes a weight: four bits, and a float32 scale for 64 of them."""
NF4_TWICE = 0.5 + 1 / 64 + 4 / (64 * 256)
"""The same with double quantisation: scales of eight bits, and a float32 for 256 of those."""

_BYTES = {"float32": 4, "bfloat16": 2, "float16": 2, "auto": 2}
_LOGIT = 4
_SMALL_STATES = ("8bit", "adafactor", "galore", "apollo", "lomo", "sgd")
_ALL_LINEAR = "all-linear"
_BATCH, _LENGTH, _RANK = 8, 1024, 8  # what TRL and PEFT take where a recipe says nothing


class Device(Record):
    """A device that a training may run on, and its memory in bytes."""

    name: str
    memory: PositiveInt


class MemoryPart(Record):
    """What takes memory of each device, in bytes, and how it was reckoned."""

    what: str
    bytes: int
    how: str


class Memory(Record):
    """What a training takes of each of its devices."""

    parts: list[MemoryPart]

    @property
    def total(self) -> int:
        """All parts together, in bytes."""
        return sum(part.bytes for part in self.parts)

    def fits(self, devices: Sequence[Device], count: int = 1) -> bool:
        """Whether `count` of the devices are there and each has room."""
        roomy = [device for device in devices if device.memory * USABLE >= self.total]
        return len(roomy) >= count

    def table(self, devices: Sequence[Device], count: int = 1) -> str:
        """Returns the parts as lines in GB, and whether `count` of the devices have room for them."""
        width = max(len(part.what) for part in self.parts)
        lines = [
            f"{part.what:<{width}}  {part.bytes / GB:7.1f} GB  {part.how}" for part in self.parts
        ]
        lines.append(f"{'together':<{width}}  {self.total / GB:7.1f} GB  on each of {count}")
        return "\n".join([*lines, self._verdict(devices, count)])

    def _verdict(self, devices: Sequence[Device], count: int) -> str:
        there = ", ".join(f"{one.name} {one.memory / GB:.1f} GB" for one in devices) or "no GPU"
        verdict = "it fits" if self.fits(devices, count) else "it does not fit"
        return f"{verdict}: there is {there}"


def memory_of(
    recipe: TrainRecipe, shape: Shape, shards: int = 1, kept: Mapping[str, Any] | None = None
) -> Memory:
    """Returns what a recipe takes of each device.

    `shards` is the number of devices that weights, gradients and the optimiser's states are spread over
    (FSDP, ZeRO-3); with DDP each has all of them, and it is 1. `kept` is the adapter_config.json of an
    adapter whose training goes on.
    """
    lora = kept if recipe.keeps_adapter and kept else recipe.lora
    adapter = _adapter_weights(shape, lora or {})
    parts = [*_weights(recipe, shape, shards), *_trained(recipe, shape, shards, adapter)]
    parts += [*_reference(recipe, shape, shards, adapter), *_activations(recipe, shape)]
    return Memory(parts=[part for part in parts if part.bytes])


def _part(what: str, size: float, how: str) -> MemoryPart:
    return MemoryPart(what=what, bytes=round(size), how=how)


def _weights(recipe: TrainRecipe, shape: Shape, shards: int) -> list[MemoryPart]:
    width = _BYTES[recipe.model.dtype]
    keys = recipe.quantization or {}
    if recipe.merges_first and recipe.model.adapter_handling is Handling.DEQUANTIZE_AND_MERGE:
        keys = {}  # what was merged stays in full precision
    four, eight = (bool(keys.get(key)) for key in ("load_in_4bit", "load_in_8bit"))
    twice = bool(keys.get("bnb_4bit_use_double_quant"))
    linear, how = float(width), f"{width} bytes each"
    if four:
        linear = NF4_TWICE if twice else NF4
        how = f"4 bits{' with double quantisation' if twice else ''}: {linear:.3f} bytes each"
    elif eight:
        linear, how = 1.0, "1 byte each"
    count = shape.linear_weights
    embeddings = shape.embedding_weights
    return [
        _part("weights of linear layers", count * linear / shards, f"{_billions(count)}, {how}"),
        _part(
            "embeddings",
            embeddings * width / shards,
            f"{_billions(embeddings)}, {width} bytes each",
        ),
        _part("one layer gathered", _gathered(shape, linear, shards), "while it is in use"),
    ]


def _gathered(shape: Shape, width: float, shards: int) -> float:
    """Returns what a device holds of the others' shards: the layer that works, or the embedding."""
    if shards == 1:
        return 0.0
    return max(
        shape.linear_weights / shape.num_hidden_layers * width, 2.0 * shape.embedding_weights
    )


def _trained(recipe: TrainRecipe, shape: Shape, shards: int, adapter: int) -> list[MemoryPart]:
    small = any(word in str(recipe.trainer.get("optim", "")) for word in _SMALL_STATES)
    if recipe.trains_adapter:
        size = 4 + 4 + (2 if small else 8)
        how = f"{_billions(adapter)}, at most {size} bytes each with gradient and optimiser"
        return [_part("adapter in training", adapter * size / shards, how)]
    width = _BYTES[recipe.model.dtype]
    size = width + (2 if small else 2 * width)
    how = f"{_billions(shape.weights)}, {size} bytes each"
    return [_part("gradients and optimiser", shape.weights * size / shards, how)]


def _reference(recipe: TrainRecipe, shape: Shape, shards: int, adapter: int) -> list[MemoryPart]:
    """Returns the frozen copy that pairs are measured against; a new adapter is just switched off."""
    if not recipe.stage.prefers or recipe.trainer.get("precompute_ref_log_probs"):
        return []
    if recipe.keeps_adapter:
        count, width = adapter, 4
    elif recipe.trains_adapter:
        return []
    else:
        count, width = shape.weights, _BYTES[recipe.model.dtype]
    how = f"{_billions(count)}, {width} bytes each"
    return [_part("reference", count * width / shards, how)]


def _activations(recipe: TrainRecipe, shape: Shape) -> list[MemoryPart]:
    trainer = recipe.trainer
    rows = int(trainer.get("per_device_train_batch_size", _BATCH))
    length = int(trainer.get("max_length") or _LENGTH)
    texts = rows * (2 if recipe.stage.prefers else 1)
    tokens = texts * length
    layers = shape.num_hidden_layers
    block = shape.block_activations() * 2 * tokens
    said = f"{texts} x {length} tokens"
    if trainer.get("gradient_checkpointing", True):
        kept = _part(
            "checkpoints",
            layers * shape.hidden_size * 2 * tokens,
            f"{said}, {layers} layers, 2 bytes",
        )
        again = _part("one layer made again", block, said)
        blocks = [kept, again]
    else:
        blocks = [_part("activations", layers * block, f"{said}, {layers} layers, 2 bytes")]
    one = tokens * shape.vocab_size * _LOGIT
    return [
        *blocks,
        _part("logits", one, f"{said}, float32"),
        _part("their gradient", one, "as many"),
    ]


def _adapter_weights(shape: Shape, lora: Mapping[str, Any]) -> int:
    targets = lora.get("target_modules", _ALL_LINEAR)
    names = None if targets == _ALL_LINEAR or isinstance(targets, str) else targets
    return shape.adapter_weights(int(lora.get("r", _RANK)), names)


def _billions(count: int) -> str:
    return f"{count / 1e9:.2f} billion"
