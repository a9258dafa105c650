"""Stability: whether the answers stay, and stay right, when a model is asked in another way."""

from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from typing import Final

import numpy as np
import polars as pl

from curate.errors import InputError
from curate.evaluation.answers import BASELINE, Answers, answers_of, mode_pairs
from curate.evaluation.groups import group_rows
from curate.evaluation.paired import Draws, compared, joined, turns
from curate.evaluation.statistics import DRAWS, Ratio, mcnemar
from curate.models import (
    Grade,
    ModePair,
    ModeRow,
    Noise,
    Stability,
)

UNREADABLE: Final = (
    Grade.NO_ANSWER, Grade.CONFLICTING, Grade.DEGENERATE, Grade.WRONG_COUNT, Grade.OUT_OF_RANGE,
)  # fmt: skip


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
        groups=[row for pair in pairs for row in group_rows(*pair, how)],
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
        scored={metric: table.height for metric, table in scored.items()},
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


def _columns(table: pl.DataFrame) -> tuple[list[float], list[float]]:
    return table["earned"].to_list(), table["weight"].to_list()


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
