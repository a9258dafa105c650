"""Compiled loops from the n-grams of a text to the hits of parts, and to the windows that hold many."""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from curate.leakage.grams import Ints
from curate.text.kernels import Codes, Offsets

DRIFT = 3
IN_LINE, OVER = 7, 45
"""Hits that lie so many in line, over so many characters, are of one passage, however common its words."""


class Anchors(NamedTuple):
    """A hash table of the n-grams by which parts are found, and the parts that each one leads to.

    `bits` is a filter in front of `slots` (open addressing by the first hash; 0 is empty), which hold the
    second hash and where in `postings` the n-gram's begin. A posting is a part, the n-gram's place in it,
    its weight in 1/UNIT, and whether another posting follows.
    """

    bits: Codes
    slots: NDArray[np.uint64]
    postings: NDArray[np.uint64]


SLOT = np.uint32(0x9E3779B1)
OFFSET_BITS, WEIGHT_BITS = 20, 9
"""A posting, from the lowest bit: whether another follows, weight, place, part."""
_ONE = np.uint64(1)
_WEIGHT = np.uint64((1 << WEIGHT_BITS) - 1)
_PART = np.uint64(1 + WEIGHT_BITS + OFFSET_BITS)


class Hits(NamedTuple):
    """Buffers of one chunk: every hit's place in text and part and its weight, chained by part.

    `led` are the postings as they come, and `total` what they weigh by part (0 between chunks): hits are
    made of those alone whose part may stand here.
    """

    led: NDArray[np.uint64]
    position: Ints
    offset: Ints
    weight: Ints
    following: Ints
    first: Ints
    final: Ints
    total: Ints
    touched: Ints


class Scratch(NamedTuple):
    """Buffers of a chunk: its code points, folded, with their origins; hashes; places that may hit."""

    raw: Codes
    folded: Codes
    first: Offsets
    last: Offsets
    hashes: tuple[Codes, Codes]
    maybe: Codes
    looked: NDArray[np.uint64]


@njit(cache=True, nogil=True)
def filtered(bits: Codes, hashes: Codes, maybe: Codes) -> int:
    """Writes the positions whose n-gram may be an anchor to `maybe`; returns how many there are."""
    size = np.uint32(len(bits) * 32 - 1)
    n = 0
    for i in range(len(hashes)):
        bit = hashes[i] & size
        maybe[n] = i
        n += (bits[bit >> np.uint32(5)] >> (bit & np.uint32(31))) & np.uint32(1)
    return n


@njit(cache=True, nogil=True)
def fill_slots(slots: NDArray[np.uint64], first: Codes, values: NDArray[np.uint64]) -> None:
    """Puts `values` into the open-addressing table where `gather` looks for them."""
    mask = np.uint32(len(slots) - 1)
    for k in range(len(first)):
        at = np.uint32(first[k] * SLOT) & mask
        while slots[at] != 0:
            at = np.uint32(at + np.uint32(1)) & mask
        slots[at] = values[k]


@njit(cache=True, nogil=True)
def look_up(anchors: Anchors, scratch: Scratch, some: int) -> int:
    """Keeps of the first `some` places in `maybe` those of anchors; their postings begin at `looked`.

    Returns how many there are. The table is larger than any cache: a loop that does nothing but read has
    many reads under way at once, and what is read then is near when it is needed.
    """
    slots, postings = anchors.slots, anchors.postings
    one, two = scratch.hashes
    maybe, looked = scratch.maybe, scratch.looked
    mask = np.uint32(len(slots) - 1)
    for j in range(some):
        looked[j] = slots[np.uint32(one[maybe[j]] * SLOT) & mask]
    n = 0
    for j in range(some):
        i, slot = maybe[j], looked[j]
        at = np.uint32(one[i] * SLOT) & mask
        while slot != 0 and np.uint32(slot >> np.uint64(32)) != two[i]:
            at = np.uint32(at + np.uint32(1)) & mask
            slot = slots[at]
        if slot != 0:
            maybe[n] = i
            looked[n] = (slot & np.uint64(0xFFFFFFFF)) - np.uint64(1)
            n += 1
    near = np.uint64(0)  # no posting is 0; asking makes sure that they are read
    for j in range(n):
        near |= postings[looked[j]]
    return n if near != 0 else 0


