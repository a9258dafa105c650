"""Suspicious characters: flagged, and dropped where the recipe says so."""

from typing import Literal

import polars as pl

from curate.corpus.flags import with_flags
from curate.corpus.frame import full_text
from curate.corpus.stage import RowStage
from curate.tables import drop_where, undropped
from curate.text import Suspicion, suspicions


class Suspicious(RowStage):
    """Flags texts that were read wrongly (`suspicious.<what>`), and drops those in `drop`.

    All of a row's text is looked at: case, stem, options, explanation.
    """

    stage: Literal["suspicious"] = "suspicious"
    drop: list[Suspicion] = []

    def apply(self, shard: pl.DataFrame) -> pl.DataFrame:
        """Replaces the row's `suspicious.` flags and sets `suspicious.<what>` by the policy."""
        texts = shard.select(pl.when(undropped()).then(full_text())).to_series()
        found = suspicions(texts).list.eval("suspicious." + pl.element())
        shard = with_flags(shard, "suspicious.", found)
        for name in self.drop:
            reason = f"suspicious.{name}"
            shard = drop_where(shard, pl.col("flags").list.contains(reason), reason)
        return shard
