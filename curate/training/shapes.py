"""The shape of a language model: how many weights lie where, from the fields of its config.json alone."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import yaml
from pydantic import ConfigDict, PositiveInt, ValidationError

from curate.artefacts import share
from curate.errors import InputError, boundary
from curate.models import Record

_EXPERTS = ("num_experts", "num_local_experts", "n_routed_experts")


class Shape(Record):
    """A dense decoder with gated feed-forward layers, such as Qwen2, Llama and Gemma."""

    model_config = ConfigDict(extra="ignore")

    hidden_size: PositiveInt
    intermediate_size: PositiveInt
    num_hidden_layers: PositiveInt
    num_attention_heads: PositiveInt
    num_key_value_heads: PositiveInt
    vocab_size: PositiveInt
    head_dim: PositiveInt | None = None
    tie_word_embeddings: bool = False

    @property
    def linears(self) -> dict[str, tuple[int, int]]:
        """The linear layers of one block by name, each with the widths of what goes in and comes out."""
        hidden, inner = self.hidden_size, self.intermediate_size
        head = self.head_dim or hidden // self.num_attention_heads
        queries, keys = self.num_attention_heads * head, self.num_key_value_heads * head
        return {
            "q_proj": (hidden, queries),
            "k_proj": (hidden, keys),
            "v_proj": (hidden, keys),
            "o_proj": (queries, hidden),
            "gate_proj": (hidden, inner),
            "up_proj": (hidden, inner),
            "down_proj": (inner, hidden),
        }

    @property
    def linear_weights(self) -> int:
        """The weights of the linear layers of all blocks: what a quantised model quantises."""
        return self.num_hidden_layers * sum(one * other for one, other in self.linears.values())

    @property
    def embedding_weights(self) -> int:
        """The weights of the embedding and, where it is another table, of the output layer."""
        return self.vocab_size * self.hidden_size * (1 if self.tie_word_embeddings else 2)

    @property
    def weights(self) -> int:
        """All weights but those of norms and biases, which are too few to matter."""
        return self.linear_weights + self.embedding_weights

    def adapter_weights(self, rank: int, targets: Iterable[str] | None = None) -> int:
        """Returns the weights of a LoRA adapter of some rank, on the named layers or on all linear ones."""
        named = self.linears if targets is None else {*targets}
        widths = (sum(sizes) for name, sizes in self.linears.items() if name in named)
        return self.num_hidden_layers * rank * sum(widths)

    def block_activations(self) -> int:
        """Returns the numbers that one block keeps for its backward pass, a token, without checkpointing.

        Both norms and what they give, the attention's and the feed-forward part's inputs and outputs;
        no matrix of attention scores, which today's kernels do not keep.
        """
        sizes = self.linears
        attention = sum(sizes[name][1] for name in ("q_proj", "k_proj", "v_proj"))
        return 6 * self.hidden_size + attention + sizes["o_proj"][0] + 4 * self.intermediate_size


def shape_of(name: str, folder: Path | None = None) -> Shape | None:
    """Returns a model's shape: from the config.json in `folder`, or else of a model known by name.

    None is returned for what no arithmetic here fits: mixtures of experts, and models without the fields.

    Raises:
        InputError: config.json cannot be read.
    """
    if folder is None:
        known = known_shapes().get(name)
        return Shape.model_validate(known) if known else None
    with boundary(InputError, "reading the model's configuration"):
        data = (folder / "config.json").read_bytes()
    try:
        told = orjson.loads(data)
    except orjson.JSONDecodeError as exc:
        raise InputError("config.json is no JSON", where=folder.name) from exc
    return _dense(told)


@cache
def known_shapes() -> dict[str, Mapping[str, Any]]:
    """Returns the shapes of the models that recipes name, each with the page that it stands on."""
    text = share("train", "models", "shapes.yaml").read_text(encoding="utf-8")
    known: dict[str, Mapping[str, Any]] = yaml.safe_load(text)
    return known


def _dense(told: Any) -> Shape | None:
    if not isinstance(told, dict) or any(told.get(key) for key in _EXPERTS):
        return None
    try:
        return Shape.model_validate(told)
    except ValidationError:
        return None
