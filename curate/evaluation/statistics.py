"""Differences between two sets of answers to the same items, and how sure they are.

Items about one case (serial questions) are answered alike, so intervals draw whole cases, not items.
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from curate.intervals import LEVEL

DRAWS = 10_000
_BATCH = 64
"""Draws in memory at once."""
_FEWEST = 2

Numbers = npt.NDArray[np.float64]


class Interval(NamedTuple):
    """A value and its 95 % interval."""

    value: float
    low: float
    high: float


class Flips(NamedTuple):
    """What became of each item from one set of answers to the other.

    Of those wrong both times, `wrong_unread` lack an answer in one of them or in both. Of those right in
    one alone, `turned_alike` have the same answer in both: only its form turned. `agreement` is the share
    of items that were answered, and alike, right or wrong.
    """

    right_right: int
    right_wrong: int
    wrong_right: int
    wrong_same: int
    wrong_other: int
    wrong_unread: int
    turned_alike: int
    agreement: float


class Ratio(NamedTuple):
    """Sum of `parts` over sum of `wholes`, of the same items; 0 where there is nothing."""

    parts: Sequence[float]
    wholes: Sequence[float]


def rate_interval(
    scores: Sequence[float], totals: Sequence[float], clusters: Sequence[str], *, seed: int = 0,
    draws: int = DRAWS,
) -> Interval:  # fmt: skip
    """Returns points earned over points possible with its percentile bootstrap interval over clusters.

    Raises:
        ValueError: There are fewer than two clusters.
    """
    return ratio_intervals([Ratio(scores, totals)], clusters, seed=seed, draws=draws)[0]


def paired_difference(
    scores: tuple[Sequence[float], Sequence[float]], totals: Sequence[float],
    clusters: Sequence[str], *, seed: int = 0, draws: int = DRAWS,
) -> Interval:  # fmt: skip
    """Returns the first rate minus the second, of the same items, with its paired bootstrap interval.

    A draw takes clusters, and both answers to their items; the interval is of percentiles (Efron 1979).

    Raises:
        ValueError: There are fewer than two clusters.
    """
    one, other = (np.asarray(some, dtype=float) for some in scores)
    return rate_interval((one - other).tolist(), totals, clusters, seed=seed, draws=draws)


def ratio_intervals(
    ratios: Sequence[Ratio], clusters: Sequence[str], *, minus: Sequence[tuple[int, int]] = (),
    seed: int = 0, draws: int = DRAWS,
) -> list[Interval]:  # fmt: skip
    """Returns ratios with their intervals, all from the same draws of clusters.

    After them stand, for each (i, j) of `minus`, ratio i less ratio j, which may be of other items.

    Raises:
        ValueError: There are fewer than two clusters.
    """
    from scipy.stats import bootstrap  # type: ignore[import-untyped]  # noqa: PLC0415 (slow to import)

    sums = _by_cluster(clusters, *(one.parts for one in ratios), *(one.wholes for one in ratios))
    first, second = ([pair[at] for pair in minus] for at in (0, 1))

    def told(weights: Numbers) -> Numbers:
        values = _over(*np.split(weights @ sums, 2, axis=1))
        return np.concatenate([values, values[:, first] - values[:, second]], axis=1).T

    def statistic(drawn: npt.NDArray[np.intp], **_: int) -> Numbers:
        return told(_times_drawn(np.atleast_2d(drawn), len(sums)))

    values = told(np.ones((1, len(sums))))[:, 0]
    drawn = bootstrap(
        (np.arange(len(sums)),),
        statistic,
        n_resamples=draws,
        batch=_BATCH,
        vectorized=True,
        confidence_level=LEVEL,
        method="percentile",
        rng=np.random.default_rng(seed),
    ).confidence_interval
    return [
        Interval(float(value), float(low), float(high))
        for value, low, high in zip(values, drawn.low, drawn.high, strict=True)
    ]


def permutation(
    differences: Sequence[float], clusters: Sequence[str], *, seed: int = 0, draws: int = DRAWS - 1
) -> float:
    """Returns the two-sided p value of no difference, of a permutation test over clusters.

    A draw exchanges the two sets of answers in whole clusters at random, so that serial questions do not
    count as so many pieces of evidence. `differences` are by item, in points.
    """
    from scipy.stats import permutation_test  # noqa: PLC0415 (slow to import)

    sums = _by_cluster(clusters, differences)[:, 0]
    moved = sums[sums != 0]
    if len(moved) < _FEWEST:
        return 1.0

    def total(values: Numbers, axis: int = -1) -> Numbers:
        return np.asarray(values.sum(axis))

    found = permutation_test(
        (moved,),
        total,
        permutation_type="samples",
        vectorized=True,
        n_resamples=draws,
        batch=_BATCH,
        rng=np.random.default_rng(seed),
    )
    return float(found.pvalue)


def mcnemar(only_first: int, only_second: int) -> float:
    """Returns the exact two-sided p value of McNemar's test; 1.0 where no item is right in one alone.

    It takes items for independent: for serial questions the paired interval is the safer word.
    """
    from scipy.stats import binomtest  # noqa: PLC0415 (slow to import)

    if not only_first + only_second:
        return 1.0
    return float(binomtest(only_first, only_first + only_second, 0.5).pvalue)


def holm(p_values: Sequence[float]) -> list[float]:
    """Returns the p values adjusted for their number (Holm 1979), in their order."""
    p = np.asarray(p_values, dtype=float)
    order = np.argsort(p, kind="stable")
    steps = np.arange(len(p), 0, -1)
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(p[order] * steps))
    return [float(one) for one in adjusted]


def flips(
    right: tuple[Sequence[bool], Sequence[bool]],
    answers: tuple[Sequence[tuple[str, ...]], Sequence[tuple[str, ...]]],
) -> Flips:
    """Returns the flip matrix of the same items answered twice.

    Of those wrong both times it tells whether the answer stayed; answers are sorted letters, or a number, or
    nothing where none could be read.

    Raises:
        ValueError: The four are not of one length, or empty.
    """
    rows = list(zip(*right, *answers, strict=True))
    if not rows:
        raise ValueError("there is no item")
    kinds = Counter(
        (bool(before), bool(after), None if before or after else _stayed(one, other))
        for before, after, one, other in rows
    )
    same = sum(_stayed(one, other) == "same" for _, _, one, other in rows)
    alike = sum(
        bool(before) is not bool(after) and _stayed(one, other) == "same"
        for before, after, one, other in rows
    )
    return Flips(
        right_right=kinds[True, True, None],
        right_wrong=kinds[True, False, None],
        wrong_right=kinds[False, True, None],
        wrong_same=kinds[False, False, "same"],
        wrong_other=kinds[False, False, "other"],
        wrong_unread=kinds[False, False, "unread"],
        turned_alike=alike,
        agreement=same / len(rows),
    )


def _stayed(one: tuple[str, ...], other: tuple[str, ...]) -> str:
    if not one or not other:
        return "unread"
    return "same" if one == other else "other"


def _by_cluster(clusters: Sequence[str], *values: Sequence[float]) -> Numbers:
    """Returns the sums of each of the values, a column each, by cluster."""
    names, at = np.unique(np.asarray(clusters, dtype=str), return_inverse=True)
    if any(len(some) != len(at) for some in values):
        raise ValueError("as many values as items are needed")
    weights = (np.asarray(some, dtype=float) for some in values)
    return np.column_stack([np.bincount(at, some, len(names)) for some in weights])


def _times_drawn(drawn: npt.NDArray[np.intp], size: int) -> Numbers:
    """Returns how often each of `size` clusters is in each row of drawn ones."""
    rows = len(drawn)
    flat = (drawn + size * np.arange(rows)[:, None]).ravel()
    return np.bincount(flat, minlength=rows * size).reshape(rows, size).astype(float)


def _over(part: Numbers, whole: Numbers) -> Numbers:
    """Returns part / whole, and 0 where a draw holds no point at all."""
    return np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0)
