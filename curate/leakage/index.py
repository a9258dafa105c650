"""An index of the benchmark: character n-grams of every item's parts, weighted by rarity.

Rarity comes from the benchmark alone, so that it does not depend on how the corpus is cut into shards.
Weights run from 0 (in every item) to 1 (in one item only); a part's *information* is the sum over its
distinct n-grams, so it counts in rare n-grams.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

from curate.leakage.benchmarks import BenchmarkItem
from curate.models import Part
from curate.text import Folded, fold

JA_GRAM = 5
EN_GRAM = 10
COMMON_SHARE = 0.02
COMMON_MIN = 20


@dataclass(frozen=True)
class IndexedPart:
    """One part of one item: its folded text and the weight of each of its n-grams."""

    part: Part
    item: int
    folded: Folded
    gram: int
    weights: dict[str, float] = field(repr=False)

    @cached_property
    def information(self) -> float:
        """The sum of the weights: how much there is to find."""
        return sum(self.weights.values())


@dataclass(frozen=True)
class IndexedItem:
    """One item: its parts by name and its options, folded, in both languages."""

    item: BenchmarkItem
    parts: tuple[IndexedPart, ...]
    choices: tuple[str, ...]
    choices_en: tuple[str, ...]

    def part(self, name: Part) -> IndexedPart | None:
        """Returns the part `name`, if the item has it."""
        return next((part for part in self.parts if part.part is name), None)


@dataclass(frozen=True)
class Index:
    """All items of all benchmarks. `postings` leads from an n-gram that is not common to parts."""

    items: Sequence[IndexedItem]
    parts: Sequence[IndexedPart]
    postings: dict[str, list[int]]
    by_choice: dict[str, list[int]]
    choice_weight: dict[str, float]


def grams(text: str, size: int) -> Iterator[str]:
    """Yields the n-grams of a folded text; a shorter text is its own and only one."""
    if text and len(text) <= size:
        yield text
    for start in range(len(text) - size):
        yield text[start : start + size]
    if len(text) > size:
        yield text[-size:]


def build_index(items: Sequence[BenchmarkItem]) -> Index:
    """Returns the index of `items`; their order does not change what is found, only its order."""
    texts = [_texts(item) for item in items]
    weight = _weights(texts)
    indexed = []
    for number, (item, parts) in enumerate(zip(items, texts, strict=True)):
        made = tuple(
            IndexedPart(
                part, number, folded, size, {g: weight[g] for g in grams(folded.text, size)}
            )
            for part, size, folded in parts
        )
        choices = tuple(fold(choice).text for choice in item.question.choices)
        choices_en = tuple(fold(choice).text for choice in item.choices_en)
        indexed.append(IndexedItem(item, made, choices, choices_en))
    all_parts = [part for item in indexed for part in item.parts]
    by_choice, choice_weight = _choices(indexed)
    return Index(indexed, all_parts, _postings(all_parts), by_choice, choice_weight)


def _texts(item: BenchmarkItem) -> list[tuple[Part, int, Folded]]:
    question = item.question
    named = [
        (Part.STEM, JA_GRAM, question.text),
        (Part.CHOICES, JA_GRAM, "\n".join(question.choices)),
        (Part.VIGNETTE, JA_GRAM, question.vignette or ""),
        (Part.TRANSLATION, EN_GRAM, item.text_en),
    ]
    return [(part, size, folded) for part, size, text in named if (folded := fold(text)).text]


def _weights(texts: Sequence[Sequence[tuple[Part, int, Folded]]]) -> dict[str, float]:
    """log(n / df) / log(n), where a gram of a shared vignette alone counts once for the group."""
    count: Counter[str] = Counter()
    groups: dict[tuple[int, str], set[str]] = defaultdict(set)
    for parts in texts:
        own = [grams(f.text, size) for part, size, f in parts if part is not Part.VIGNETTE]
        distinct = set(chain.from_iterable(own))
        count.update(distinct)
        for case in ((size, f.text) for part, size, f in parts if part is Part.VIGNETTE):
            groups[case] |= distinct
    for (size, text), asked in groups.items():
        count.update(set(grams(text, size)) - asked)
    n = max(len(texts), 2)
    return {gram: max(0.0, math.log(n / df) / math.log(n)) for gram, df in count.items()}


def _postings(parts: Sequence[IndexedPart]) -> dict[str, list[int]]:
    postings: dict[str, list[int]] = defaultdict(list)
    for number, part in enumerate(parts):
        for gram in part.weights:
            postings[gram].append(number)
    common = max(COMMON_MIN, int(COMMON_SHARE * len(parts)))
    return {gram: where for gram, where in postings.items() if len(where) <= common}


def _choices(items: Sequence[IndexedItem]) -> tuple[dict[str, list[int]], dict[str, float]]:
    """Returns option -> items, and option -> its information: rarity times length, in rare n-grams."""
    by_choice: dict[str, list[int]] = defaultdict(list)
    for number, item in enumerate(items):
        for choice in {*item.choices, *item.choices_en}:
            if choice:
                by_choice[choice].append(number)
    n = max(len(items), 2)
    weight = {
        choice: max(0.0, math.log(n / len(where)) / math.log(n)) * max(1, len(choice) - JA_GRAM + 1)
        for choice, where in by_choice.items()
    }
    return dict(by_choice), weight
