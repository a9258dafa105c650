"""LoRA adapters as they lie on the disk: what they are of, whether they belong to a base, what they knew."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from curate.errors import InputError, SetupError, boundary
from curate.runs import read_manifest
from curate.sampling import folder_revision
from curate.training.extras import installed

CONFIG = "adapter_config.json"
WEIGHTS = "adapter_model.safetensors"
MANIFEST = "manifest.json"
_WITHIN = re.compile(r"(?:^|\.)(layers\.[0-9]+\..+)$")


@dataclass(frozen=True)
class Adapter:
    """An adapter's folder and what its adapter_config.json says."""

    folder: Path
    config: Mapping[str, Any]

    @property
    def base(self) -> str:
        """The name or folder of the model that it was trained on."""
        return str(self.config.get("base_model_name_or_path") or "")

    @property
    def revision(self) -> str:
        """A hash of its files."""
        return folder_revision(self.folder)

    def trained_quantization(self) -> dict[str, Any] | None:
        """Returns the quantisation of the base that it was trained on; None for none.

        Raises:
            InputError: The manifest beside it cannot be read.
            LookupError: There is no manifest, so nobody knows.
        """
        for folder in (self.folder, self.folder.parent):
            if (folder / MANIFEST).is_file():
                recipe = read_manifest(folder).resolved.get("recipe", {})
                return dict(recipe["quantization"]) if recipe.get("quantization") else None
        raise LookupError(MANIFEST)


def read_adapter(folder: Path) -> Adapter:
    """Returns the adapter in a folder.

    Raises:
        InputError: There is none as safetensors, or it is no LoRA adapter.
    """
    if not (folder / WEIGHTS).is_file():
        found = ", ".join(sorted(one.name for one in folder.glob("adapter_model.*")))
        raise InputError(
            f"the adapter has no {WEIGHTS}" + (f" (it has {found})" if found else ""),
            where=str(folder),
            hint="Only safetensors are loaded: other weights can run code.",
        )
    with boundary(InputError, "reading the adapter's configuration"):
        data = (folder / CONFIG).read_bytes()
    try:
        config = orjson.loads(data)
    except orjson.JSONDecodeError as exc:
        raise InputError(f"{CONFIG} is no JSON", where=str(folder)) from exc
    if not isinstance(config, dict) or config.get("peft_type") != "LORA":
        raise InputError(f"{CONFIG} is not of a LoRA adapter", where=str(folder))
    return Adapter(folder, config)


def find_base(name: str, revision: str | None = None) -> Path:
    """Returns the folder of a base model: the one named, or that of the local cache of the Hub.

    Raises:
        SetupError: It is in neither; nothing is fetched.
    """
    if name and Path(name).is_dir():
        return Path(name)
    hub = installed("huggingface_hub")
    cache = hub.constants.HF_HUB_CACHE
    try:
        return Path(hub.snapshot_download(name, revision=revision, local_files_only=True))
    except (OSError, ValueError) as exc:
        raise SetupError(
            f"the base model is not there: no folder {name!r}, and none of that name in {cache}",
            hint=f"Fetch it first (`hf download {name}`), or give its folder.",
        ) from exc


def refuse_other_base(adapter: Adapter, base: Path) -> None:
    """Checks by the shapes in the files' headers that an adapter's layers are the base's.

    Raises:
        InputError: A layer of the adapter is not in the base, or has other widths there.
    """
    shapes = {_within(name): shape for name, shape in _shapes(base.glob("*.safetensors"))}
    packed = _is_quantized(base)
    for name, (rank_and_in, out_and_rank) in _layers(adapter.folder / WEIGHTS):
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


def _shapes(files: Any) -> Iterator[tuple[str, list[int]]]:
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


def _is_quantized(base: Path) -> bool:
    try:
        told = orjson.loads((base / "config.json").read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return False
    return isinstance(told, dict) and bool(told.get("quantization_config"))
