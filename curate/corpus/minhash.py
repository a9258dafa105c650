"""MinHash over character 5-grams of folded text: what near duplicates are found by."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from curate.leakage.grams import gram_hashes

Hashes = NDArray[np.uint64]
Grams = NDArray[np.uint32]

SEED = 0x6A6D6C65
"""Of the permutations: a constant, so that equal texts have equal bands in every run."""
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_PRIME = np.uint64(0x100000001B3)
_SHIFT = np.uint64(29)


def grams_of(folded: str) -> Grams:
    """Returns the distinct hashes of the 5-grams of a folded text, sorted."""
    codes = np.frombuffer(folded.encode("utf-32-le", "surrogatepass"), np.uint32)
    out = np.empty(len(codes), np.uint32)
    return np.unique(out[: gram_hashes(codes, 0, out)])


def band_hashes(grams: Sequence[Grams], guards: Sequence[int], bands: int, rows: int) -> Hashes:
    """Returns an array (texts, bands): two texts share a band where `rows` of their minima are equal.

    Texts of other guards share none. A band is met with probability s^rows by texts of similarity s.
    """
    if not grams:
        return np.empty((0, bands), np.uint64)
    minima = _minima(grams, bands * rows).reshape(len(grams), bands, rows)
    hashes = np.array(guards, np.uint64)[:, None] + np.arange(bands, dtype=np.uint64) * _SPREAD
    for row in range(rows):
        hashes = (hashes ^ minima[:, :, row]) * _PRIME
        hashes ^= hashes >> _SHIFT
    return hashes


def _minima(grams: Sequence[Grams], count: int) -> Hashes:
    """Returns an array (texts, count) of the smallest permuted hashes."""
    from rensa import RMinHash  # noqa: PLC0415 (only this stage needs it)

    tokens = np.concatenate(grams).astype(np.uint64) * _SPREAD
    offsets = np.cumsum([0, *(len(one) for one in grams)], dtype=np.uint64)
    found = RMinHash.digest_matrix_from_flat_token_hashes(tokens, offsets, count, SEED)
    return np.array(found.to_rows(), np.uint64)
