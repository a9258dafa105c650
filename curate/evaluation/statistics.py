"""Differences between two sets of answers to the same items, and how sure they are.

Items about one case (serial questions) are answered alike, so intervals draw whole cases, not items.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from curate.intervals import LEVEL

DRAWS = 10_000
_BATCH = 256
"""Draws in memory at once."""

Numbers = npt.NDArray[np.float64]
Sums = tuple[Numbers, ...]


class Interval(NamedTuple):
    """A value and its 95 % interval."""

    value: float
    low: float
    high: float


class Flips(NamedTuple):
    """What became of each item from one set of answers to the other.

    `agreement` is the share of items that were answered alike, right or wrong.
    """

    right_right: int
    right_wrong: int
    wrong_right: int
    wrong_same: int
    wrong_other: int
    agreement: float


def rate_interval(
    scores: Sequence[float], totals: Sequence[float], clusters: Sequence[str], *, seed: int = 0,
    draws: int = DRAWS,
) -> Interval:  # fmt: skip
    """Returns points earned over points possible with its percentile bootstrap interval over clusters.

    Raises:
        ValueError: There are fewer than two clusters.
    """

    def rate(score: Numbers, total: Numbers, axis: int = -1) -> Numbers:
        return _over(score.sum(axis), total.sum(axis))

    return _bootstrap(rate, _by_cluster(clusters, scores, totals), seed, draws)


def paired_difference(
    scores: tuple[Sequence[float], Sequence[float]], totals: Sequence[float],
    clusters: Sequence[str], *, seed: int = 0, draws: int = DRAWS,
) -> Interval:  # fmt: skip
    """Returns the first rate minus the second, of the same items, with its paired bootstrap interval.

    A draw takes clusters, and both answers to their items; the interval is of percentiles (Efron 1979).

    Raises:
        ValueError: There are fewer than two clusters.
    """

    def difference(one: Numbers, other: Numbers, total: Numbers, axis: int = -1) -> Numbers:
        return _over(one.sum(axis) - other.sum(axis), total.sum(axis))

    return _bootstrap(difference, _by_cluster(clusters, *scores, totals), seed, draws)


def mcnemar(only_first: int, only_second: int) -> float:
    """Returns the exact two-sided p value of McNemar's test; 1.0 where no item is right in one alone.

    It takes items for independent: for serial questions the paired interval is the safer word.
    """
    from scipy.stats import binomtest  # type: ignore[import-untyped]  # noqa: PLC0415 (slow to import)

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

    Of those wrong both times it tells whether the answer stayed; answers are sorted letters, or a number.

    Raises:
        ValueError: The four are not of one length, or empty.
    """
    rows = list(zip(*right, *answers, strict=True))
    if not rows:
        raise ValueError("there is no item")
    kinds = Counter(
        (bool(before), bool(after), None if before or after else one == other)
        for before, after, one, other in rows
    )
    same = sum(one == other for _, _, one, other in rows)
    return Flips(
        right_right=kinds[True, True, None],
        right_wrong=kinds[True, False, None],
        wrong_right=kinds[False, True, None],
        wrong_same=kinds[False, False, True],
        wrong_other=kinds[False, False, False],
        agreement=same / len(rows),
    )


def _by_cluster(clusters: Sequence[str], *values: Sequence[float]) -> Sums:
    """Returns the sums of each of the values by cluster."""
    names, at = np.unique(np.asarray(clusters), return_inverse=True)
    if any(len(some) != len(at) for some in values):
        raise ValueError("as many values as items are needed")
    weights = (np.asarray(some, dtype=float) for some in values)
    sums = (np.bincount(at, weights=some, minlength=len(names)) for some in weights)
    return tuple(one.astype(float) for one in sums)


def _over(part: Numbers, whole: Numbers) -> Numbers:
    """Returns part / whole, and 0 where a draw holds no point at all."""
    whole = np.asarray(whole)
    nothing = np.zeros_like(whole, dtype=float)
    return np.asarray(np.divide(part, whole, out=nothing, where=whole > 0))


def _bootstrap(statistic: Callable[..., Numbers], sums: Sums, seed: int, draws: int) -> Interval:
    from scipy.stats import bootstrap  # noqa: PLC0415 (slow to import)

    drawn = bootstrap(
        sums,
        statistic,
        n_resamples=draws,
        batch=_BATCH,
        paired=True,
        vectorized=True,
        confidence_level=LEVEL,
        method="percentile",
        rng=np.random.default_rng(seed),
    ).confidence_interval
    return Interval(float(statistic(*sums)), float(drawn.low), float(drawn.high))
