"""Intervals of a proportion."""

LEVEL = 0.95


def wilson(some: int, of: int) -> tuple[float, float, float]:
    """Returns some/of with its 95 % Wilson interval (Wilson 1927), to six digits; `of` is at least 1."""
    from scipy.stats import binomtest  # type: ignore[import-untyped]  # noqa: PLC0415 (slow to import)

    interval = binomtest(some, of).proportion_ci(confidence_level=LEVEL, method="wilson")
    return some / of, round(float(interval.low), 6), round(float(interval.high), 6)
