"""What the evaluation's template shows beside the record itself."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from curate.models import (
    Bounded,
    EvaluationReport,
    GroupDrop,
    ItemCard,
    Metric,
    ModePair,
    ModeRow,
)
from curate.reports.evaluation_plots import Axis, Dumbbell, dumbbells, span_axis, unit_axis
from curate.reports.formats import bounds, decimals, plural, points, span
from curate.reports.turns import TURNS, turn

__all__ = ["METRICS", "SHAPES", "TURNS", "Line", "context", "item_data", "lines_of", "verdict"]

METRICS: Final[dict[Metric, str]] = {
    "published": "points, as published",
    "tolerant": "points, read tolerantly",
    "gestalt": "Gestalt accuracy",
    "accuracy": "accuracy, likeliest option",
    "norm_accuracy": "accuracy, likeliest per token",
}
SHAPES: Final = {
    "right_wrong": "fail", "wrong_right": "pass", "wrong_other": "undecided",
    "wrong_unread": "none", "wrong_same": "boilerplate", "right_right": "pass",
}  # fmt: skip
_LONG = 12


@dataclass(frozen=True)
class Verdict:
    """The first line: the word, what it looks like, and the sentence."""

    tone: str
    word: str
    sentence: str


@dataclass(frozen=True)
class Line:
    """An item in the list of all: its card's number, and for each mode beside the baseline the turn."""

    number: int
    card: ItemCard
    turns: dict[str, str]


@dataclass(frozen=True)
class Grouped:
    """The groups of two modes in one respect."""

    by: str
    baseline: str
    mode: str
    axis: Axis
    rows: list[Dumbbell]


def verdict(report: EvaluationReport) -> Verdict:
    """Returns what the numbers say of the first two modes: does asking otherwise cost accuracy?"""
    pair = next(iter(report.stability.pairs), None)
    if pair is None:
        return Verdict("none", "ONE MODE", _alone(report))
    drop = pair.drop
    flips = (
        f"{plural(pair.flips.flipped, 'answer')} of {pair.items:,} turned between right and wrong"
    )
    size = f"{points(abs(drop.value))} points of 100"
    names = f"Mode {pair.mode} instead of {pair.baseline}"
    if drop.low is None or drop.high is None:
        return Verdict("none", "NO INTERVAL", f"Of one case nothing can be said; {flips}")
    if drop.low > 0:
        return Verdict("fail", "COSTS", f"{names} costs {size} {span(drop)}; {flips}")
    if drop.high < 0:
        gain = Bounded(value=-drop.value, low=-drop.high, high=-drop.low)
        return Verdict("pass", "GAINS", f"{names} gains {size} {span(gain)}; {flips}")
    rates = f"{decimals(pair.baseline_rate)} and {decimals(pair.mode_rate)}"
    size = f"a drop of {points(drop.value)} {span(drop)} points of 100"
    sentence = f"{names} shows no drop beyond noise: {rates}, {size}; still {flips}"
    return Verdict("none", "NO DROP SHOWN", sentence)


def context(report: EvaluationReport) -> dict[str, object]:
    """Returns the template's variables but for the cards."""
    told = report.stability
    lines = lines_of(report)
    rates = [rate for row in told.modes for rate in row.rates.values()]
    return {
        "report": report,
        "verdict": verdict(report),
        "metric_names": METRICS,
        "turn_names": TURNS,
        "turn_shapes": SHAPES,
        "pair_axis": span_axis([pair.drop for pair in told.pairs]),
        "rate_axis": unit_axis(rates),
        "groups": _groups(told.groups),
        "lines": lines,
        "first_of": _first_of(lines),
        "offers": _offers(lines),
        "not_asked": _not_asked(report),
        "main": _main(told.pairs),
        "noisy": [row for row in told.modes if row.noise is not None],
    }


def lines_of(report: EvaluationReport) -> list[Line]:
    """Returns the items as lines, numbered from 1."""
    return [_line(card, number) for number, card in enumerate(report.items, start=1)]


def item_data(lines: Sequence[Line]) -> dict[str, Any]:
    """Returns the lines as the page's script reads them."""
    return {
        "lines": [
            {
                "benchmark": line.card.benchmark,
                "language": line.card.language,
                "item": line.card.item_id,
                "year": str(line.card.year or "none"),
                "section": line.card.section,
                "leak": line.card.leak or "no",
                "turns": line.turns,
                **{name.replace("_", ""): value for name, value in line.card.strata.items()},
            }
            for line in lines
        ]
    }


def _alone(report: EvaluationReport) -> str:
    row: ModeRow = report.stability.modes[0]
    metric, rate = next(iter(row.rates.items()))
    rated = f"{decimals(rate.value)} {bounds(rate)} {METRICS[metric]}"
    return f"{rated}, in {row.mode}: no other mode to compare with"


def _line(card: ItemCard, number: int) -> Line:
    first, *others = card.sides
    return Line(number, card, {side.mode: turn(first, side) for side in others or [first]})


def _main(pairs: Sequence[ModePair]) -> list[ModePair]:
    """Returns the pairs by their first metric: it is the one that the cards are told apart by."""
    seen: dict[tuple[str, str, str, str], ModePair] = {}
    for pair in pairs:
        seen.setdefault((pair.benchmark, pair.language, pair.baseline, pair.mode), pair)
    return list(seen.values())


def _groups(rows: Sequence[GroupDrop]) -> dict[tuple[str, str, str, str], list[Grouped]]:
    """Returns the groups by (benchmark, language, baseline, mode), long lists last."""
    parted: dict[tuple[str, str, str, str], dict[str, list[GroupDrop]]] = {}
    for row in rows:
        key = (row.benchmark, row.language, row.baseline, row.mode)
        parted.setdefault(key, {}).setdefault(row.by, []).append(row)
    return {
        key: [
            Grouped(by, key[2], key[3], *dumbbells(own))
            for by, own in sorted(kinds.items(), key=lambda kind: len(kind[1]) > _LONG)
        ]
        for key, kinds in parted.items()
    }


def _first_of(lines: Sequence[Line]) -> dict[tuple[str, str, str, str], int]:
    """Returns, by (benchmark, language, mode, turn), the number of the first card."""
    first: dict[tuple[str, str, str, str], int] = {}
    for line in lines:
        for mode, kind in line.turns.items():
            first.setdefault((line.card.benchmark, line.card.language, mode, kind), line.number)
    return first


def _offers(lines: Sequence[Line]) -> dict[str, dict[str, int]]:
    """Returns what each filter offers, with how many items there are of each; those with a choice only."""
    names = ("benchmark", "language", "year", "section", "leak")
    rows = item_data(lines)["lines"]
    strata = [name.replace("_", "") for name in (lines[0].card.strata if lines else ())]
    offers = {name: Counter(row.get(name, "unknown") for row in rows) for name in (*names, *strata)}
    offers["mode"] = Counter(mode for line in lines for mode in line.turns)
    return {name: dict(sorted(own.items())) for name, own in offers.items() if len(own) > 1}


def _not_asked(report: EvaluationReport) -> list[tuple[str, str, str, list[str]]]:
    """Returns (benchmark, mode and language, reason, ids) of what was not asked."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for result in report.evaluation.results:
        for one in result.not_asked:
            key = (result.benchmark, f"{result.mode}, {result.language}", one.reason)
            ids = found.setdefault(key, [])
            if one.item_id not in ids:
                ids.append(one.item_id)
    return [(*key, ids) for key, ids in found.items()]
