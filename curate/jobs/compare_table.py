"""Comparisons as lines and tables for people."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from curate.jobs.score_table import Table
from curate.models import Comparison
from curate.reports import comparison_grids
from curate.text import visible

__all__ = ["comparison_lines", "evaluation_tables"]

_SHOWN = 20
_HASH = 12
_TITLES = {
    "only_a": "found only in A",
    "only_b": "found only in B",
    "changed": "found in both, with another verdict or decision",
}

Row = tuple[str, str, str, str]
"""What, in A, in B, and what to note of it."""


def evaluation_tables(told: Comparison) -> Iterator[Table]:
    """Yields the tables of a comparison of evaluations; the best of a column says so."""
    for grid in comparison_grids(told):
        rows = [
            [f"{cell.text} (best)" if cell.best else cell.text for cell in row] for row in grid.rows
        ]
        yield Table(grid.title, grid.columns, rows)


def comparison_lines(data: Mapping[str, Any]) -> Sequence[str]:
    """Returns a comparison as an aligned table and lists of pairs; long lists are cut and say so."""
    rows = list(_rows(data))
    widths = [max(len(row[at]) for row in rows) for at in range(3)]
    lines = [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]])
        for row in rows
    ]
    return [*(line.rstrip() for line in lines), *_pairs(data["findings"])]


def _rows(data: Mapping[str, Any]) -> Iterator[Row]:
    yield ("", "A", "B", "")
    yield ("run", data["a"], data["b"], "")
    yield _row("verdict", data["verdict"])
    for group in ("rows", "counts", "dropped"):
        for name, sides in data[group].items():
            yield _row(name.replace("_", " "), sides)
    for name, sides in data["coverage"].items():
        yield _row(f"items of {name}", sides, _items)
    power = data["power"]
    overlap = {None: "", True: "intervals overlap", False: "intervals apart"}[power["overlap"]]
    yield (*_row("power", power, _recall)[:3], overlap)
    for name, sides in data["hashes"].items():
        note = "equal" if sides["equal"] else "differs"
        yield (f"{name} hash", _hashes(sides["a"]), _hashes(sides["b"]), note)


def _row(name: str, sides: Mapping[str, Any], show: Callable[[Any], str] = str) -> Row:
    def shown(value: Any) -> str:
        return f"{value:,}" if isinstance(value, int) else show(value)

    return (name, shown(sides["a"]), shown(sides["b"]), "" if sides["equal"] else "differs")


def _items(covered: Mapping[str, Any] | None) -> str:
    if covered is None:
        return "not looked for"
    of = f"{covered['items_indexed']:,}/{covered['items_expected']:,}"
    return f"{of}, {covered['items_undetermined']:,} undetermined"


def _recall(power: Mapping[str, Any] | None) -> str:
    if power is None:
        return "not measured"
    return f"{power['recall']:.4f} [{power['low']:.4f}, {power['high']:.4f}]"


def _hashes(value: Any) -> str:
    if isinstance(value, str):
        return value[:_HASH]
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {digest[:_HASH]}" for name, digest in value.items()) or "none"
    return f"{len(value)} file{'' if len(value) == 1 else 's'}" if value else "none"


def _pairs(findings: Mapping[str, Any]) -> Iterator[str]:
    yield f"{findings['both']:,} pairs found in both"
    for name, title in _TITLES.items():
        pairs = findings[name]
        yield f"{len(pairs):,} {title}"
        for pair in pairs[:_SHOWN]:
            ids = f"{pair['record_id']} ~ {pair['benchmark']} {pair['item_id']}"
            change = (
                f"{_verdict(pair['a'])} -> {_verdict(pair['b'])}"
                if name == "changed"
                else _verdict(pair)
            )
            yield visible(f"  {ids}: {change}", keep="")
        if len(pairs) > _SHOWN:
            yield f"  and {len(pairs) - _SHOWN:,} more: --format json lists all"


def _verdict(side: Mapping[str, Any]) -> str:
    decided = side["decided_by"]
    return f"{side['verdict']} ({decided})" if decided else str(side["verdict"])
