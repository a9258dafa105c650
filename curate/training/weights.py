"""Which weights: a model's folder, its adapter's, and a hash that says whether two are the same."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from curate.errors import InputError, SetupError, boundary
from curate.models import Record, Sha256
from curate.runs import file_sha256, json_sha256
from curate.training.extras import installed
from curate.training.recipe import Handling, ModelRef

ADAPTER_CONFIG = "adapter_config.json"
ADAPTER_WEIGHTS = "adapter_model.safetensors"
ORIGIN = "curate.json"
"""In the folder of what was trained here: what it was trained from, and on what."""
_BLOB = re.compile(r"[0-9a-f]{64}")
_NO_WEIGHTS = frozenset(
    {
        "_name_or_path",
        "architectures",
        "auto_mapping",
        "base_model_name_or_path",
        "dtype",
        "inference_mode",
        "pad_token_id",
        "peft_version",
        "revision",
        "runtime_config",
        "task_type",
        "torch_dtype",
        "transformers_version",
        "use_cache",
    }
)
"""Keys of a configuration that change nothing of what a model says."""


class Weights(Record):
    """The weights of a model by hash: its own, those of its adapter, and what was done to join them.

    `precision` is how they stand in memory, such as `nf4`; it does not make other weights of the same files.
    """

    base: Sha256
    adapter: Sha256 | None = None
    handling: Handling | None = None
    precision: str | None = None

    def same_files(self, other: "Weights") -> bool:
        """Whether both are the same files, joined in the same way."""
        return (self.base, self.adapter) == (other.base, other.adapter)


def model_folder(model: ModelRef) -> Path:
    """Returns the folder of the base model.

    Raises:
        SetupError: It is not on this machine; says where it was looked for.
        InputError: It holds no weights as safetensors.
    """
    folder = Path(model.name)
    if not folder.is_dir():
        folder = _cached(model)
    if not any(folder.glob("*.safetensors")):
        raise InputError(
            "the model has no weights as safetensors",
            where=str(folder),
            hint="Only safetensors are loaded: other weights can run code.",
        )
    return folder


def adapter_folder(model: ModelRef) -> Path | None:
    """Returns the folder of the adapter that training starts from, if there is one.

    Raises:
        SetupError: It is not there.
    """
    if model.adapter is None:
        return None
    folder = Path(model.adapter)
    if not folder.is_dir():
        raise SetupError("there is no such adapter: no folder", where=str(folder))
    return folder


def weights_of(model: ModelRef, precision: str | None = None) -> Weights:
    """Returns which weights a recipe's model and adapter are; of large ones it takes minutes, once."""
    adapter = adapter_folder(model)
    return Weights(
        base=weights_sha256(model_folder(model)),
        adapter=weights_sha256(adapter) if adapter else None,
        handling=model.adapter_handling if adapter else None,
        precision=precision or model.dtype,
    )


@cache
def weights_sha256(folder: Path) -> str:
    """Returns the hash of the weights in a folder, a model's or an adapter's, and of how they are read.

    Those are the safetensors by name and bytes, and the configuration but for what changes nothing of what
    the model says. Tokenizers and cards do not count.

    Raises:
        InputError: A file of it cannot be read.
    """
    with boundary(InputError, "reading the weights"):
        files = {path.name: _file_sha256(path) for path in sorted(folder.glob("*.safetensors"))}
    configs = {
        name: {key: value for key, value in sorted(told.items()) if key not in _NO_WEIGHTS}
        for name in ("config.json", ADAPTER_CONFIG)
        if (folder / name).is_file() and (told := read_json(folder / name))
    }
    for config in configs.values():
        if isinstance(modules := config.get("target_modules"), list):
            config["target_modules"] = sorted(
                modules
            )  # PEFT keeps a set, and writes it in any order
    return json_sha256({"files": files, "configs": configs})


def read_json(path: Path) -> Mapping[str, Any]:
    """Returns the object in a JSON file.

    Raises:
        InputError: It cannot be read, or holds none.
    """
    with boundary(InputError, f"reading {path.name}"):
        data = path.read_bytes()
    try:
        told = orjson.loads(data)
    except orjson.JSONDecodeError as exc:
        raise InputError(f"{path.name} is no JSON", where=str(path)) from exc
    if not isinstance(told, dict):
        raise InputError(f"{path.name} is no object", where=str(path))
    return told


def _file_sha256(path: Path) -> str:
    """Returns a file's hash; the Hub's cache keeps large files under theirs."""
    name = path.resolve().name
    return name if path.is_symlink() and _BLOB.fullmatch(name) else file_sha256(path)


def _cached(model: ModelRef) -> Path:
    hub = installed("huggingface_hub")
    try:
        return Path(
            hub.snapshot_download(model.name, revision=model.revision, local_files_only=True)
        )
    except (OSError, ValueError) as exc:
        cache_folder = hub.constants.HF_HUB_CACHE
        raise SetupError(
            f"no such model: there is no folder {Path(model.name).absolute()}, and the Hub's cache "
            f"{cache_folder} does not hold it"
            + (f" at revision {model.revision}" if model.revision else ""),
            where=model.name,
            hint="Fetch it first (`hf download NAME`), or give its folder with --model.",
        ) from exc
