"""merge.json: how an adapter was merged, into what, and how far the outcome is from what was trained."""

from enum import StrEnum
from typing import Any, Literal

from pydantic import NonNegativeFloat, PositiveInt

from curate.models.base import NonEmpty, Record, Sha256


class MergeHow(StrEnum):
    """How an adapter becomes one with its base.

    `dequantize_and_merge`: into the weights that the quantised base stands for, left in full precision.
    `merge_and_requantize`: the same, quantised again. `full_precision`: into the base's own weights, which
    is exact for an adapter that was trained on them, and not for one that was trained on quantised ones.
    """

    DEQUANTIZE_AND_MERGE = "dequantize_and_merge"
    MERGE_AND_REQUANTIZE = "merge_and_requantize"
    FULL_PRECISION = "full_precision"

    @property
    def quantizes(self) -> bool:
        """Whether the base is loaded quantised, as the adapter knew it."""
        return self is not MergeHow.FULL_PRECISION


class LogitDifference(Record):
    """How far the merged model's logits are from the trained one's, over `tokens` of a fixed text.

    `same_first` is the share of tokens whose likeliest successor is the same.
    """

    tokens: PositiveInt
    largest: NonNegativeFloat
    mean: NonNegativeFloat
    same_first: NonNegativeFloat


class Merge(Record):
    """What stands beside merged weights.

    `quantization` is that of the base in training, by the keys of BitsAndBytesConfig; hashes are of the
    weights and of how they are read; names are those of the folders.
    """

    format: Literal["merge/1"] = "merge/1"
    how: MergeHow
    base: NonEmpty
    base_sha256: Sha256
    adapter: NonEmpty
    adapter_sha256: Sha256
    quantization: dict[str, Any] | None = None
    dtype: NonEmpty
    difference: LogitDifference
    version: NonEmpty
    packages: dict[str, str]
