"""Compiled alignment of one part of an item with a stretch of text."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from curate.leakage.grams import Ints
from curate.text.kernels import Codes, fold_codes

Ends = NDArray[np.int64]

UNIT = 256
"""Weights and penalties of an alignment count in 1/UNIT of the rarest character's weight."""
MISMATCH = 90
GAP_OPEN = 128
GAP_MORE = 20
_MIX = np.uint32(0x9E3779B1)
_SLOTS, _PAIR_SLOTS = np.uint32(1 << 13), np.uint32(1 << 15)
_NEVER = -(1 << 24)


@njit(cache=True, nogil=True)
def _pair(one: np.uint32, two: np.uint32) -> np.uint32:
    """Returns a hash of two characters that stand side by side; its low bits are the good ones."""
    return one * _MIX ^ two


@njit(cache=True, nogil=True)
def score_bound(item: Codes, weight: Ints, text: Codes) -> int:
    """Returns a score that no alignment of `item` with `text` exceeds, in len(item) + len(text) steps.

    A character matches only if the text has it, and right after a match only if the text has both side by
    side: where it has not, a gap or a mismatch lies between them. What the text has is told by hashes.
    """
    last = _SLOTS - np.uint32(1)
    one, two = np.zeros(_SLOTS, np.bool_), np.zeros(_SLOTS, np.bool_)
    before = np.uint32(0)
    for char in text:
        one[char & last] = True
        two[_pair(before, char) & last] = True
        before = char
    best, match, differs, gap = 0, _NEVER, _NEVER, _NEVER
    before = np.uint32(0)
    for i in range(len(item)):
        char, matched = item[i], match
        if one[char & last]:
            beside = matched if two[_pair(before, char) & last] else matched - GAP_OPEN
            match = weight[i] + max(0, beside, differs, gap)
        else:
            match = _NEVER
        differs, gap = (
            max(matched, differs, gap) - MISMATCH,
            max(max(matched, differs) - GAP_OPEN, gap - GAP_MORE),
        )
        best = max(best, match)
        before = char
    return best


@njit(cache=True, nogil=True)
def pairs_in(codes: Codes, ends: Ends, text: Codes, held: Ends) -> None:
    """Counts for pieces that end at `ends` how many of their pairs of characters `text` may have.

    What the text has is told by hashes: `held` is no less than the number.
    """
    last = _PAIR_SLOTS - np.uint32(1)
    known = np.zeros(_PAIR_SLOTS, np.bool_)
    for j in range(1, len(text)):
        known[_pair(text[j - 1], text[j]) & last] = True
    start = 0
    for k in range(len(ends)):
        held[k] = 0
        for i in range(start + 1, ends[k]):
            held[k] += known[_pair(codes[i - 1], codes[i]) & last]
        start = ends[k]


@njit(cache=True, nogil=True)
def pieces_with_pairs(
    codes: Codes, ends: Ends, needed: Ends, text: Codes, tables: tuple[Codes, Codes, Codes]
) -> int:
    """Returns how many pieces have as many pairs as they need in `text`, once that is folded."""
    room = len(text) * tables[1].shape[1]
    folded, first, last = (
        np.empty(room, np.uint32),
        np.empty(room, np.uint32),
        np.empty(room, np.uint32),
    )
    n = fold_codes(text, tables[0], tables[1], tables[2], folded, (first, last))
    held = np.empty(len(ends), np.int64)
    pairs_in(codes, ends, folded[:n], held)
    return int(np.sum(held >= needed))


@njit(cache=True, nogil=True)
def reaches(item: Codes, weight: Ints, text: Codes, least: int) -> bool:
    """Whether `align` gives `least` or more; ends where that is sure, or can no longer be."""
    m = len(text)
    rows = np.zeros((2, m + 1), np.int32)
    down = np.full(m + 1, -GAP_OPEN, np.int32)
    left = np.sum(weight)
    for i in range(len(item)):
        top = _row(item[i], weight[i], text, (rows[i & 1], down, rows[1 - (i & 1)]))
        left -= weight[i]
        if top >= least:
            return True
        if top + left < least:
            return False
    return False


