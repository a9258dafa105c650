"""Compiled loops over code points: the only place where text is folded."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Codes = NDArray[np.uint32]
Offsets = NDArray[np.uint32]

DROPPED = 0
POINT = 0x2E
EXPANSION = 0xE000
"""A table value from here to EXPANSION_END stands for several characters (private use, never kept)."""
EXPANSION_END = 0xF900
VOICED = 0xF900
SEMI_VOICED = 0xF901
FIRST_KANA = 0x3041
LAST_KANA = 0x30FF
_ONE, _TWO, _THREE, _FOUR = (np.uint64(length) for length in (1, 2, 3, 4))


@njit(cache=True, nogil=True)
def fold_codes(
    codes: Codes,
    table: Codes,
    expansions: Codes,
    voicing: Codes,
    out: Codes,
    places: tuple[Offsets, Offsets],
) -> int:
    """Folds `codes` into `out` and returns how many characters that makes.

    `places` takes the first and the last code point that each folded character comes from. `out` needs
    room for what `codes` may expand to. A full stop stays only between two digits.
    """
    first, last = places
    size = np.uint32(len(table))
    end = np.uint64(0)  # no index below 0, and no test for one
    points = False
    for i in range(len(codes)):
        code = codes[i]
        if code >= size:
            continue
        value = table[code]
        if value == POINT or points or EXPANSION <= value <= SEMI_VOICED:
            if value == DROPPED:
                continue
            n = int(np.int64(end))
            if value in (VOICED, SEMI_VOICED):
                _voice(out, n, voicing[value - VOICED])
                if n > 0:
                    last[n - 1] = i
                continue
            row = value - EXPANSION if EXPANSION <= value < EXPANSION_END else -1
            for k in range(expansions.shape[1] if row >= 0 else 1):
                char = expansions[row, k] if row >= 0 else value
                if char == 0:
                    break
                n = _without_loose_points(out, n, char)
                out[n] = char
                first[n] = i
                last[n] = i
                n += 1
            points = out[n - 1] == POINT
            end = np.uint64(n)
            continue
        out[end], first[end], last[end] = value, i, i
        end += np.uint64(value != DROPPED)  # what is dropped is written over: no branch to guess
    n = int(np.int64(end))
    while n > 0 and out[n - 1] == POINT:
        n -= 1
    return n


@njit(cache=True, nogil=True)
def fold_each(
    codes: Codes,
    ends: NDArray[np.int64],
    tables: tuple[Codes, Codes, Codes],
    made: tuple[Codes, Offsets, Offsets],
    lengths: NDArray[np.int64],
) -> int:
    """Folds texts that end at `ends` one after the other, and notes the `lengths` that they have then.

    `made` takes what they fold to, and the places in each that this comes from. Returns how much that is.
    """
    out, first, last = made
    table, expansions, voicing = tables
    start = n = 0
    for k in range(len(ends)):
        end = ends[k]
        places = (first[n:], last[n:])
        lengths[k] = fold_codes(codes[start:end], table, expansions, voicing, out[n:], places)
        n += lengths[k]
        start = end
    return n


@njit(cache=True, nogil=True)
def _voice(out: Codes, n: int, voiced: Codes) -> None:
    """Joins a voicing mark with the kana before it, where there is such a kana."""
    if n > 0 and FIRST_KANA <= out[n - 1] <= LAST_KANA and voiced[out[n - 1] - FIRST_KANA]:
        out[n - 1] = voiced[out[n - 1] - FIRST_KANA]


@njit(cache=True, nogil=True)
def _without_loose_points(out: Codes, n: int, char: int) -> int:
    """Takes back the full stops before `char` unless one stands between two digits."""
    points = 0
    while n - points > 0 and out[n - points - 1] == POINT:
        points += 1
    if points == 0 or char == POINT:
        return n
    if points == 1 and n > 1 and 48 <= out[n - 2] <= 57 and 48 <= char <= 57:
        return n
    return n - points


@njit(cache=True, nogil=True)
def decode_utf8(data: NDArray[np.uint8], start: int, end: int, out: Codes) -> tuple[int, int]:
    """Decodes valid UTF-8 until `end` or until `out` is full; returns (characters, next byte)."""
    n = np.uint64(0)  # no index below 0, and no test for one
    at, stop, room = np.uint64(start), np.uint64(end), np.uint64(len(out))
    while at < stop and n < room:
        byte = np.uint32(data[at])
        if byte < 0x80:
            out[n] = byte
            at += _ONE
        elif 0xE0 <= byte < 0xF0:
            out[n] = (byte & 0x0F) << 12 | _tail(data, at, _ONE) << 6 | _tail(data, at, _TWO)
            at += _THREE
        elif byte < 0xE0:
            out[n] = (byte & 0x1F) << 6 | _tail(data, at, _ONE)
            at += _TWO
        else:
            out[n] = (
                (byte & 0x07) << 18
                | _tail(data, at, _ONE) << 12
                | _tail(data, at, _TWO) << 6
                | _tail(data, at, _THREE)
            )
            at += _FOUR
        n += _ONE
    return int(np.int64(n)), int(np.int64(at))


@njit(cache=True, nogil=True, inline="always")
def _tail(data: NDArray[np.uint8], at: np.uint64, further: np.uint64) -> np.uint32:
    """Returns the six bits that a byte after the first of a character adds."""
    return np.uint32(data[at + further]) & np.uint32(0x3F)
