"""Length of the text, in characters."""

from typing import Literal, Self

import polars as pl
from pydantic import NonNegativeInt, PositiveInt, model_validator

from curate.corpus.stage import RowStage
from curate.tables import drop_where


class Length(RowStage):
    """Drops texts outside a character range; for a serial question stem and vignette count together."""

    stage: Literal["length"] = "length"
    min_chars: NonNegativeInt = 10
    max_chars: PositiveInt = 20_000

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.min_chars > self.max_chars:
            raise ValueError("min_chars is greater than max_chars")
        return self

    def apply(self, shard: pl.DataFrame) -> pl.DataFrame:
        """Sets `length.short` and `length.long`."""
        chars = pl.col("text").str.len_chars() + pl.col("vignette").str.len_chars().fill_null(0)
        marked = drop_where(shard, chars < self.min_chars, "length.short")
        return drop_where(marked, chars > self.max_chars, "length.long")
