"""The alignment against a plain one, and what refuses a place without it."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from curate.leakage.align import (
    GAP_MORE,
    GAP_OPEN,
    MISMATCH,
    UNIT,
    align,
    pairs_in,
    reaches,
    score_bound,
)
from curate.leakage.pieces import code_points

FEW = st.text("患者腎臓の", max_size=40)
MANY = st.text(st.characters(codec="utf-8"), max_size=40)
WORTH = st.lists(st.integers(0, UNIT), min_size=1, max_size=9)
NEVER = -(10**9)


def _weights(item, worth):
    return np.resize(np.array(worth, np.int32), len(item))


def _aligned(item, worth, text):
    """Returns the score, and the pairs (place in the item, place in the text) that matched."""
    matched = np.empty(len(item), np.int32)
    score = align(code_points(item), _weights(item, worth), code_points(text), matched)
    return score, [(i, j) for i, j in enumerate(matched.tolist()) if j >= 0]


def _bound(item, worth, text):
    return score_bound(code_points(item), _weights(item, worth), code_points(text))


def _plain(item, worth, text):
    """Returns the score of the best local alignment with affine gaps, cell by cell (Gotoh 1982)."""
    weights = _weights(item, worth).tolist()
    best = 0
    above, down = [0] * (len(text) + 1), [NEVER] * (len(text) + 1)
    for char, weight in zip(item, weights, strict=True):
        row, right = [0], NEVER
        for j, other in enumerate(text):
            step = above[j] + (weight if char == other else -MISMATCH)
            down[j + 1] = max(down[j + 1] - GAP_MORE, above[j + 1] - GAP_OPEN)
            right = max(right - GAP_MORE, row[j] - GAP_OPEN)
            row.append(max(0, step, down[j + 1], right))
        best, above = max(best, *row), row
    return best


def _gap(length):
    return GAP_OPEN + GAP_MORE * (length - 1) if length else 0


def _between(one, other):
    """Returns the least that mismatches and gaps between two matched pairs cost."""
    along, down = other[1] - one[1] - 1, other[0] - one[0] - 1
    return min(
        MISMATCH * both + _gap(along - both) + _gap(down - both)
        for both in range(min(along, down) + 1)
    )


@given(FEW | MANY, WORTH, FEW | MANY)
def test_the_score_is_that_of_a_plain_alignment(item, worth, text):
    assert _aligned(item, worth, text)[0] == _plain(item, worth, text)


@given(FEW, WORTH, FEW)
def test_what_matched_makes_the_score(item, worth, text):
    score, matched = _aligned(item, worth, text)
    weights = _weights(item, worth).tolist()
    assert all(item[i] == text[j] for i, j in matched)
    gained = sum(weights[i] for i, _ in matched)
    assert score == gained - sum(_between(one, other) for one, other in pairwise(matched))


@given(FEW | MANY, WORTH, FEW | MANY, st.integers(0, 3000))
def test_what_an_alignment_reaches_is_known_without_the_whole_of_it(item, worth, text, least):
    codes = code_points(item), _weights(item, worth), code_points(text)
    score = _aligned(item, worth, text)[0]
    for limit in {least, score, score + 1} - {0}:
        assert reaches(*codes, limit) is (score >= limit)


@given(FEW | MANY, WORTH, FEW | MANY)
def test_no_alignment_scores_more_than_the_bound(item, worth, text):
    assert _aligned(item, worth, text)[0] <= _bound(item, worth, text)


@given(FEW, st.text("あいう", max_size=9), st.text("あいう", max_size=9))
def test_what_stands_in_a_text_whole_reaches_the_bound(item, before, after):
    text = before + item + after
    score, bound = _aligned(item, [UNIT], text)[0], _bound(item, [UNIT], text)
    assert score == bound == UNIT * len(item)


def test_scattered_characters_are_bounded_below_a_passage():
    item = "急性腎障害の患者に輸液を行う"
    apart = "。".join(item)
    assert _aligned(item, [UNIT], apart)[0] <= _bound(item, [UNIT], apart)
    assert _bound(item, [UNIT], apart) < UNIT * len(item) * 0.6


@given(st.lists(FEW | MANY, max_size=5), FEW | MANY)
def test_no_pair_of_characters_goes_uncounted(pieces, text):
    held = np.empty(len(pieces), np.int64)
    ends = np.cumsum([len(piece) for piece in pieces], dtype=np.int64)
    pairs_in(code_points("".join(pieces)), ends, code_points(text), held)
    for piece, count in zip(pieces, held.tolist(), strict=True):
        assert sum(a + b in text for a, b in pairwise(piece)) <= count <= max(0, len(piece) - 1)
