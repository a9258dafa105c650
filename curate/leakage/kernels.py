"""Compiled loops of the screen: from the bytes of texts to the places where parts may stand."""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from curate.leakage.align import reaches, score_bound
from curate.leakage.grams import EN_GRAM, JA_GRAM, Ints, gram_hashes, joined
from curate.leakage.hits import (
    Anchors,
    Hits,
    Scratch,
    best_window,
    chain,
    filtered,
    gather,
    in_line,
    stretch_of,
)
from curate.text.kernels import Codes, decode_utf8, fold_codes

Bytes = NDArray[np.uint8]
Offsets64 = NDArray[np.int64]

REACH = 6
BESIDE = 32
"""Characters of the part beyond the outer hits that are aligned with them."""
SIDE = 12
"""Characters around a hit that may belong to the part, though noise broke their n-grams."""


class Bodies(NamedTuple):
    """The folded characters of all parts and their worth: of part `p` from `starts[p]` to `starts[p + 1]`.

    A part is worth a look where one window of `width` characters holds anchors of `need` in all, n-grams of
    `size`, or of `some` that lie in line. `reach` is what the stretch between the outer hits must be worth,
    `least` the score that an alignment needs; 0 where order means nothing (options), and none is made. A
    window that holds less than a `fair` weight, and not in line, needs an alignment of `strict`.
    """

    starts: NDArray[np.int64]
    codes: Codes
    worth: Ints
    size: Ints
    need: Ints
    some: Ints
    width: Ints
    reach: Ints
    least: Ints
    fair: Ints
    strict: Ints


@njit(cache=True, nogil=True)
def worth_of(worth: Ints, start: int, end: int) -> int:
    """Returns what a stretch of a part is worth."""
    total = 0
    for i in range(max(0, start), min(len(worth), end)):
        total += worth[i]
    return total


class Found(NamedTuple):
    """Where parts may stand: the text's number, the part, the window's weight and its characters."""

    text: Ints
    part: Ints
    weight: Ints
    start: NDArray[np.int64]
    end: NDArray[np.int64]


@njit(cache=True, nogil=True)
def english_grams(scratch: Scratch, n: int) -> int:
    """Hashes the 10-grams of a folded chunk that are all ASCII in place; returns how many there are."""
    codes, maybe = scratch.folded, scratch.maybe
    one, two = scratch.hashes
    run = count = 0
    for end in range(n):
        run = run + 1 if codes[end] < 128 else 0
        if run >= EN_GRAM:
            i = end - EN_GRAM + 1
            one[i] = joined(one[i], one[i + JA_GRAM], 0)
            two[i] = joined(two[i], two[i + JA_GRAM], 1)
            maybe[count] = i
            count += 1
    return count


@njit(cache=True, nogil=True)
def screen_chunk(
    scratch: Scratch, n: int, index: tuple[Anchors, Anchors, Bodies], hits: Hits
) -> int:
    """Collects the hits of a folded chunk; returns the number of parts that may stand in it."""
    codes, maybe = scratch.folded[:n], scratch.maybe
    anchors, english, bodies = index
    one, two = scratch.hashes
    count = gram_hashes(codes, 0, one)
    gram_hashes(codes, 1, two)
    counts = (0, 0)
    if len(anchors.postings) > 0:
        some = filtered(anchors.bits, one[:count], maybe)
        counts = gather(anchors, scratch, some, hits, counts)
    if len(english.postings) > 0:
        some = english_grams(scratch, n)
        counts = gather(english, scratch, some, hits, counts)
    return chain(hits, bodies.some, counts[0], counts[1])


@njit(cache=True, nogil=True)
def holds(part: int, bodies: Bodies, scratch: Scratch, hits: Hits, n: int) -> tuple[int, int, int]:
    """Returns the weight of a part's anchors in its best window and the window's folded [start, end).

    The weight is 0 where the window cannot hold the part: too little of it, or not in its order.
    """
    weight, first, last = best_window(hits, part, bodies.width[part])
    if weight < bodies.some[part]:
        return 0, 0, 0
    sure = weight >= bodies.fair[part] or in_line(hits, first, last)
    if weight < bodies.need[part] and not sure:
        return 0, 0, 0
    size = bodies.size[part]
    start, end = hits.position[first], hits.position[last] + size
    if bodies.least[part] == 0:
        return weight, start, end
    at, stop = bodies.starts[part], bodies.starts[part + 1]
    codes, worth = bodies.codes[at:stop], bodies.worth[at:stop]
    low, high = stretch_of(hits, first, last, size)
    if worth_of(worth, low - REACH, high + REACH) < bodies.reach[part]:
        return 0, 0, 0
    low, high = max(0, low - BESIDE), min(len(codes), high + BESIDE)
    begin = max(0, start - (hits.offset[first] - low) - SIDE)
    finish = min(n, end + (high - hits.offset[last]) + SIDE)
    text = scratch.folded[begin : max(begin, finish)]
    least = bodies.least[part] if sure else bodies.strict[part]
    codes, worth = codes[low:high], worth[low:high]
    if score_bound(codes, worth, text) < least or not reaches(codes, worth, text, least):
        return 0, 0, 0
    return weight, start, end


@njit(cache=True, nogil=True)
def note_places(
    bodies: Bodies, work: tuple[Scratch, Hits, Found], n: int, seen: int, count: int, text: tuple[int, int]
) -> int:  # fmt: skip
    """Notes the places of a chunk, which begins at a character of a text; returns how many there are now."""
    scratch, hits, found = work
    for k in range(seen):
        part = hits.touched[k]
        weight, start, end = holds(part, bodies, scratch, hits, n)
        if weight > 0:
            found.text[count] = text[0]
            found.part[count] = part
            found.weight[count] = weight
            found.start[count] = text[1] + scratch.first[start]
            found.end[count] = text[1] + scratch.last[min(end, n) - 1] + 1
            count += 1
        hits.total[part] = 0
    return count


@njit(cache=True, nogil=True)
def screen(
    texts: tuple[Bytes, Offsets64],
    index: tuple[Anchors, Anchors, Bodies],
    tables: tuple[Codes, Codes, Codes],
    work: tuple[Scratch, Hits, Found],
    overlap: int,
    state: Offsets64,
) -> int:
    """Screens texts in chunks, from `state` (text, byte, character) on; returns how many places it found.

    Stops early, with `state` set to go on, when the room for places may not hold another chunk's.
    """
    data, offsets = texts
    scratch, hits, found = work
    bodies = index[2]
    room = len(found.text) - len(hits.first)
    count = 0
    while state[0] < len(offsets) - 1 and count <= room:
        end = offsets[state[0] + 1]
        at = offsets[state[0]] + state[1]
        chars, after = decode_utf8(data, at, end, scratch.raw)
        n = fold_codes(
            scratch.raw[:chars], tables[0], tables[1], tables[2],
            scratch.folded, (scratch.first, scratch.last),
        )  # fmt: skip
        seen = screen_chunk(scratch, n, index, hits)
        count = note_places(bodies, work, n, seen, count, (state[0], state[2]))
        if after >= end:
            state[0] += 1
            state[1] = 0
            state[2] = 0
        else:
            kept = max(1, chars - overlap)
            state[2] += kept
            state[1] += bytes_of(scratch.raw[:kept])
    return count


@njit(cache=True, nogil=True)
def bytes_of(codes: Codes) -> int:
    """Returns how many bytes code points take in UTF-8."""
    total = 0
    for code in codes:
        total += 1 if code < 0x80 else 2 if code < 0x800 else 3 if code < 0x10000 else 4
    return total
