"""The numbers of an evaluation as a table for people."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

COLUMNS = ("benchmark", "mode", "", "repeat", "points", "rate", "95 %", "accuracy", "tolerant", "gestalt",
           "normalised", "not read")  # fmt: skip
_READ = frozenset({"correct", "incorrect"})


def result_rows(results: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, ...]]:
    """Yields a row for each benchmark, mode, language and repeat."""
    for one in results:
        unread = sum(count for grade, count in one["grades"].items() if grade not in _READ)
        yield (
            one["benchmark"],
            one["mode"],
            one["language"],
            str(one["repeat"]),
            f"{one['score']:,}/{one['total']:,}",
            _rate(one["points_rate"]),
            "" if one["low"] is None else f"[{one['low']:.3f}, {one['high']:.3f}]",
            _rate(one["accuracy"]),
            _rate(one["tolerant"]),
            _rate(one["gestalt"]),
            _rate(one["norm_accuracy"]),
            f"{unread:,}/{one['asked']:,}",
        )


def _rate(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
