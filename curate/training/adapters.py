"""LoRA adapters as they lie on the disk: what they are of, whether they belong to a base, what they knew."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curate.errors import InputError
from curate.runs import read_manifest
from curate.training.extras import installed
from curate.training.recipe import Handling
from curate.training.weights import (
    ADAPTER_CONFIG,
    ADAPTER_WEIGHTS,
    ORIGIN,
    read_json,
    weights_sha256,
)

MERGE = "merge.json"
"""In the folder of merged weights: what they were merged of."""
MANIFEST = "manifest.json"
_WITHIN = re.compile(r"(?:^|\.)(layers\.[0-9]+\..+)$")


@dataclass(frozen=True)
class Adapter:
    """An adapter's folder, what its adapter_config.json says, and where it comes from if trained here."""

    folder: Path
    config: Mapping[str, Any]
    origin: Mapping[str, Any]

    @property
    def base(self) -> str:
        """The name or folder of the model that it was trained on."""
        return str(self.config.get("base_model_name_or_path") or "")

    @property
    def merged_first(self) -> Handling | None:
        """How another adapter was merged into the base before this one was trained, if one was."""
        handling = self.origin.get("handling")
        return Handling(handling) if handling and handling != Handling.KEEP else None

    def trained_quantization(self) -> dict[str, Any] | None:
        """Returns the quantisation that its base was loaded with; None for none but what is stored.

        Raises:
            InputError: The manifest of its run cannot be read.
            LookupError: It has no manifest, so nobody knows.
        """
        run = self.folder.parent
        if not (run / MANIFEST).is_file():
            raise LookupError(MANIFEST)
        keys = read_manifest(run).resolved.get("recipe", {}).get("quantization")
        return dict(keys) if keys and not self.merged_first else None


def read_adapter(folder: Path) -> Adapter:
    """Returns the adapter in a folder.

    Raises:
        InputError: There is none as safetensors, or it is no LoRA adapter.
    """
    if not (folder / ADAPTER_WEIGHTS).is_file():
        found = ", ".join(sorted(one.name for one in folder.glob("adapter_model.*")))
        raise InputError(
            f"the adapter has no {ADAPTER_WEIGHTS}" + (f" (it has {found})" if found else ""),
            where=str(folder),
            hint="Only safetensors are loaded: other weights can run code.",
        )
    config = read_json(folder / ADAPTER_CONFIG)
    if config.get("peft_type") != "LORA":
        raise InputError(f"{ADAPTER_CONFIG} is not of a LoRA adapter", where=str(folder))
    origin = read_json(folder / ORIGIN) if (folder / ORIGIN).is_file() else {}
    return Adapter(folder, config, origin)


def refuse_other_origin(adapter: Adapter, base: Path) -> None:
    """Checks by hash that an adapter which was trained here was trained on the base.

    Raises:
        InputError: It was trained on other weights, or on weights that another adapter was merged into.
    """
    if not adapter.origin or _stands_on(adapter, base):
        return
    hint = f"It was trained on {adapter.origin.get('base_name')}: give its folder with --base."
    if adapter.merged_first:
        hint = (
            "It was trained on what another adapter was merged into: the folder `base` of its run."
        )
    raise InputError(
        f"the adapter was trained on other weights than those of {base.name}",
        where=str(adapter.folder),
        hint=hint,
    )


def _stands_on(adapter: Adapter, base: Path) -> bool:
    wanted = (adapter.origin.get("base"), adapter.origin.get("adapter"))
    if adapter.merged_first is None:
        return bool(wanted[0] == weights_sha256(base))
    told = read_json(base / MERGE) if (base / MERGE).is_file() else {}
    return wanted == (told.get("base_sha256"), told.get("adapter_sha256"))


def refuse_other_layers(adapter: Adapter, base: Path) -> None:
    """Checks by the shapes in the files' headers that an adapter's layers are the base's.

    Raises:
        InputError: A layer of the adapter is not in the base, or has other widths there.
    """
    shapes = {_within(name): shape for name, shape in _shapes(base.glob("*.safetensors"))}
    packed = is_quantized(base)
    for name, (rank_and_in, out_and_rank) in _layers(adapter.folder / ADAPTER_WEIGHTS):
        found = shapes.get(f"{name}.weight")
        wanted = [out_and_rank[0], rank_and_in[-1]]
        if found == wanted or (packed and found):
            continue
        has = f"has {'x'.join(map(str, found))} there" if found else "has no such layer"
        raise InputError(
            f"the adapter is of another base: its {name} is {'x'.join(map(str, wanted))}, "
            f"and {base.name} {has}",
            where=str(adapter.folder),
            hint=f"It was trained on {adapter.base or 'a model that it does not name'}.",
        )


def _layers(weights: Path) -> Iterator[tuple[str, tuple[list[int], list[int]]]]:
    """Yields the layers that an adapter changes, each with the shapes of its two matrices."""
    shapes = dict(_shapes([weights]))
    for name, shape in shapes.items():
        layer, _, rest = name.partition(".lora_A.")
        other = shapes.get(f"{layer}.lora_B.{rest}")
        if rest and other:
            yield _within(layer.removeprefix("base_model.model.")), (shape, other)


def _shapes(files: Iterable[Path]) -> Iterator[tuple[str, list[int]]]:
    safetensors = installed("safetensors")
    for path in sorted(files):
        try:
            with safetensors.safe_open(str(path), framework="np") as weights:
                for name in weights.keys():  # noqa: SIM118 (it is no mapping)
                    yield name, list(weights.get_slice(name).get_shape())
        except (OSError, safetensors.SafetensorError) as exc:
            raise InputError(f"{path.name} cannot be read: {exc}", where=str(path.parent)) from exc


def _within(name: str) -> str:
    """Returns a weight's name from its block on: what stands before differs between model classes."""
    found = _WITHIN.search(name)
    return found[1] if found else name


def is_quantized(base: Path) -> bool:
    """Whether a model is stored quantised."""
    """Whether a model is stored quantised, as its config.json says."""
    return bool(read_json(base / "config.json").get("quantization_config"))
