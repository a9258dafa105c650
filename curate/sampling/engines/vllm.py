"""vLLM in this process, on a GPU or a CPU."""

from typing import Annotated, Literal

from pydantic import Field, PositiveInt

from curate.sampling.engines.model import ModelEngine


class Vllm(ModelEngine):
    """vLLM, offline. `gpu_memory` is the share of a GPU's memory, `cpu_cache_gib` the cache on a CPU."""

    engine: Literal["vllm"] = "vllm"
    tensor_parallel: PositiveInt = 1
    max_sequences: PositiveInt | None = None
    gpu_memory: Annotated[float, Field(gt=0, le=1)] | None = None
    cpu_cache_gib: PositiveInt = 2
