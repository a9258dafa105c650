"""The plots of the pairs' page: lengths by tier, length gaps, pass rates, outcomes by question."""

from collections.abc import Sequence
from dataclasses import dataclass

from curate.grading.lengths import round_step
from curate.models import Estimate, LengthGap, OutcomeRow, PairsReport, TierRow
from curate.reports.formats import count

__all__ = ["Axis", "Bar", "Cell", "Matrix", "Spread", "lengths_axis", "matrix", "place", "spread"]

_MARGIN = 4.0
_MOST_CELLS = 12
"""Right or wrong samples beyond which outcomes are a list."""

_TICKS = 8
"""Most steps of an axis."""

HEIGHT = 40


@dataclass(frozen=True)
class Axis:
    """Ticks as (place, label)."""

    ticks: list[tuple[str, str]]


@dataclass(frozen=True)
class Bar:
    """One bar of a histogram, in percent of the width and in pixels from the top."""

    x: str
    width: str
    y: float
    height: float


@dataclass(frozen=True)
class Spread:
    """One tier's lengths on the common axis: its histogram, the middle half, the median."""

    bars: list[Bar]
    p5: str
    p25: str
    median: str
    p75: str
    p95: str
    text: str


@dataclass(frozen=True)
class Cell:
    """Questions with `right` and `wrong` samples; `shade` is their share of the fullest cell, in percent."""

    right: int
    wrong: int
    questions: int
    paired: int
    shade: int


@dataclass(frozen=True)
class Matrix:
    """Outcomes by question: a row for each number of right samples, the most first."""

    rows: list[tuple[int, list[Cell | None]]]
    wrong: list[int]


def place(share: float) -> str:
    """Returns a share as a place in percent of the width; a small margin keeps the outermost marks whole."""
    return f"{_MARGIN + (100 - 2 * _MARGIN) * min(max(share, 0.0), 1.0):.2f}%"


def delta_places(gap: LengthGap) -> tuple[str, str, str]:
    """Returns low, delta and high on an axis from -1 to 1."""
    return place((gap.low + 1) / 2), place((gap.delta + 1) / 2), place((gap.high + 1) / 2)


def rate_places(rate: Estimate) -> tuple[str, str, str]:
    """Returns low, value and high on an axis from 0 to 1."""
    return place(rate.low), place(rate.value), place(rate.high)


def lengths_axis(report: PairsReport) -> Axis:
    """Returns the axis of lengths in characters, from 0 to the last edge."""
    if not report.edges:
        return Axis([])
    top = report.edges[-1]
    ticks = range(0, top + 1, round_step(top / _TICKS))
    return Axis([(place(at / top), count(at)) for at in ticks])


def spread(row: TierRow, edges: Sequence[int]) -> Spread:
    """Returns a tier's row of the length plot."""
    top, fullest = edges[-1], max(row.histogram)
    width = (100 - 2 * _MARGIN) / (len(edges) - 1)
    sizes = row.characters
    bars = []
    for at, number in enumerate(row.histogram):
        if number:
            height = round(max(1.0, (HEIGHT - 10) * number / fullest), 1)
            x = _MARGIN + at * width
            bars.append(Bar(f"{x:.2f}%", f"{width:.2f}%", HEIGHT - 10 - height, height))
    return Spread(
        bars=bars,
        p5=place(sizes.p5 / top),
        p25=place(sizes.p25 / top),
        median=place(sizes.median / top),
        p75=place(sizes.p75 / top),
        p95=place(sizes.p95 / top),
        text=f"median {sizes.median:,.0f}, middle half {sizes.p25:,.0f} to {sizes.p75:,.0f}",
    )


def matrix(outcomes: Sequence[OutcomeRow]) -> Matrix | None:
    """Returns the outcomes as a matrix; None where there are none, or it would be too wide to read."""
    most = max((max(row.right, row.wrong) for row in outcomes), default=_MOST_CELLS + 1)
    if most > _MOST_CELLS:
        return None
    fullest = max(row.questions for row in outcomes)
    cells = {(row.right, row.wrong): _cell(row, fullest) for row in outcomes}
    rights = range(max(row.right for row in outcomes), -1, -1)
    wrongs = range(max(row.wrong for row in outcomes) + 1)
    return Matrix(
        rows=[(right, [cells.get((right, wrong)) for wrong in wrongs]) for right in rights],
        wrong=list(wrongs),
    )


def _cell(row: OutcomeRow, fullest: int) -> Cell:
    return Cell(
        row.right, row.wrong, row.questions, row.paired, shade=6 + 30 * row.questions // fullest
    )
