"""Stability: whether the answers stay, and stay right, when a model is asked in another way."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Final, NamedTuple

import numpy as np
import polars as pl

from curate.errors import InputError
from curate.evaluation.answers import Answers, answers_of, mode_pairs
from curate.evaluation.items import human_bin
from curate.evaluation.statistics import (
    DRAWS,
    Interval,
    Ratio,
    flips,
    mcnemar,
    permutation,
    ratio_intervals,
)
from curate.models import (
    Bounded,
    FlipCounts,
    Grade,
    GroupDrop,
    ModePair,
    ModeRow,
    Noise,
    Stability,
)

BASELINE: Final = "direct"
UNREADABLE: Final = (
    Grade.NO_ANSWER, Grade.CONFLICTING, Grade.DEGENERATE, Grade.WRONG_COUNT, Grade.OUT_OF_RANGE,
)  # fmt: skip
GROUPS: Final[dict[str, pl.Expr]] = {
    "year": pl.col("year").cast(pl.String),
    "section": pl.col("section"),
    "image": pl.col("has_image").replace_strict({True: "yes", False: "no"}),
    "serial_without_vignette": pl.col("serial").replace_strict({True: "yes", False: "no"}),
    "numeric": pl.col("numeric").replace_strict({True: "yes", False: "no"}),
    "answers": pl.col("n_answers").cast(pl.String),
    "category": pl.col("category").fill_null("unknown"),
    "human_accuracy": pl.col("human_accuracy").map_elements(
        human_bin, return_dtype=pl.String, skip_nulls=False
    ),
}
"""In what respects drops are told apart."""


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


def stability(
    evaluated: pl.DataFrame, *, baseline: str = BASELINE, seed: int = 0, draws: int = DRAWS
) -> Stability:
    """Returns what becomes of the answers from mode to mode; `evaluated` has EvaluatedItem's columns.

    Raises:
        InputError: There is no answer.
    """
    if evaluated.is_empty():
        raise InputError("no item was answered, so there is nothing to compare")
    how = Draws(draws, seed)
    found = answers_of(evaluated, baseline)
    modes = {one.key.mode for one in found}
    pairs = list(mode_pairs(found))
    return Stability(
        baseline=baseline if baseline in modes else found[0].key.mode,
        draws=draws,
        seed=seed,
        modes=[mode_row(one, how) for one in found],
        pairs=[row for pair in pairs for row in pair_rows(*pair, how)],
        groups=[row for pair in pairs for row in _group_rows(*pair, how)],
    )


def mode_row(found: Answers, how: Draws) -> ModeRow:
    """Returns one mode's numbers."""
    rows = found.rows
    scored = {metric: found.scored(metric) for metric in found.metrics}
    rates = {
        metric: how.intervals([Ratio(*_columns(table))], table["case"].to_list())[0]
        for metric, table in scored.items()
    }
    grades = Counter(rows["grade"].drop_nulls().to_list())
    return ModeRow(
        **found.key._asdict(),
        template=rows["template"][0],
        method=rows["method"][0],
        items=rows["item_id"].n_unique(),
        repeats=rows["repeat"].n_unique(),
        responses=rows.height,
        rates=rates,
        grades={one.value: grades[one.value] for one in Grade if grades[one.value]},
        unreadable=sum(grades[one.value] for one in UNREADABLE) / rows.height,
        truncated=grades[Grade.TRUNCATED.value] / rows.height,
        refused=grades[Grade.REFUSED.value] / rows.height,
        noise=_noise(found),
    )