@njit(cache=True, nogil=True)
def gather(
    anchors: Anchors, scratch: Scratch, some: int, hits: Hits, counts: tuple[int, int]
) -> tuple[int, int]:
    """Adds the postings of the n-grams at the first `some` places in `maybe`.

    Returns how many there are now, and the parts touched. One loop over plain arrays: a call with tuples of
    them for every hit would cost more than the hit.
    """
    found = look_up(anchors, scratch, some)
    postings, maybe, looked = anchors.postings, scratch.maybe, scratch.looked
    led, position, total, touched = hits.led, hits.position, hits.total, hits.touched
    used, seen = np.uint64(counts[0]), np.uint64(counts[1])  # no index below 0, and no test for one
    room = np.uint64(len(led))
    for j in range(found):
        i, k = maybe[j], looked[j]
        follows = True
        while follows and used < room:
            posting = postings[k]
            part = posting >> _PART
            before = total[part]
            led[used] = posting
            position[used] = i
            touched[seen] = part
            seen += np.uint64(before == 0)
            total[part] = before + np.int32(posting >> _ONE & _WEIGHT)
            used += _ONE
            k += _ONE
            follows = posting & _ONE != 0
    return int(np.int64(used)), int(np.int64(seen))


@njit(cache=True, nogil=True)
def chain(hits: Hits, some: Ints, used: int, seen: int) -> int:
    """Makes hits of the postings whose parts weigh `some` in all; returns how many such parts there are."""
    led, position, offset, weights = hits.led, hits.position, hits.offset, hits.weight
    first, final, total, touched = hits.first, hits.final, hits.total, hits.touched
    following = hits.following
    parts = hit = 0
    for k in range(seen):
        part = touched[k]
        if total[part] >= some[part]:
            touched[parts] = part
            first[part] = -1
            parts += 1
        else:
            total[part] = 0
    for k in range(used if parts else 0):
        posting = np.int64(led[k])
        part = posting >> (1 + WEIGHT_BITS + OFFSET_BITS)
        if total[part] == 0:
            continue
        position[hit] = position[k]
        offset[hit] = (posting >> (1 + WEIGHT_BITS)) & ((1 << OFFSET_BITS) - 1)
        weights[hit] = (posting >> 1) & ((1 << WEIGHT_BITS) - 1)
        following[hit] = -1
        if first[part] < 0:
            first[part] = hit
        else:
            following[final[part]] = hit
        final[part] = hit
        hit += 1
    return parts


@njit(cache=True, nogil=True)
def best_window(hits: Hits, part: int, width: int) -> tuple[int, int, int]:
    """Returns the most weight that one window of a part's hits holds, its first and its last hit."""
    left = hits.first[part]
    right = left
    total = best = 0
    start = end = left
    while right >= 0:
        total += hits.weight[right]
        while hits.position[right] - hits.position[left] > width:
            total -= hits.weight[left]
            left = hits.following[left]
        if total > best:
            best, start, end = total, left, right
        right = hits.following[right]
    return best, start, end


@njit(cache=True, nogil=True)
def in_line(hits: Hits, first: int, last: int) -> bool:
    """Whether a window holds a run of hits that stand in the text as far from each other as in the part."""
    k = begin = first
    count = 1
    while k != last:
        after = hits.following[k]
        gap = (hits.position[after] - hits.offset[after]) - (hits.position[k] - hits.offset[k])
        if abs(gap) > DRIFT:
            begin, count = after, 0
        count += 1
        if count >= IN_LINE and hits.position[after] - hits.position[begin] >= OVER:
            return True
        k = after
    return False


@njit(cache=True, nogil=True)
def stretch_of(hits: Hits, first: int, last: int, size: int) -> tuple[int, int]:
    """Returns the stretch [start, end) of the part between a window's hits."""
    k = first
    lowest = highest = hits.offset[k]
    while k != last:
        k = hits.following[k]
        lowest = min(lowest, hits.offset[k])
        highest = max(highest, hits.offset[k])
    return lowest, highest + size
