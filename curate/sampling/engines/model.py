"""What the engines that load a model themselves have in common: which model, and that it runs no code."""

from pydantic import PositiveInt

from curate.models import NonEmpty
from curate.sampling.engine import Engine


class ModelEngine(Engine):
    """A model on this machine: a folder, or the name of one in the local cache of the Hugging Face Hub.

    Nothing is fetched. `revision` is that of the cache, or what a folder is called in place of its hash;
    `adapter` the folder of a LoRA adapter.
    """

    model: NonEmpty
    revision: NonEmpty | None = None
    adapter: NonEmpty | None = None
    dtype: NonEmpty = "auto"
    context: PositiveInt | None = None