def pair_rows(one: Answers, other: Answers, how: Draws) -> Iterator[ModePair]:
    """Yields what became of the answers from the first to the second, by each metric that both have."""
    for metric in one.metrics:
        if metric not in other.metrics:
            continue
        ours, theirs = one.scored(metric), other.scored(metric)
        both = joined(ours, theirs)
        if not both.height:
            continue
        first, second, drop, p = compared(both, how)
        turned = turns(both)
        yield ModePair(
            benchmark=one.key.benchmark,
            language=one.key.language,
            baseline=one.key.mode,
            mode=other.key.mode,
            metric=metric,
            items=both.height,
            cases=both["case"].n_unique(),
            unpaired=ours.height + theirs.height - 2 * both.height,
            baseline_rate=first.value,
            mode_rate=second.value,
            drop=drop,
            p=p,
            mcnemar=mcnemar(turned.right_wrong, turned.wrong_right),
            flips=turned,
        )


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


def _columns(table: pl.DataFrame) -> tuple[list[float], list[float]]:
    return table["earned"].to_list(), table["weight"].to_list()


def _value(ratio: Ratio) -> float:
    whole = sum(ratio.wholes)
    return sum(ratio.parts) / whole if whole else 0.0


def _noise(found: Answers) -> Noise | None:
    """Returns how far the repeats are apart, by the mode's first metric; None of one repeat."""
    right = found.column(found.metrics[0])
    repeats = found.rows.sort("repeat").partition_by("repeat", maintain_order=True)
    if len(repeats) == 1:
        return None
    tables = [one.select("item_id", "answer", right=pl.col(right)) for one in repeats]
    moved, turned = [], []
    for one, other in combinations(tables, 2):
        both = one.join(other, on="item_id", suffix="_other")
        alike = pl.col("answer") == pl.col("answer_other")
        moved.append(both.select((~alike.fill_null(value=False)).mean()).item())
        turned.append(both.select((pl.col("right") != pl.col("right_other")).mean()).item())
    return Noise(
        seeds=[one["seed"][0] for one in repeats],
        rates=[_points_rate(one, right) for one in repeats],
        changed=float(np.mean(moved)),
        flipped=float(np.mean(turned)),
    )


def _points_rate(rows: pl.DataFrame, right: str) -> float:
    earned = rows.select((pl.col("points") * pl.col(right)).sum()).item()
    total = rows["points"].sum()
    return float(earned / total) if total else 0.0


def _group_rows(one: Answers, other: Answers, how: Draws) -> Iterator[GroupDrop]:
    """Yields the drops by year, section and stratum, of the first metric that both have."""
    metric = next((name for name in one.metrics if name in other.metrics), None)
    if metric is None:
        return
    both = joined(one.scored(metric), other.scored(metric))
    told = one.first.select("item_id", **GROUPS)
    both = both.join(told, on="item_id", maintain_order="left")
    kinds = [
        (by, value)
        for by in GROUPS
        for value in sorted(both[by].drop_nulls().unique().to_list())
        if both[by].n_unique() > 1
    ]
    if not kinds:
        return
    masks = [(both[by] == value).fill_null(value=False) for by, value in kinds]
    ratios = [
        Ratio((both[side] * mask).to_list(), (both["weight"] * mask).to_list())
        for mask in masks
        for side in ("earned", "earned_other")
    ]
    minus = [(2 * at, 2 * at + 1) for at in range(len(masks))]
    found = how.intervals(ratios, both["case"].to_list(), minus)
    for at, (by, value) in enumerate(kinds):
        own = both.filter(masks[at])
        one_case = own["case"].n_unique() < 2  # noqa: PLR2004 (nothing can be drawn from one)
        drop = found[len(ratios) + at]
        yield GroupDrop(
            benchmark=one.key.benchmark,
            language=one.key.language,
            baseline=one.key.mode,
            mode=other.key.mode,
            by=by,
            value=value,
            items=own.height,
            baseline_rate=found[2 * at].value,
            mode_rate=found[2 * at + 1].value,
            drop=Bounded(value=drop.value) if one_case else drop,
            right_wrong=own.filter(pl.col("right") & ~pl.col("right_other")).height,
            wrong_right=own.filter(~pl.col("right") & pl.col("right_other")).height,
        )
