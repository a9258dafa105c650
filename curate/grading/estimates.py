"""Shares with their intervals."""

from statistics import NormalDist

from curate.models import Estimate

__all__ = ["mean_interval"]

_Z = NormalDist().inv_cdf(0.975)


def mean_interval(mean: float, of: int) -> Estimate:
    """Returns a mean of `of` values in [0, 1] with its 95 % Wilson interval.

    Wilson (1927) is for values that are 0 or 1; none in [0, 1] vary more, so for others it is too wide, never
    too narrow. It does not shrink to a point where all values agree.
    """
    mean = min(max(mean, 0.0), 1.0)
    weight = _Z**2 / of
    centre = (mean + weight / 2) / (1 + weight)
    half = _Z * (mean * (1 - mean) / of + weight / (4 * of)) ** 0.5 / (1 + weight)
    return Estimate(
        value=mean,
        low=max(0.0, min(mean, centre - half)),
        high=min(1.0, max(mean, centre + half)),
        of=of,
    )
