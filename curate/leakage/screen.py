"""The screen: where in a corpus parts of benchmark items may stand, at the speed of reading.

Each part is found by its rarest n-grams, its *anchors*. A window of a text that holds a fair share of a
part's anchors is worth an alignment; the screen itself gives no verdict.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple, TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curate.leakage.align import UNIT
from curate.leakage.grams import EN_GRAM, JA_GRAM, Floats, Hashes, Ints
from curate.leakage.hits import OFFSET_BITS, WEIGHT_BITS, Anchors, Hits, Scratch, fill_slots
from curate.leakage.index import Grams, IndexedPart
from curate.leakage.kernels import Bodies, Bytes, Found, Offsets64, screen
from curate.models import Part
from curate.text import fold_table
from curate.text.kernels import Codes

SEGMENTS = 4
ANCHORS = 64
"""Anchors a part: at 8 % OCR noise two thirds of its 5-grams survive, so 42 of 64 are found."""
RARE, RARER, FEWEST = 0.25, 0.45, 10
"""N-grams that weigh less than RARE are no anchors: formulas, that lead to hundreds of items. Those that
weigh less than RARER are, where a segment has fewer than FEWEST others."""
OPTIONS_SHARE = 0.5
OPTIONS_WEIGHT = 6.0
SHARE = 0.2
WEIGHT = 3.0
"""A part is worth a look where a window holds this share of its anchors, of this weight at least,"""
ALIGNED = 0.5
ENOUGH = 12.0
"""... and where it aligns with half of the part's information or with ENOUGH of it,"""
NEARLY = 0.75
INFORMATION = 9.5
"""... which is this much, or, of a part that has no more, nearly all."""
PLENTY = 8.0
STRICT = 2.0
SOME = 2.5
"""A smaller share of a long part is worth a look, too, if its anchors weigh PLENTY: half of a case may be
short of rare words. It must align with STRICT times as much information. Anchors that lie in line need
weigh but SOME: a passage of formulas is one, copied."""
REACH = 1.2
"""The stretch between the outer hits must be worth more: an alignment's score pays for errors."""
SLACK = 1.6
EXTRA = 60
"""A window is SLACK times as long as the part and EXTRA characters: a page's furniture fits in."""
CHUNK = 16_384
"""Characters that are screened at once; neighbours overlap by the longest window, at most by half."""
TOGETHER = 4_096
ENTRIES = 1 << 18
ROOM = 1 << 16
_BITS_AN_ANCHOR = 16
NEVER = (1 << 31) - 1


Number = TypeVar("Number", bound=np.generic)


class Place(NamedTuple):
    """Where a part may stand: the text's number, the part's, its share, [start, end) in characters."""

    text: int
    part: int
    share: float
    start: int
    end: int


class Anchored(NamedTuple):
    """A part, the size of its n-grams, and its anchors: their places in it, hashes and weights."""

    part: IndexedPart
    size: int
    at: Ints
    hashes: Hashes
    weights: Floats

    @property
    def total(self) -> float:
        """What the anchors weigh together."""
        return float(self.weights.sum())


