"""An index of the benchmark: every item's parts, and what each of their characters is worth.

A character n-gram weighs (log(N / df) / log(N))²: 1 if it stands in one item only, and next to nothing
if it is one of the formulas of which exams are made. Rarity
comes from the benchmark alone, so that it does not depend on how the corpus is cut into shards. A
character is worth the mean weight of the n-grams around it, and the *information* of a passage is the
sum over its characters: it counts in characters that stand in no other item.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import NamedTuple

import numpy as np
import polars as pl

from curate.leakage.align import UNIT
from curate.leakage.benchmarks import BenchmarkItem
from curate.leakage.grams import (
    EN_GRAM,
    JA_GRAM,
    Floats,
    Hashes,
    Ints,
    gram_hashes,
    joined_halves,
)
from curate.models import Part
from curate.tables import share
from curate.text import Folded, fold
from curate.text.kernels import Codes

EN_WORTH = 0.4
"""An English character says less than a Japanese one: a stem has about 2.5 times as many."""
NUMBER = 0.3
"""A digit's worth, and the weight of an n-gram that is rare by its digits alone: one in ten by chance."""
FORMULA = 0.05
"""The most that an n-gram of an exam's formulas weighs."""
FEWEST = 500
LONGEST = 8_000
"""Folded characters by which a part is known: a longer one stands in no one chunk of the screen."""
_NUMBER = re.compile(r"[0-9]")

Text = tuple[Part, Folded, Sequence[str]]


class Grams(NamedTuple):
    """The n-grams of a part in their order, `size` characters each: hashes, and how rare they are."""

    size: int
    hashes: Hashes
    rarity: Floats


@dataclass(frozen=True)
class IndexedPart:
    """One part of one item: its folded text, and its characters' worth in 1/UNIT."""

    part: Part
    item: int
    folded: Folded
    worth: Ints = field(repr=False)

    @cached_property
    def codes(self) -> Codes:
        """The folded text as code points."""
        return code_points(self.folded.text)

    @cached_property
    def information(self) -> float:
        """How much there is to find."""
        return float(self.worth.sum()) / UNIT


@dataclass(frozen=True)
class IndexedItem:
    """One item: its parts and its options, folded, in both languages."""

    item: BenchmarkItem
    parts: tuple[IndexedPart, ...]
    choices: tuple[str, ...]
    choices_en: tuple[str, ...]

    def part(self, name: Part) -> IndexedPart | None:
        """Returns the part `name`, if the item has it."""
        return next((part for part in self.parts if part.part is name), None)

    @cached_property
    def length(self) -> int:
        """The folded length of the whole item in its longer language."""
        own = [len(p.folded.text) for p in self.parts if p.part is not Part.TRANSLATION]
        english = [len(p.folded.text) for p in self.parts if p.part is Part.TRANSLATION]
        return max(sum(own), sum(english) + sum(map(len, self.choices_en)))


@dataclass(frozen=True)
class Index:
    """All items of all benchmarks, their parts, and the items that have an option."""

    items: Sequence[IndexedItem]
    parts: Sequence[IndexedPart]
    by_choice: dict[str, list[int]]
    choice_weight: dict[str, float]


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


def build_index(items: Sequence[BenchmarkItem]) -> tuple[Index, list[Grams]]:
    """Returns the index of `items` and the n-grams of its parts, by which a screen finds them.

    The order of the items does not change what is found, only its order. Of options, each is indexed
    apart: no n-gram runs from one to the next.
    """
    texts = [_texts(item) for item in items]
    flat = [(number, *text) for number, some in enumerate(texts) for text in some]
    sizes = [
        EN_GRAM if part is Part.TRANSLATION or items[number].language == "en" else JA_GRAM
        for number, part, _, _ in flat
    ]
    hashes = [_hashes(text[-1], size) for text, size in zip(flat, sizes, strict=True)]
    kinds = [
        _hashes([_NUMBER.sub("0", piece) for piece in text[-1]], size)
        for text, size in zip(flat, sizes, strict=True)
    ]
    exact = _weights(flat, hashes, len(items))
    weights = _weights(flat, kinds, len(items), _formulas())
    parts = [
        IndexedPart(part, number, folded, _worth(pieces, size, weight))
        for (number, part, folded, pieces), size, weight in zip(flat, sizes, weights, strict=True)
    ]
    grams = [
        Grams(size, some, np.maximum(weight, NUMBER * rare))
        for size, some, weight, rare in zip(sizes, hashes, weights, exact, strict=True)
    ]
    by_item: dict[int, list[IndexedPart]] = defaultdict(list)
    for part in parts:
        by_item[part.item].append(part)
    indexed = [
        IndexedItem(
            item,
            tuple(by_item[number]),
            tuple(fold(choice).text for choice in item.question.choices),
            tuple(fold(choice).text for choice in item.choices_en),
        )
        for number, item in enumerate(items)
    ]
    return Index(indexed, parts, *_choices(indexed)), grams


