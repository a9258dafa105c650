"""The dot plot's geometry, in percent of its width, so that it fits every screen."""

import math
from dataclasses import dataclass

from curate.models import DisguisePower, Power, Verdict
from curate.reports.formats import interval, percent

__all__ = ["Dot", "DotPlot", "dot_plot"]

_STEP = 0.05
_TICKS = 5


@dataclass(frozen=True)
class Dot:
    """One row of the plot."""

    name: str
    expected: Verdict | None
    found: int
    planted: int
    text: str
    interval: str
    x: str
    low: str
    high: str
    below: bool


@dataclass(frozen=True)
class DotPlot:
    """Rows on one axis that ends at 100 %."""

    dots: list[Dot]
    ticks: list[tuple[str, str]]
    floor: str | None
    floor_text: str


def dot_plot(power: Power, floor: float | None) -> DotPlot:
    """Returns the plot of recall per disguise, weakest first, under the recall of all."""
    lowest = min(
        [power.low, *(d.low for d in power.by_disguise), *([] if floor is None else [floor])]
    )
    start = min(max(0.0, math.floor(lowest / _STEP - 1e-9) * _STEP), 1 - _STEP)
    weakest_first = sorted(power.by_disguise, key=lambda d: (d.recall, d.disguise))
    return DotPlot(
        dots=[_dot(power, start, floor), *(_dot(d, start, floor) for d in weakest_first)],
        ticks=[_tick(start, index) for index in range(_TICKS)],
        floor=None if floor is None else _place(floor, start),
        floor_text="" if floor is None else percent(floor),
    )


def _dot(measured: DisguisePower | Power, start: float, floor: float | None) -> Dot:
    one = measured if isinstance(measured, DisguisePower) else None
    rows = measured.by_disguise if isinstance(measured, Power) else [measured]
    return Dot(
        name=one.disguise if one else "all disguises",
        expected=one.expected if one else None,
        found=sum(row.found for row in rows),
        planted=sum(row.planted for row in rows),
        text=percent(measured.recall),
        interval=interval(measured.low, measured.high),
        x=_place(measured.recall, start),
        low=_place(measured.low, start),
        high=_place(measured.high, start),
        below=floor is not None and measured.recall < floor,
    )


def _tick(start: float, index: int) -> tuple[str, str]:
    share = start + (1 - start) * index / (_TICKS - 1)
    return _place(share, start), f"{share * 100:.4g}"


def _place(share: float, start: float) -> str:
    """Percent of the width; a small margin keeps the outermost dots whole."""
    inside = min(max((share - start) / (1 - start), 0.0), 1.0)
    return f"{4 + 92 * inside:.2f}%"