@njit(cache=True, nogil=True)
def align(item: Codes, weight: Ints, text: Codes, matched: Ints) -> int:
    """Aligns `item` with the best stretch of `text` (Smith-Waterman, a match worth the character's weight).

    A gap costs little to extend: on the text's side it is a page's furniture, on the item's a sentence
    left out. Writes to `matched` the offset in `text` of every matched character of `item`, or -1, and
    returns the score. Takes 4 × len(item) × len(text) bytes.
    """
    n, m = len(item), len(text)
    score = np.empty((n + 1, m + 1), np.int32)
    score[0] = 0
    score[:, 0] = 0
    down = np.full(m + 1, -GAP_OPEN, np.int32)
    best, end = 0, 0
    for i in range(1, n + 1):
        top = _row(item[i - 1], weight[i - 1], text, (score[i - 1], down, score[i]))
        if top > best:
            best, end = top, i
    matched[:] = -1
    if best > 0:
        _trace(score, (end, _first(score[end], best)), (item, weight), text, matched)
    return best


@njit(cache=True, nogil=True)
def _row(char: int, worth: int, text: Codes, rows: tuple[Ints, Ints, Ints]) -> int:
    """Fills one row of scores from the row before and the gaps that run down; returns the best of it.

    `rows` are the row before, the gaps, the row. In 32 bits, and without a cell that waits for the one
    before it but for the gaps along the row, so that the compiler makes vectors of it.
    """
    before, down, row = rows
    top = np.int32(0)
    for j in range(len(text)):
        score = np.int32(before[j] + (worth if char == text[j] else -MISMATCH))
        below = max(np.int32(down[j + 1] - GAP_MORE), np.int32(before[j + 1] - GAP_OPEN))
        down[j + 1] = below
        score = max(score, below, np.int32(0))
        row[j + 1] = score
        top = max(top, score)
    if top <= GAP_OPEN:
        return int(top)
    # the best gap along the row, with what it has paid so far
    high, paid = np.int32(-GAP_OPEN), np.int32(0)
    for j in range(1, len(text) + 1):
        score = row[j]
        row[j] = max(score, np.int32(high - paid))
        paid = np.int32(paid + GAP_MORE)
        high = max(high, np.int32(score - GAP_OPEN + paid))
    return int(top)


@njit(cache=True, nogil=True)
def _first(row: Ints, value: int) -> int:
    """Returns the first place of a value in a row."""
    j = 0
    while row[j] != value:
        j += 1
    return j


@njit(cache=True, nogil=True)
def _trace(
    score: Ints, end: tuple[int, int], item: tuple[Codes, Ints], text: Codes, matched: Ints
) -> None:
    """Goes back from the end of the best alignment, and notes what matched.

    Of ways that score the same a match or mismatch is taken before a gap, one along the text before one
    along the item, and a short gap before a longer one.
    """
    codes, weight = item
    i, j = end
    while score[i, j] > 0:
        same = codes[i - 1] == text[j - 1]
        worth = weight[i - 1] if same else -MISMATCH
        if score[i, j] == score[i - 1, j - 1] + worth:
            i -= 1
            j -= 1
            if same:
                matched[i] = j
            continue
        gap = _gap_before(score[i, : j + 1])
        if gap > 0:
            j -= gap
        else:
            i -= _gap_before(score[: i + 1, j])


@njit(cache=True, nogil=True)
def _gap_before(scores: Ints) -> int:
    """Returns the length of the shortest gap that makes the last of the scores, or 0."""
    last = len(scores) - 1
    cost = GAP_OPEN
    for gap in range(1, last + 1):
        if scores[last - gap] - cost == scores[last]:
            return gap
        cost += GAP_MORE
    return 0
