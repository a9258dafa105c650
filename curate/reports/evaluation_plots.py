"""The plots of the evaluation's page: rates and drops on common axes, in percent of the width."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from curate.models import Bounded, GroupDrop
from curate.reports.pairs_plots import place

__all__ = ["Axis", "Dumbbell", "dumbbells", "span_axis", "unit_axis"]

_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
_TICKS = 6
_HUNDRED = 100


@dataclass(frozen=True)
class Axis:
    """An axis from `low` to `high`, shares both; `ticks` are (place, label)."""

    low: float
    high: float
    ticks: list[tuple[str, str]]

    def at(self, share: float) -> str:
        """Returns the place of a share, or of the end that it lies beyond."""
        return place((share - self.low) / (self.high - self.low))

    def marks(self, one: Bounded) -> tuple[str, str, str]:
        """Returns the places of low, value and high; without an interval all are the value's."""
        low = one.value if one.low is None else one.low
        high = one.value if one.high is None else one.high
        return self.at(low), self.at(one.value), self.at(high)


@dataclass(frozen=True)
class Dumbbell:
    """A group's two rates on one axis."""

    row: GroupDrop
    baseline: str
    mode: str


def unit_axis(rates: Sequence[Bounded]) -> Axis:
    """Returns an axis of percent that holds rates and their intervals."""
    ends = [end for one in rates for end in (one.value, one.low, one.high) if end is not None]
    return _axis(min(ends, default=0.0), max(ends, default=1.0), signed=False)


def span_axis(drops: Sequence[Bounded]) -> Axis:
    """Returns an axis of points of 100 that holds 0, differences and their intervals."""
    ends = [end for one in drops for end in (one.value, one.low, one.high) if end is not None]
    return _axis(min([0.0, *ends]), max([0.0, *ends]), signed=True)


def dumbbells(rows: Sequence[GroupDrop]) -> tuple[Axis, list[Dumbbell]]:
    """Returns the groups on a common axis."""
    rates = [Bounded(value=rate) for row in rows for rate in (row.baseline_rate, row.mode_rate)]
    axis = unit_axis(rates)
    return axis, [Dumbbell(row, axis.at(row.baseline_rate), axis.at(row.mode_rate)) for row in rows]


def _axis(low: float, high: float, *, signed: bool) -> Axis:
    width = max(high - low, _STEPS[0])
    step = next((step for step in _STEPS if width / step <= _TICKS), _STEPS[-1])
    first = math.floor(low / step + 1e-9)
    last = max(math.ceil(high / step - 1e-9), first + 1)
    start, end = first * step, last * step
    labels = [(at * step, _label(at * step, signed=signed)) for at in range(first, last + 1)]
    axis = Axis(start, end, [])
    return Axis(start, end, [(axis.at(share), label) for share, label in labels])


def _label(share: float, *, signed: bool) -> str:
    text = f"{share * _HUNDRED:.0f}"
    if not signed or text in ("0", "-0"):
        return text.removeprefix("-") if text == "-0" else text
    return f"{share * _HUNDRED:+.0f}".replace("-", "−")
