"""The bound on an alignment's score, by which places are refused unaligned."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from curate.leakage.align import UNIT, align_end, score_bound
from curate.leakage.pieces import code_points

FEW = st.text("患者腎臓の", max_size=40)
MANY = st.text(st.characters(codec="utf-8"), max_size=40)


def _both(item, worth, text):
    weights = np.resize(np.array(worth, np.int32), len(item))
    codes = code_points(text)
    rows = np.empty((3, len(codes) + 1), np.int32)
    score, _, _ = align_end(code_points(item), weights, codes, (rows[0], rows[1], rows[2]))
    return score, score_bound(code_points(item), weights, codes)


@given(FEW | MANY, st.lists(st.integers(0, UNIT), min_size=1, max_size=9), FEW | MANY)
def test_no_alignment_scores_more_than_the_bound(item, worth, text):
    score, bound = _both(item, worth, text)
    assert score <= bound


@given(FEW, st.text("あいう", max_size=9), st.text("あいう", max_size=9))
def test_what_stands_in_a_text_whole_reaches_the_bound(item, before, after):
    score, bound = _both(item, [UNIT], before + item + after)
    assert score == bound == UNIT * len(item)


def test_scattered_characters_are_bounded_below_a_passage():
    item = "急性腎障害の患者に輸液を行う"
    apart = "。".join(item)
    score, bound = _both(item, [UNIT], apart)
    assert score <= bound < UNIT * len(item) * 0.6
