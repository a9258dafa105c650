"""Two sets of answers to the same items: rates, the difference, and what turned."""

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from curate.evaluation.statistics import (
    DRAWS,
    Interval,
    Ratio,
    flips,
    permutation,
    ratio_intervals,
)
from curate.models import Bounded, FlipCounts


class Draws(NamedTuple):
    """How many draws an interval takes, and their seed."""

    number: int = DRAWS
    seed: int = 0

    def intervals(
        self, ratios: Sequence[Ratio], cases: Sequence[str], minus: Sequence[tuple[int, int]] = ()
    ) -> list[Bounded]:
        """Returns the ratios, and after them the differences `minus`; without an interval of one case."""
        seed, number = self.seed, self.number
        if len(set(cases)) < 2:  # noqa: PLR2004 (nothing can be drawn from one)
            values = [_value(ratio) for ratio in ratios]
            return [Bounded(value=v) for v in (*values, *(values[i] - values[j] for i, j in minus))]
        found = ratio_intervals(ratios, cases, minus=minus, seed=seed, draws=number)
        return [bounded(one) for one in found]


def bounded(one: Interval) -> Bounded:
    """Returns an interval as a record, to six digits."""
    return Bounded(value=round(one.value, 6), low=round(one.low, 6), high=round(one.high, 6))


def joined(ours: pl.DataFrame, theirs: pl.DataFrame) -> pl.DataFrame:
    """Returns the items that both have, with the other's columns as `_other`."""
    theirs = theirs.select("item_id", "earned", "right", "answer")
    return ours.join(theirs, on="item_id", suffix="_other", maintain_order="left")


def compared(both: pl.DataFrame, how: Draws) -> tuple[Bounded, Bounded, Bounded, float]:
    """Returns the first rate, the second, the first less the second, and the p value over cases."""
    cases, weight = both["case"].to_list(), both["weight"].to_list()
    ratios = [Ratio(both[name].to_list(), weight) for name in ("earned", "earned_other")]
    first, second, drop = how.intervals(ratios, cases, [(0, 1)])
    moved = (both["earned"] - both["earned_other"]).to_list()
    return first, second, drop, permutation(moved, cases, seed=how.seed)


def turns(both: pl.DataFrame) -> FlipCounts:
    """Returns the flip matrix of joined items."""
    names = ("", "_other")
    right = [both[f"right{name}"].to_list() for name in names]
    answers = [list(map(tuple, both[f"answer{name}"].to_list())) for name in names]
    return FlipCounts(**flips((right[0], right[1]), (answers[0], answers[1]))._asdict())


def _value(ratio: Ratio) -> float:
    whole = sum(ratio.wholes)
    return sum(ratio.parts) / whole if whole else 0.0
