"""The numbers of an evaluation as a table for people."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

COLUMNS = ("benchmark", "mode", "", "repeat", "points", "rate", "95 %", "accuracy", "tolerant", "gestalt",
           "normalised", "not read")  # fmt: skip
DROPS = ("benchmark", "", "modes", "counted", "items", "drop", "95 %", "p", "McNemar", "lost", "won",
         "other wrong", "by form", "alike")  # fmt: skip
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


def drop_rows(drops: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, ...]]:
    """Yields a row for each two modes and metric; the drop is in points of 100."""
    for one in drops:
        ends = [one["low"], one["high"]]
        yield (
            one["benchmark"],
            one["language"],
            one["modes"],
            one["metric"],
            f"{one['items']:,}",
            f"{100 * one['drop']:.1f}",
            "" if None in ends else "[{:.1f}, {:.1f}]".format(*(100 * end for end in ends)),
            f"{one['p']:.2g}",
            f"{one['mcnemar']:.2g}",
            f"{one['right_wrong']:,}",
            f"{one['wrong_right']:,}",
            f"{one['wrong_other']:,}",
            f"{one['turned_alike']:,}",
            f"{one['agreement']:.3f}",
        )


def _rate(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
