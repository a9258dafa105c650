"""Compiled loops of the screen: from the bytes of texts to the places where parts may stand."""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from curate.leakage.align import align_end, score_bound
from curate.leakage.grams import EN_GRAM, JA_GRAM, Ints, gram_hashes, joined
from curate.text.kernels import Codes, Offsets, decode_utf8, fold_codes

Bytes = NDArray[np.uint8]
Offsets64 = NDArray[np.int64]

REACH = 6
BESIDE = 32
"""Characters of the part beyond the outer hits that are aligned with them."""
SIDE = 12
"""Characters around a hit that may belong to the part, though noise broke their n-grams."""
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
    """Buffers of a chunk: its code points, folded, with their origins; hashes; places that may hit, looked up."""

    raw: Codes
    folded: Codes
    first: Offsets
    last: Offsets
    hashes: tuple[Codes, Codes]
    maybe: Codes
    looked: NDArray[np.uint64]
    rows: tuple[Ints, Ints, Ints]


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
    near = np.uint64(0)
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
    used, seen = counts
    room = len(led)
    for j in range(found):
        i, k = maybe[j], looked[j]
        follows = True
        while follows and used < room:
            posting = np.int64(postings[k])
            part = posting >> (1 + WEIGHT_BITS + OFFSET_BITS)
            before = total[part]
            led[used] = posting
            position[used] = i
            touched[seen] = part
            seen += before == 0
            total[part] = before + ((posting >> 1) & ((1 << WEIGHT_BITS) - 1))
            used += 1
            k += np.uint64(1)
            follows = posting & 1
    return used, seen


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
    if score_bound(codes[low:high], worth[low:high], text) < least:
        return 0, 0, 0
    score, _, _ = align_end(codes[low:high], worth[low:high], text, scratch.rows)
    return (weight if score >= least else 0), start, end


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
