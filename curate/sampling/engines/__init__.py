"""The engines; this union is their registry: a new one is a file and a word here."""

from typing import Annotated

from pydantic import Field

from curate.sampling.engines.openai import OpenAI
from curate.sampling.engines.recorded import Recorded
from curate.sampling.engines.transformers import Transformers
from curate.sampling.engines.vllm import Vllm

AnyEngine = Annotated[Vllm | OpenAI | Transformers | Recorded, Field(discriminator="engine")]

__all__ = ["AnyEngine", "OpenAI", "Recorded", "Transformers", "Vllm"]
