"""Any server that speaks the OpenAI protocol: `vllm serve`, llama.cpp, a provider."""

from typing import Annotated, Literal

from pydantic import Field, PositiveFloat, PositiveInt

from curate.models import NonEmpty
from curate.sampling.engine import Engine


class OpenAI(Engine):
    """A server: `url` ends with its version, as in http://127.0.0.1:8000/v1.

    The key comes from the environment variable `key_env`, never from a recipe. `in_flight` requests wait for
    an answer at a time; each is tried `tries` times, with growing pauses, and may take `timeout` seconds.
    `tokenizer` is a folder with the model's tokenizer, for lengths; `context` stands in for what the server
    does not say. With `one_each` every sample is a request of its own, for servers that know no `n`.
    """

    engine: Literal["openai"] = "openai"
    url: NonEmpty
    model: NonEmpty
    revision: NonEmpty | None = None
    key_env: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")] = "OPENAI_API_KEY"
    in_flight: Annotated[PositiveInt, Field(le=4096)] = 64
    tries: Annotated[PositiveInt, Field(le=100)] = 8
    timeout: PositiveFloat = 600.0
    tokenizer: NonEmpty | None = None
    context: PositiveInt | None = None
    one_each: bool = False