class Screen:
    """Finds the places where parts of the index may stand; holds buffers, but no state, between calls."""

    def __init__(self, parts: Sequence[IndexedPart], grams: Sequence[Grams]) -> None:
        firsts = sorted({part.like for part in parts})
        anchored = [*_anchored([parts[n] for n in firsts], [grams[n] for n in firsts])]
        alike = pl.DataFrame({"like": [part.like for part in parts]}).with_row_index("part")
        self._alike = alike.group_by("like").agg("part").sort("like")["part"]
        """The numbers of the parts that read as the first of them does: that one alone is looked for."""
        self._total = np.array([UNIT * part.total for part in anchored], np.float32)
        self._anchors = _anchors(anchored, JA_GRAM)
        self._english = _anchors(anchored, EN_GRAM)
        self._bodies = _bodies(anchored)
        self._make_buffers()

    def __getstate__(self) -> dict[str, Any]:
        """Leaves the buffers behind: another process makes its own."""
        names = ("_alike", "_total", "_anchors", "_english", "_bodies")
        return {name: self.__dict__[name] for name in names}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Takes what was learned of the parts."""
        self.__dict__.update(state)
        self._make_buffers()

    def _make_buffers(self) -> None:
        parts = len(self._total)
        self._overlap = min(CHUNK // 2, int(self._bodies.width.max(initial=0)) + EXTRA)
        longest = CHUNK * fold_table().expansions.shape[1] + 1
        codes = [np.empty(longest, np.uint32) for _ in range(6)]
        self._scratch = Scratch(
            np.empty(CHUNK, np.uint32), codes[0], codes[1], codes[2], (codes[3], codes[4]), codes[5],
            np.empty(longest, np.uint64),
        )  # fmt: skip
        entries = max(ENTRIES, CHUNK * (_most(self._anchors) + _most(self._english)))
        self._hits = Hits(
            np.empty(entries, np.uint64),
            np.empty(entries, np.int32),
            np.empty(entries, np.int32),
            np.empty(entries, np.int32),
            np.empty(entries, np.int32),
            np.empty(parts, np.int32),
            np.empty(parts, np.int32),
            np.zeros(parts, np.int32),
            np.empty(parts + 1, np.int32),
        )
        room = ROOM + parts
        self._found = Found(
            np.empty(room, np.int32),
            np.empty(room, np.int32),
            np.empty(room, np.int32),
            np.empty(room, np.int64),
            np.empty(room, np.int64),
        )

    def places(self, texts: pl.Series) -> list[Place]:
        """Returns the best place of every part in every text, by text and part."""
        data = np.frombuffer(b"".join(texts.cast(pl.Binary).to_list()), np.uint8)
        lengths = texts.str.len_bytes().to_numpy().astype(np.int64)
        offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
        found = [*self._screened(data, offsets)]
        if not found:
            return []
        order = ["text", "first", "share"]
        best = pl.concat(found).sort(order, descending=[False, False, True], maintain_order=True)
        best = best.unique(order[:2], keep="first", maintain_order=True)
        best = best.with_columns(part=self._alike.gather(best["first"])).explode("part")
        return [*map(Place._make, best.sort("text", "part").select(Place._fields).iter_rows())]

    def _screened(self, data: Bytes, offsets: Offsets64) -> Iterator[pl.DataFrame]:
        state = np.zeros(3, np.int64)
        found, tables = self._found, fold_table()
        while state[0] < len(offsets) - 1:
            count = screen(
                (data, offsets),
                (self._anchors, self._english, self._bodies),
                (tables.table, tables.expansions, tables.voicing),
                (self._scratch, self._hits, found),
                self._overlap,
                state,
            )
            if count > 0:
                yield self._frame(count)

    def _frame(self, count: int) -> pl.DataFrame:
        """Returns the places that were found last; the buffers are filled anew."""
        text, part, weight, start, end = (column[:count].copy() for column in self._found)
        share = weight / self._total[part]
        columns = {"text": text, "first": part, "share": share, "start": start, "end": end}
        return pl.DataFrame({name: pl.Series(column) for name, column in columns.items()})


def _anchored(parts: Sequence[IndexedPart], grams: Sequence[Grams]) -> Iterator[Anchored]:
    """Yields the parts with their anchors, TOGETHER at a time: to choose takes 150 bytes an n-gram."""
    for low in range(0, len(parts), TOGETHER):
        high = low + TOGETHER
        yield from _anchored_together(parts[low:high], grams[low:high])


def _anchored_together(parts: Sequence[IndexedPart], grams: Sequence[Grams]) -> Iterator[Anchored]:
    hashes = _joined([some.hashes for some in grams], np.uint64)
    rarity = _joined([some.rarity for some in grams], np.float32)
    lengths = np.array([len(some.hashes) for some in grams], np.int64)
    starts = np.cumsum(lengths) - lengths
    own = np.repeat(np.arange(len(grams)), lengths)
    at = np.arange(len(hashes)) - starts[own]
    chosen = _chosen((own, at, hashes, rarity), lengths)
    bounds = np.searchsorted(chosen, [*starts, len(hashes)]).tolist()
    for part, some, (low, high) in zip(parts, grams, pairwise(bounds), strict=True):
        mine = chosen[low:high]
        yield Anchored(part, some.size, at[mine].astype(np.int32), hashes[mine], rarity[mine])


def _chosen(
    grams: tuple[NDArray[np.int64], NDArray[np.int64], Hashes, Floats], lengths: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Returns the positions of the rarest n-grams of each segment of a part: half of it may stand alone.

    Among equals they spread over the segment. `grams` are those of all parts: the part, the place in it, the
    hash, and how rare they are; `lengths` are their numbers by part.
    """
    own, at, hashes, rarity = grams
    rare = np.flatnonzero(rarity >= RARE)
    known = pl.DataFrame({"row": rare, "part": own[rare], "hash": hashes[rare]})
    first = known.unique(["part", "hash"], keep="first")["row"].to_numpy()
    segment = at[first] * SEGMENTS // lengths[own[first]]
    spread = (at[first].astype(np.uint64) * np.uint64(2654435761)) & np.uint64(0xFFFFFFFF)
    common = 10 - np.rint(10 * np.round(rarity[first], 1)).astype(np.int64)
    group = own[first] * SEGMENTS + segment
    order = np.argsort((group << 4 | common).astype(np.uint64) << np.uint64(32) | spread)
    ranked, group = first[order], group[order]
    begins = np.searchsorted(group, group)
    rank = np.arange(len(group)) - begins
    taken = (rank < ANCHORS // SEGMENTS) & ((rarity[ranked] >= RARER) | (rank < FEWEST))
    return np.sort(ranked[taken])


def _anchors(parts: Sequence[Anchored], size: int) -> Anchors:
    own = [(number, part) for number, part in enumerate(parts) if part.size == size]
    hashes = _joined([part.hashes for _, part in own], np.uint64)
    weights = _joined([part.weights for _, part in own], np.float32)
    numbers = np.repeat([number for number, _ in own], [len(part.at) for _, part in own])
    numbers = numbers.astype(np.int32)
    order = np.lexsort((numbers, hashes))
    known, starts, counts = np.unique(hashes[order], return_index=True, return_counts=True)
    last = np.zeros(len(order), np.bool_)
    last[starts + counts - 1] = True
    fields = (
        (numbers, OFFSET_BITS),
        (_joined([part.at for _, part in own], np.int32), WEIGHT_BITS),
    )
    postings = np.zeros(len(order), np.uint64)
    for values, below in fields:
        postings = (postings | values[order].astype(np.uint64)) << np.uint64(below)
    postings |= np.round(weights[order] * UNIT).astype(np.uint64)
    postings = postings << np.uint64(1) | (~last).astype(np.uint64)
    return Anchors(*_table(known, starts.astype(np.int64)), postings)


def _most(anchors: Anchors) -> int:
    """Returns how many parts one n-gram leads to at most: a text may be made of that n-gram alone."""
    last = np.flatnonzero(anchors.postings & np.uint64(1) == 0)
    return int(np.diff(last, prepend=-1).max(initial=0))


def _bodies(anchored: Sequence[Anchored]) -> Bodies:
    parts = [one.part for one in anchored]
    lengths = [len(part.codes) for part in parts]
    needs = np.array([_need(one) for one in anchored], np.int32)
    order = np.array([part.part is not Part.CHOICES for part in parts], np.bool_)
    least = [0.0 if p.part is Part.CHOICES else _least(p.information) for p in parts]
    reach = [min(REACH * low, NEARLY * p.information) for low, p in zip(least, parts, strict=True)]
    return Bodies(
        np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        _joined([part.codes for part in parts], np.uint32),
        _joined([part.worth for part in parts], np.int32),
        np.array([one.size for one in anchored], np.int32),
        needs,
        np.where(order, np.minimum(needs, int(UNIT * SOME)), needs).astype(np.int32),
        np.array([int(len(p.folded.text) * SLACK) + EXTRA for p in parts], np.int32),
        (UNIT * np.array(reach)).astype(np.int32),
        (UNIT * np.array(least)).astype(np.int32),
        np.array([int(UNIT * SHARE * one.total) for one in anchored], np.int32),
        (UNIT * STRICT * np.array(least)).astype(np.int32),
    )


def _need(one: Anchored) -> int:
    """Returns the weight of a part's anchors that makes it worth a look."""
    options = one.part.part is Part.CHOICES
    share, least = (OPTIONS_SHARE, OPTIONS_WEIGHT) if options else (SHARE, WEIGHT)
    need = max(least, min(share * one.total, np.inf if options else PLENTY))
    return int(UNIT * need) if one.total >= least else NEVER


def _least(information: float) -> float:
    """Returns the information that an alignment with a part of so much must find."""
    most = max(INFORMATION, ALIGNED * information)
    return max(WEIGHT, min(most, ENOUGH, NEARLY * information))


def _joined(arrays: Sequence[NDArray[Number]], kind: type[Number]) -> NDArray[Number]:
    return np.concatenate(arrays) if arrays else np.empty(0, kind)


def _table(keys: Hashes, starts: Offsets64) -> tuple[Codes, Hashes]:
    """Returns the filter's bits, and the slots of an open-addressing table, half full at most."""
    first = (keys >> np.uint64(32)).astype(np.uint32)
    second = keys & np.uint64(0xFFFFFFFF)
    bits = max(64, 1 << (len(keys) * _BITS_AN_ANCHOR - 1).bit_length())
    at = first & np.uint32(bits - 1)
    words = np.zeros(bits // 32, np.uint32)
    np.bitwise_or.at(words, at >> np.uint32(5), np.uint32(1) << (at & np.uint32(31)))
    size = max(4, 1 << (2 * len(keys) - 1).bit_length())
    slots = np.zeros(size, np.uint64)
    fill_slots(slots, first, second << np.uint64(32) | (starts + 1).astype(np.uint64))
    return words, slots
