"""What the engines that load a model themselves have in common: which model, and that it runs no code."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from pydantic import PositiveInt

from curate.errors import InputError, boundary
from curate.models import NonEmpty
from curate.runs import file_sha256, listing_sha256
from curate.sampling.engine import Engine
from curate.sampling.extras import installed

_COMMIT = re.compile(r"[0-9a-f]{40}")
_READ = frozenset({".json", ".safetensors", ".model", ".txt", ".jinja"})
_ADAPTER = "adapter_model.safetensors"


class ModelEngine(Engine):
    """A model on this machine: a folder, or the name of one in the local cache of the Hugging Face Hub.

    Nothing is fetched. `revision` is that of the cache, or what a folder is called in place of its hash;
    `adapter` the folder of a LoRA adapter. `context` is the longest prompt and answer together, if the
    model's own is too long for the memory.
    """

    model: NonEmpty
    revision: NonEmpty | None = None
    adapter: NonEmpty | None = None
    dtype: NonEmpty = "auto"
    context: PositiveInt | None = None

    def state(self) -> dict[str, Any]:
        """Returns the model's name, its revision (the cache's, or a folder's hash) and how it is loaded."""
        return {
            "model": self.shown_model(),
            "revision": self.found_revision(),
            "dtype": self.dtype,
            "context": self.context,
        }

    def folder(self) -> Path:
        """Returns the model's folder.

        Raises:
            InputError: There is none, or it holds no weights as safetensors.
        """
        folder = _folder(self.model, self.revision)
        if not any(folder.glob("*.safetensors")):
            raise InputError(
                "the model has no weights as safetensors",
                where=folder.name,
                hint="Only safetensors are loaded: other weights can run code.",
            )
        return folder

    def adapter_folder(self) -> Path | None:
        """Returns the adapter's folder, if there is an adapter.

        Raises:
            InputError: It holds no adapter as safetensors.
        """
        if self.adapter is None:
            return None
        folder = Path(self.adapter)
        if not (folder / _ADAPTER).is_file():
            raise InputError(f"the adapter has no {_ADAPTER}", where=folder.name)
        return folder

    def shown_model(self) -> str:
        """Returns the model's name without this machine's folders, and that of its adapter."""
        name = Path(self.model).name if Path(self.model).is_dir() else self.model
        return f"{name}+{Path(self.adapter).name}" if self.adapter else name

    def found_revision(self) -> str:
        """Returns the revision of the model, and that of its adapter."""
        folder, adapter = self.folder(), self.adapter_folder()
        is_cached = not Path(self.model).is_dir()
        given = folder.name if is_cached and _COMMIT.fullmatch(folder.name) else self.revision
        revision = given or _hash(folder)
        return f"{revision}+{_hash(adapter)}" if adapter else revision

    def own_context(self) -> int | None:
        """Returns how many tokens the model was made for, as its configuration says."""
        with boundary(InputError, "reading the model's configuration"):
            data = (self.folder() / "config.json").read_bytes()
        try:
            told = orjson.loads(data)
        except orjson.JSONDecodeError as exc:
            raise InputError("config.json is no JSON", where=self.folder().name) from exc
        longest = told.get("max_position_embeddings") if isinstance(told, dict) else None
        return longest if isinstance(longest, int) else None


def _folder(model: str, revision: str | None) -> Path:
    if Path(model).is_dir():
        return Path(model)
    hub = installed("huggingface_hub", "transformers")
    try:
        return Path(hub.snapshot_download(model, revision=revision, local_files_only=True))
    except (OSError, ValueError) as exc:
        raise InputError(
            "no such model: neither a folder nor in the local cache of the Hugging Face Hub",
            where=Path(model).name,
            hint="Fetch it first (`hf download NAME`), or give its folder.",
        ) from exc


@cache
def _hash(folder: Path) -> str:
    """Returns a hash of the files that a loader reads; of large weights it takes minutes, once."""
    with boundary(InputError, "reading the model"):
        files = sorted(path for path in folder.iterdir() if path.suffix in _READ)
        return "sha256:" + listing_sha256((path.name, file_sha256(path)) for path in files)
