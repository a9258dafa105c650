"""An explanation's own verdicts on the options, beside the key."""

from typing import Literal

import polars as pl

from curate.corpus.flags import with_flags
from curate.corpus.stage import RowStage
from curate.tables import drop_where, undropped
from curate.text import judgement

_READ = ("text", "choices", "answers", "explanation")
_AGAINST = "explanation.contradicts_key:"


class Explanation(RowStage):
    """Flags explanations that judge the options otherwise than the key does, and drops them on demand.

    `explanation.contradicts_key:<letters>` names the options at odds; `explanation.supports_key` says that
    every letter of the key was called right. An explanation that is not sure about its options has no flag.
    """

    stage: Literal["explanation"] = "explanation"
    drop: list[Literal["contradicts"]] = []

    def apply(self, shard: pl.DataFrame) -> pl.DataFrame:
        """Replaces the row's `explanation.` flags and sets `explanation.contradicts` by the policy."""
        asked = shard.select(
            undropped() & pl.col("explanation").is_not_null() & (pl.col("answers").list.len() > 0)
        ).to_series()
        flags: list[list[str]] = [[] for _ in range(shard.height)]
        for place, row in zip(
            asked.arg_true(), shard.select(_READ).filter(asked).rows(), strict=True
        ):
            flags[place] = _flags(*row)
        shard = with_flags(shard, "explanation.", pl.Series(flags, dtype=pl.List(pl.String)))
        if "contradicts" not in self.drop:
            return shard
        against = pl.col("flags").list.eval(pl.element().str.starts_with(_AGAINST)).list.any()
        return drop_where(shard, against, "explanation.contradicts")


def _flags(text: str, choices: list[str], answers: list[list[str]], explanation: str) -> list[str]:
    found = judgement(text, len(choices), answers, explanation)
    if found is None:
        return []
    return ["explanation.supports_key"] if found.supports else [_AGAINST + found.letters]
