"""Where a page's two columns part, if it has two."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from curate.sources.values import folded

Span = tuple[float, float, str]
"""A cell's left and right edge in points, and its text."""

_MIDDLE = (0.35, 0.65)  # of the width, where a gutter can lie
_CROSSING = 0.06  # of the rows may cross it: headings, page numbers
_ROWS = 4  # so many lines at least make a column
_NUMBER = re.compile(r"[0-9]{1,3}")
_SLACK = 2  # points by which places that look alike may differ
_HANGING = 40  # points by which numbers may stand out to the left of a column's text
_SHARE = 0.5  # of the right column's text stands in the left one, at least: letters alone are none
_ALIGNED = 0.5  # of a column's lines begin near its edge
OPTION = re.compile(r"([a-hａ-ｈ])(?:[.．)）]?(?:\s+|$)|[.．)）])")
"""An option's letter at the start of a cell."""


def gutter(rows: Sequence[Sequence[Span]]) -> float | None:
    """Returns where the right column begins to be; None for a page of one column.

    Options that stand side by side are no second column.
    """
    if not rows:
        return None
    left = min(row[0][0] for row in rows)
    right = max(row[-1][1] for row in rows)
    starts = Counter(round(cell[0]) for row in rows for cell in row)
    low, high = (left + share * (right - left) for share in _MIDDLE)
    within = [start - _SLACK for start, _ in starts.most_common() if low <= start <= high]
    edge = next((place for place in within if _parts(rows, place)), None)
    if edge is None:
        return None
    numbers = [
        cell[0] - _SLACK
        for row in rows
        for cell, text in pairwise(row)
        if _NUMBER.fullmatch(folded(cell[2])) and abs(text[0] - _SLACK - edge) <= _SLACK
    ]
    hanging = (place for place in sorted(numbers) if edge - _HANGING < place < edge)
    return next((place for place in hanging if is_free(rows, place)), edge)


def is_free(rows: Sequence[Sequence[Span]], edge: float) -> bool:
    """Tells whether hardly a row crosses the place."""
    crossing = sum(any(start < edge < end for start, end, _ in row) for row in rows)
    return crossing <= _CROSSING * len(rows)


def _parts(rows: Sequence[Sequence[Span]], edge: float) -> bool:
    if not is_free(rows, edge):
        return False
    sides = [0, 0]
    for start, _, text in (cell for row in rows for cell in row):
        sides[start >= edge] += len(text)
    if sides[0] < _SHARE * sides[1]:
        return False
    right = [[cell for cell in row if cell[0] >= edge] for row in rows]
    begun = [row[0] for row in right if row]
    aligned = sum(cell[0] - edge < _HANGING for cell in begun)
    if len(begun) < _ROWS or aligned < _ALIGNED * len(begun):
        return False
    beside = sum(_beside(row, edge) for row in rows)
    return beside < len(begun) / 2


def _beside(row: Sequence[Span], edge: float) -> bool:
    """Tells whether options stand on both sides in one row."""
    left = [cell for cell in row if cell[0] < edge]
    right = [cell for cell in row if cell[0] >= edge]
    return bool(left and right and all(OPTION.match(side[0][2]) for side in (left, right)))
