"""Compiled alignment of one part of an item with a stretch of text."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from curate.leakage.grams import Ints
from curate.text.kernels import Codes

UNIT = 256
"""Weights and penalties of an alignment count in 1/UNIT of the rarest character's weight."""
MISMATCH = 90
GAP_OPEN = 128
GAP_MORE = 20
DIAGONAL, ITEM_GAP, TEXT_GAP, MOVE = 1, 2, 3, 3
TEXT_GAP_GOES_ON, ITEM_GAP_GOES_ON = 4, 8
_MIX = np.uint32(0x9E3779B1)
_SLOTS = np.uint32(1 << 13)
_NEVER = -(1 << 24)


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
        two[(before * _MIX ^ char) & last] = True
        before = char
    best, match, differs, gap = 0, _NEVER, _NEVER, _NEVER
    before = np.uint32(0)
    for i in range(len(item)):
        char, matched = item[i], match
        if one[char & last]:
            beside = matched if two[(before * _MIX ^ char) & last] else matched - GAP_OPEN
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
def align_end(
    item: Codes, weight: Ints, text: Codes, rows: tuple[Ints, Ints, Ints]
) -> tuple[int, int, int]:
    """Returns the score of `align`, and where its alignment ends in `item` and in `text`.

    Several times as fast; `rows` are buffers longer than `text`.
    """
    row, down, fresh = rows
    m = len(text)
    row[: m + 1] = 0
    down[: m + 1] = -GAP_OPEN
    best, best_i, best_j = 0, 0, 0
    for i in range(len(item)):
        char, worth = item[i], weight[i]
        for j in range(
            m
        ):  # no cell waits for the one before it, so the compiler makes vectors of them
            score = row[j] + (worth if char == text[j] else -MISMATCH)
            below = max(down[j + 1] - GAP_MORE, row[j + 1] - GAP_OPEN)
            down[j + 1] = below
            fresh[j + 1] = max(score, below, 0)
        right = -GAP_OPEN
        for j in range(1, m + 1):
            score = fresh[j]
            if score > best:
                best, best_i, best_j = score, i + 1, j
            row[j] = max(score, right)
            right = max(right - GAP_MORE, score - GAP_OPEN)
    return best, best_i, best_j


@njit(cache=True, nogil=True)
def align(item: Codes, weight: Ints, text: Codes, matched: Ints) -> int:
    """Aligns `item` with the best stretch of `text` (Smith-Waterman, a match worth the character's weight).

    A gap costs little to extend: on the text's side it is a page's furniture, on the item's a sentence
    left out. Writes to `matched` the offset in `text` of every matched character of `item`, or -1, and
    returns the score. Takes len(item) × len(text) bytes.
    """
    n, m = len(item), len(text)
    step = np.empty((n + 1, m + 1), np.uint8)
    step[0] = 0
    row = np.zeros(m + 1, np.int32)
    down = np.full(m + 1, -GAP_OPEN, np.int32)
    fresh = np.zeros(m + 1, np.int32)
    best, best_i, best_j = 0, 0, 0
    for i in range(1, n + 1):
        now = step[i]
        now[0] = 0
        char, worth = item[i - 1], weight[i - 1]
        for j in range(1, m + 1):  # as in `align_end`
            score = row[j - 1] + (worth if char == text[j - 1] else -MISMATCH)
            opened, longer = row[j] - GAP_OPEN, down[j] - GAP_MORE
            below = max(opened, longer)
            down[j] = below
            fresh[j] = max(score, below, 0)
            move = ITEM_GAP if below > score else DIAGONAL
            move = move if max(score, below) > 0 else 0
            now[j] = move + (ITEM_GAP_GOES_ON if longer > opened else 0)
        right = -GAP_OPEN - GAP_MORE
        for j in range(1, m + 1):
            opened, longer = fresh[j - 1] - GAP_OPEN, right - GAP_MORE
            right = max(opened, longer)
            score = fresh[j]
            row[j] = max(score, right)
            if longer > opened:
                now[j] |= TEXT_GAP_GOES_ON
            if right > score or (right == score and now[j] & MOVE == ITEM_GAP):
                now[j] |= TEXT_GAP
            if score > best:
                best, best_i, best_j = score, i, j
    _trace(step, (best_i, best_j), (item, text), matched)
    return best


@njit(cache=True, nogil=True)
def _trace(
    step: NDArray[np.uint8], end: tuple[int, int], both: tuple[Codes, Codes], matched: Ints
) -> None:
    """Follows the steps back from the alignment's end and notes what matched."""
    item, text = both
    matched[:] = -1
    i, j = end
    while step[i, j] & MOVE:
        move = step[i, j] & MOVE
        if move == DIAGONAL:
            i -= 1
            j -= 1
            if item[i] == text[j]:
                matched[i] = j
        elif move == ITEM_GAP:
            while step[i, j] & ITEM_GAP_GOES_ON:
                i -= 1
            i -= 1
        else:
            while step[i, j] & TEXT_GAP_GOES_ON:
                j -= 1
            j -= 1
