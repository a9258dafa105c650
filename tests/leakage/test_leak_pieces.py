"""The n-grams and the worth of many pieces at once are those of each alone."""

from itertools import chain

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.leakage.align import UNIT
from curate.leakage.grams import EN_GRAM, JA_GRAM
from curate.leakage.pieces import EN_WORTH, NUMBER, SHORT, Pieces, code_points, hashes_of

PIECE = st.text(alphabet="あいうか3٣mg", max_size=24)
PARTS = st.lists(st.tuples(st.lists(PIECE, max_size=4), st.sampled_from([JA_GRAM, EN_GRAM])))


@given(PARTS)
def test_no_n_gram_runs_from_one_piece_to_the_next(parts):
    found = Pieces.of([own for own, _ in parts], [size for _, size in parts]).hashes()
    assert len(found) == len(parts)
    for hashes, (own, size) in zip(found, parts, strict=True):
        alone = [hashes_of(code_points(piece), size).tolist() for piece in own]
        assert hashes.tolist() == [*chain.from_iterable(alone)]


def _worth_of(piece, size, weights):
    """The worth of a piece's characters, one by one, by its n-grams' weights."""
    scale = UNIT * (EN_WORTH if size == EN_GRAM else 1)
    for at, char in enumerate(piece):
        around = weights[max(0, at - size + 1) : at + 1]
        mean = float(np.mean(around, dtype=np.float64)) if len(weights) else SHORT
        yield NUMBER * scale if char.isdigit() else mean * scale


@given(PARTS, st.randoms(use_true_random=False))
def test_a_character_is_worth_the_mean_of_the_n_grams_around_it(parts, rng):
    pieces = Pieces.of([own for own, _ in parts], [size for _, size in parts])
    weights = [
        [[rng.random() for _ in range(len(piece) - size + 1)] for piece in own]
        for own, size in parts
    ]
    flat = [np.array([*chain.from_iterable(some)], np.float32) for some in weights]
    for worth, (own, size), some in zip(pieces.worth(flat), parts, weights, strict=True):
        wanted = [
            value
            for piece, own_weights in zip(own, some, strict=True)
            for value in _worth_of(piece, size, own_weights)
        ]
        assert worth.tolist() == pytest.approx(wanted, abs=1.01)
