"""transformers in this process: slow, and the reference for what a model says."""

from typing import Literal

from curate.models import NonEmpty
from curate.sampling.engines.model import ModelEngine


class Transformers(ModelEngine):
    """`generate` of transformers, a prompt at a time; `device` is cpu, cuda or auto."""

    engine: Literal["transformers"] = "transformers"
    device: NonEmpty = "auto"
