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
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import chain
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
)
from curate.leakage.pieces import NUMBER, Pieces, code_points
from curate.models import Part
from curate.tables import share
from curate.text import Folded, fold, fold_all
from curate.text.kernels import Codes

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
    """One part of one item: its folded text, and its characters' worth in 1/UNIT.

    `like` is the number of the first part that reads the same: what is found of one is found of both.
    """

    part: Part
    item: int
    like: int
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
    """One item: its parts and its options, folded, in both languages.

    `like` is the number of the first item that reads the same.
    """

    item: BenchmarkItem
    like: int
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


def build_index(items: Sequence[BenchmarkItem]) -> tuple[Index, list[Grams]]:
    """Returns the index of `items` and the n-grams of its parts, by which a screen finds them.

    The order of the items does not change what is found, only its order. Of options, each is indexed
    apart: no n-gram runs from one to the next.
    """
    spelled = fold_all(_spellings(items))
    texts = [(n, *text) for n, item in enumerate(items) for text in _texts(item, spelled)]
    sizes = [
        EN_GRAM if part is Part.TRANSLATION or items[number].language == "en" else JA_GRAM
        for number, part, _, _ in texts
    ]
    pieces = Pieces.of([apart for _, _, _, apart in texts], sizes)
    hashes = pieces.hashes()
    exact = _weights(texts, hashes, len(items))
    kinds = pieces.hashes(_NUMBER.sub("0", pieces.text))
    weights = _weights(texts, kinds, len(items), _formulas())
    first: dict[tuple[object, ...], int] = {}
    parts = [
        IndexedPart(
            part,
            number,
            first.setdefault((part is Part.CHOICES, size, *apart), at),
            folded,
            worth,
        )
        for at, ((number, part, folded, apart), size, worth) in enumerate(
            zip(texts, sizes, pieces.worth(weights), strict=True)
        )
    ]
    grams = [
        Grams(size, some, np.maximum(weight, NUMBER * rare))
        for size, some, weight, rare in zip(sizes, hashes, weights, exact, strict=True)
    ]
    by_item: dict[int, list[IndexedPart]] = defaultdict(list)
    for one in parts:
        by_item[one.item].append(one)
    indexed = [*_indexed(items, by_item, spelled)]
    return Index(indexed, parts, *_choices(indexed)), grams


def _indexed(
    items: Sequence[BenchmarkItem],
    parts: Mapping[int, Sequence[IndexedPart]],
    spelled: Mapping[str, Folded],
) -> Iterator[IndexedItem]:
    first: dict[tuple[object, ...], int] = {}
    for number, item in enumerate(items):
        own = tuple(parts.get(number, ()))
        choices = tuple(spelled[choice].text for choice in item.question.choices)
        choices_en = tuple(spelled[choice].text for choice in item.choices_en)
        reads = (
            tuple((part.part, part.like) for part in own),
            choices,
            choices_en,
            item.question.vignette is None,
        )
        yield IndexedItem(item, first.setdefault(reads, number), own, choices, choices_en)


def _spellings(items: Sequence[BenchmarkItem]) -> Iterator[str]:
    for item in items:
        yield from chain.from_iterable(pieces for _, pieces in _pieces(item))
        yield from item.choices_en


def _pieces(item: BenchmarkItem) -> Iterator[tuple[Part, Sequence[str]]]:
    """Yields the item's parts as they are spelled."""
    question = item.question
    yield Part.STEM, [question.text]
    yield Part.CHOICES, question.choices
    yield Part.VIGNETTE, [question.vignette or ""]
    if item.language != "en":
        yield Part.TRANSLATION, [item.text_en]


def _texts(item: BenchmarkItem, spelled: Mapping[str, Folded]) -> Iterator[Text]:
    for part, pieces in _pieces(item):
        folded, apart = _folded(pieces, spelled)
        if folded.text:
            yield part, folded, apart


def _folded(pieces: Sequence[str], spelled: Mapping[str, Folded]) -> tuple[Folded, list[str]]:
    """Returns the lines of a part as one folded text, at most LONGEST characters of it, and one by one.

    Each is folded by itself: "1." above "5" is no 1.5.
    """
    found: list[Folded] = []
    start, room = 0, LONGEST
    for piece in pieces:
        one = spelled[piece]
        found.append(Folded(one.text[:room], one.first[:room] + start, one.last[:room] + start))
        start += len(piece) + 1
        room -= len(found[-1].text)
    none = np.empty(0, np.uint32)
    texts = [one.text for one in found]
    first = np.concatenate([none, *(one.first for one in found)])
    last = np.concatenate([none, *(one.last for one in found)])
    return Folded("".join(texts), first, last), texts


@cache
def _formulas() -> Hashes:
    """Returns the n-grams of pipelines/formulas: they tell nothing, however few items have them."""
    lines, sizes = [], []
    for path in sorted(share("pipelines", "formulas").glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        lines.append([_NUMBER.sub("0", fold(line).text) for line in text.splitlines()])
        sizes.append(EN_GRAM if path.stem == "en" else JA_GRAM)
    return np.unique(np.concatenate(Pieces.of(lines, sizes).hashes()))


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
