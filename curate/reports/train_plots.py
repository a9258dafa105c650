"""The geometry of the plots of a training: one number over the steps, in the units of its view box."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from curate.models import MetricsRow

__all__ = ["Plot", "plots"]

WIDTH, HEIGHT = 640, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 72, 24, 30, 40
_TICKS = 5
_MOST = 600
"""Points that a line is drawn with: of more steps, the mean of as many neighbours as it takes."""
_SHOWN = (
    ("loss", "Loss"),
    ("dpo_loss", "DPO loss"),
    ("nll_loss", "NLL loss"),
    ("rewards/margins", "Margin of the rewards"),
    ("rewards/accuracies", "Pairs whose chosen side has the greater reward"),
    ("logps/chosen", "Log-probability of the chosen side"),
    ("mean_token_accuracy", "Tokens that are the likeliest"),
    ("learning_rate", "Learning rate"),
    ("grad_norm", "Norm of the gradient"),
)


@dataclass(frozen=True)
class Plot:
    """A number over the steps; `text` says what the line shows to whoever does not see it."""

    name: str
    title: str
    line: str
    across: list[tuple[float, str]]
    upwards: list[tuple[float, str]]
    text: str


def plots(metrics: Sequence[MetricsRow]) -> list[Plot]:
    """Returns a plot of each number that a training is judged by, as far as it was logged."""
    found = []
    for name, title in _SHOWN:
        points = [(row.step, value) for row in metrics if (value := _number(row, name)) is not None]
        if points:
            found.append(_plot(name, title, points))
    return found


def _plot(name: str, title: str, points: Sequence[tuple[int, float]]) -> Plot:
    values = [value for _, value in points]
    low, high = _range(min(values), max(values))
    first, last = points[0][0], max(points[-1][0], points[0][0] + 1)

    def x(step: float) -> float:
        return round(_LEFT + (WIDTH - _LEFT - _RIGHT) * (step - first) / (last - first), 2)

    def y(value: float) -> float:
        return round(_TOP + (HEIGHT - _TOP - _BOTTOM) * (high - value) / (high - low), 2)

    said = f"from {values[0]:.4g} at step {first} to {values[-1]:.4g} at step {points[-1][0]}"
    return Plot(
        name=name,
        title=title,
        line=" ".join(f"{x(step)},{y(value)}" for step, value in _thinned(points)),
        across=[(x(step), f"{step}") for step in sorted({*map(round, _ticks(first, last))})],
        upwards=[(y(value), f"{value:.4g}") for value in _ticks(low, high)],
        text=f"{title} over the steps, {said}, between {min(values):.4g} and {max(values):.4g}.",
    )


def _number(row: MetricsRow, name: str) -> float | None:
    value = row.model_dump().get(name)
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None


def _range(low: float, high: float) -> tuple[float, float]:
    """Returns a range that is no point."""
    if high > low:
        return low, high
    margin = abs(low) / 10 or 1.0
    return low - margin, high + margin


def _ticks(low: float, high: float) -> list[float]:
    return [low + (high - low) * number / (_TICKS - 1) for number in range(_TICKS)]


def _thinned(points: Sequence[tuple[int, float]]) -> list[tuple[float, float]]:
    size = math.ceil(len(points) / _MOST)
    groups = [points[at : at + size] for at in range(0, len(points), size)]
    return [
        (sum(step for step, _ in some) / len(some), sum(value for _, value in some) / len(some))
        for some in groups
    ]