def _texts(item: BenchmarkItem) -> Iterator[Text]:
    question = item.question
    named = [
        (Part.STEM, [question.text]),
        (Part.CHOICES, question.choices),
        (Part.VIGNETTE, [question.vignette or ""]),
        (Part.TRANSLATION, [item.text_en]),
    ]
    for part, pieces in named:
        if part is Part.TRANSLATION and item.language == "en":
            continue
        folded, apart = _folded(pieces)
        if folded.text:
            yield part, folded, apart


def _folded(pieces: Sequence[str]) -> tuple[Folded, list[str]]:
    """Returns the lines of a part as one folded text, at most LONGEST characters of it, and one by one.

    Each is folded by itself: "1." above "5" is no 1.5.
    """
    found: list[Folded] = []
    start, room = 0, LONGEST
    for piece in pieces:
        one = fold(piece)
        found.append(Folded(one.text[:room], one.first[:room] + start, one.last[:room] + start))
        start += len(piece) + 1
        room -= len(found[-1].text)
    none = np.empty(0, np.uint32)
    texts = [one.text for one in found]
    first = np.concatenate([none, *(one.first for one in found)])
    last = np.concatenate([none, *(one.last for one in found)])
    return Folded("".join(texts), first, last), texts


def _hashes(pieces: Sequence[str], size: int) -> Hashes:
    found = [hashes_of(code_points(piece), size) for piece in pieces]
    return np.concatenate(found) if found else np.empty(0, np.uint64)


@cache
def _formulas() -> Hashes:
    """Returns the n-grams of pipelines/formulas: they tell nothing, however few items have them."""
    grams = []
    for path in sorted(share("pipelines", "formulas").glob("*.txt")):
        size = EN_GRAM if path.stem == "en" else JA_GRAM
        lines = path.read_text(encoding="utf-8").splitlines()
        grams.append(_hashes([_NUMBER.sub("0", fold(line).text) for line in lines], size))
    return np.unique(np.concatenate(grams))


def _weights(
    flat: Sequence[tuple[int, Part, Folded, Sequence[str]]],
    grams: Sequence[Hashes],
    items: int,
    formulas: Hashes | None = None,
) -> list[Floats]:
    """Returns every n-gram's weight by part, of `formulas` FORMULA at most.

    The case that serial questions share counts once.
    """
    if not grams:
        return []
    owner: dict[str, int] = {}
    owners = [
        owner.setdefault(folded.text, items + number) if part is Part.VIGNETTE else number
        for number, part, folded, _ in flat
    ]
    lengths = [len(some) for some in grams]
    known, at = np.unique(np.concatenate(grams), return_inverse=True)
    every = at * (2 * items) + np.repeat(np.array(owners, np.int64), lengths)
    pairs = pl.Series(every).unique().to_numpy()  # numpy hashes numbers like these badly
    frequency = np.bincount(pairs // (2 * items), minlength=len(known))
    n = max(items, FEWEST)
    rarity = np.clip(np.log(n / np.maximum(frequency, 1)) / math.log(n), 0, 1)
    weight = (rarity**2).astype(np.float32)
    if formulas is not None:
        weight = np.where(np.isin(known, formulas), np.minimum(weight, np.float32(FORMULA)), weight)
    return np.split(weight[at], np.cumsum(lengths)[:-1])


def _worth(pieces: Sequence[str], size: int, weights: Floats) -> Ints:
    """Spreads the n-grams' weights over the characters; a piece shorter than an n-gram is worth half."""
    scale = UNIT * (EN_WORTH if size == EN_GRAM else 1.0)
    worth = []
    start = 0
    for piece in pieces:
        count = max(0, len(piece) - size + 1)
        if count == 0:
            worth.append(np.full(len(piece), 0.5 * scale))
            continue
        own = weights[start : start + count]
        start += count
        ends = np.arange(len(piece))
        total = np.concatenate([[0.0], np.cumsum(own)])
        first, last = np.clip(ends - size + 1, 0, count - 1), np.clip(ends + 1, 1, count)
        worth.append((total[last] - total[first]) / (last - first) * scale)
    if not worth:
        return np.empty(0, np.int32)
    digit = np.array([char.isdigit() for piece in pieces for char in piece])
    return np.where(digit, NUMBER * scale, np.concatenate(worth)).astype(np.int32)


def _choices(items: Sequence[IndexedItem]) -> tuple[dict[str, list[int]], dict[str, float]]:
    """Returns option -> items, and option -> its information: rarity times length."""
    by_choice: dict[str, list[int]] = defaultdict(list)
    for number, item in enumerate(items):
        for choice in {*item.choices, *item.choices_en}:
            if choice:
                by_choice[choice].append(number)
    n = max(len(items), FEWEST)
    count = Counter({choice: len(where) for choice, where in by_choice.items()})
    weight = {
        choice: max(0.0, math.log(n / df) / math.log(n)) * max(1, len(choice) - JA_GRAM + 1)
        for choice, df in count.items()
    }
    return dict(by_choice), weight
