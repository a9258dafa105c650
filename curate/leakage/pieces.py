"""The folded texts of all parts of all items, laid end to end: their n-grams, and what characters are worth.

An exam has tens of thousands of short pieces; looked at one by one, the calls would cost more than the work.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

import numpy as np
from numba import njit
from numpy.typing import NDArray

from curate.leakage.align import UNIT
from curate.leakage.grams import (
    EN_GRAM,
    JA_GRAM,
    Floats,
    Hashes,
    Ints,
    gram_hashes,
    joined_halves,
)
from curate.text.kernels import Codes

EN_WORTH = 0.4
"""An English character says less than a Japanese one: a stem has about 2.5 times as many."""
NUMBER = 0.3
"""A digit's worth, and the weight of an n-gram that is rare by its digits alone: one in ten by chance."""
SHORT = 0.5
"""The worth of the characters of a piece that is shorter than an n-gram."""

Numbers = NDArray[np.int64]
Number = TypeVar("Number", bound=np.generic)


def code_points(text: str) -> Codes:
    """Returns the code points of `text`."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def hashes_of(codes: Codes, size: int) -> Hashes:
    """Returns the hash of every n-gram in order: the screen's two, one above the other."""
    lanes = []
    for lane in (0, 1):
        half = np.empty(max(0, len(codes) - JA_GRAM + 1), np.uint32)
        gram_hashes(codes, lane, half)
        if size == EN_GRAM:
            half = joined_halves(half, lane)
        lanes.append(half.astype(np.uint64))
    return lanes[0] << np.uint64(32) | lanes[1]


@dataclass(frozen=True)
class Pieces:
    """The pieces of parts end to end; no n-gram runs from one piece to the next.

    `lengths` are those of all pieces in order, `sizes` those of their n-grams, `owned` how many pieces each
    part has.
    """

    text: str
    lengths: Numbers
    sizes: Numbers
    owned: Numbers

    @classmethod
    def of(cls, parts: Sequence[Sequence[str]], sizes: Sequence[int]) -> "Pieces":
        """Returns the pieces of parts; `sizes` are those of the parts' n-grams."""
        flat = [*chain.from_iterable(parts)]
        owned = np.array([len(part) for part in parts], np.int64)
        lengths = np.array([len(piece) for piece in flat], np.int64)
        return cls("".join(flat), lengths, np.repeat(np.array(sizes, np.int64), owned), owned)

    def hashes(self, text: str | None = None) -> list[Hashes]:
        """Returns the hashes of the n-grams of each part, of another `text` of the same form if given."""
        codes = code_points(self.text if text is None else text)
        found = np.zeros(len(codes), np.uint64)
        size = np.repeat(self.sizes, self.lengths)
        for one in (JA_GRAM, EN_GRAM):
            some = hashes_of(codes, one)
            np.copyto(found[: len(some)], some, where=size[: len(some)] == one)
        left = np.repeat(np.cumsum(self.lengths), self.lengths) - np.arange(len(codes))
        return _split(found[left >= size], self._by_part(self._counts))

    def worth(self, weights: Sequence[Floats]) -> list[Ints]:
        """Returns what the characters of each part are worth, in 1/UNIT: the mean of the n-grams around."""
        worth = np.empty(len(self.text), np.int32)
        flat = np.concatenate(weights) if weights else np.empty(0, np.float32)
        scales = UNIT * np.where(self.sizes == EN_GRAM, EN_WORTH, 1.0)
        digits = _digits(code_points(self.text))
        _spread((self.lengths, self._counts, scales), flat, digits, worth)
        return _split(worth, self._by_part(self.lengths))

    @property
    def _counts(self) -> Numbers:
        """How many n-grams each piece has."""
        return np.asarray(np.maximum(0, self.lengths - self.sizes + 1))

    def _by_part(self, values: Numbers) -> Numbers:
        sums = np.concatenate([[0], np.cumsum(values)])
        ends = np.cumsum(self.owned)
        return np.asarray(sums[ends] - sums[ends - self.owned])


def _split(values: NDArray[Number], lengths: Numbers) -> list[NDArray[Number]]:
    return np.split(values, np.cumsum(lengths)[:-1]) if len(lengths) else []


def _digits(codes: Codes) -> NDArray[np.bool_]:
    """Tells of code points whether they are digits, in whatever script."""
    known = np.flatnonzero(np.bincount(codes)).tolist()
    return np.isin(codes, [code for code in known if chr(code).isdigit()])


@njit(cache=True, nogil=True)
def _spread(
    pieces: tuple[Numbers, Numbers, NDArray[np.float64]],
    weights: Floats,
    digits: NDArray[np.bool_],
    worth: Ints,
) -> None:
    """Spreads the weights of n-grams over the characters of pieces (their lengths, n-grams, scales)."""
    lengths, counts, scales = pieces
    total = np.zeros(np.max(counts) + 1 if len(counts) else 1, np.float32)
    start = gram = 0
    for piece in range(len(lengths)):
        length, count, scale = lengths[piece], counts[piece], scales[piece]
        for k in range(count):
            total[k + 1] = total[k] + weights[gram + k]
        size = length - count + 1
        for k in range(length):
            value = SHORT * scale
            if digits[start + k]:
                value = NUMBER * scale
            elif count > 0:
                first, last = min(max(k - size + 1, 0), count - 1), min(k + 1, count)
                value = (
                    (np.float64(total[last]) - np.float64(total[first])) / (last - first) * scale
                )
            worth[start + k] = np.int32(value)
        start += length
        gram += count
