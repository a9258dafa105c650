"""Options as a set: of a question, or as a document prints them below a stem."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from rapidfuzz import fuzz

from curate.leakage.align import Ends, pairs_in, pieces_with_pairs
from curate.leakage.pieces import code_points
from curate.text import fold, fold_table
from curate.text.kernels import Codes

SIMILAR = 80.0
PAIRS = (1.5 * SIMILAR / 100 - 1) * 2 / (2 - SIMILAR / 100)
SIMILAR_SHORT = 65.0
SHORT = 6
"""One wrong character in a short option leaves less of it alike."""
EXACT_BELOW = 5
"""In running text an option this short must stand as it is: nearly every text has something like it."""
LINE = 80
FEWEST = 3
FEWEST_LINES = 4
"""Three short lines without labels may be anything."""
NEAR = 12
"""Characters between a stem and the first of its options, at most."""

_LABELS = ("abcdefghij", "アイウエオカキクケコ", "12345", "１２３４５", "①②③④⑤⑥⑦⑧⑨⑩")
_SENTENCE_END = re.compile(r"\A[^。\n]{0,40}?(?:。(?:[0-9０-９]つ選べ。)?|(?=\n))")
_HAS_A_SENTENCE = re.compile(r"[。?？]|(どれか|選べ|何か)[.．]?\s*$")


@dataclass(frozen=True)
class OptionMatch:
    """For each of the item's options the record's twin, or None, and its similarity in [0, 1]."""

    twins: tuple[int | None, ...]
    similarity: tuple[float, ...]

    @property
    def shared(self) -> float:
        """The share of the item's options that the record has."""
        return sum(twin is not None for twin in self.twins) / len(self.twins) if self.twins else 0.0


def match_options(item: Sequence[str], record: Sequence[str]) -> OptionMatch:
    """Pairs folded options of both sides greedily, best first, whatever their order."""
    if not item or not record:
        return OptionMatch((None,) * len(item), (0.0,) * len(item))
    ranked = sorted(
        (
            (fuzz.ratio(ours, theirs), i, j)
            for i, ours in enumerate(item)
            for j, theirs in enumerate(record)
        ),
        key=lambda cell: (-cell[0], cell[1], cell[2]),
    )
    twins: list[int | None] = [None] * len(item)
    similarity = [0.0] * len(item)
    taken: set[int] = set()
    for ratio, i, j in ranked:
        if ratio >= SIMILAR and twins[i] is None and j not in taken:
            twins[i], similarity[i] = j, ratio / 100
            taken.add(j)
    return OptionMatch(tuple(twins), tuple(similarity))


def options_in_text(item: Sequence[str], text: str, least: float = 0.0) -> OptionMatch:
    """Finds the item's folded options in folded running text; stops where `least` cannot be reached.

    What is less alike than SIMILAR counts as not there at all.
    """
    ratios = [_ratio_as_it_is(option, text) for option in item]
    left = sum(ratio != 0 for ratio in ratios)
    if None in ratios and left / len(item) >= least:
        left -= _rule_out(ratios, tuple(item), text)
    for i, option in enumerate(item):
        if ratios[i] is None and left / len(item) >= least:
            ratios[i] = fuzz.partial_ratio(option, text, score_cutoff=SIMILAR)
            left -= not ratios[i]
    found = [ratio or 0.0 for ratio in ratios]
    twins = tuple(0 if ratio else None for ratio in found)
    return OptionMatch(twins, tuple(ratio / 100 for ratio in found))


def _ratio_as_it_is(option: str, text: str) -> float | None:
    """Returns how much of an option stands in a text if that needs no alignment, else None."""
    if option and option in text:
        return 100.0
    return 0.0 if not EXACT_BELOW < len(option) <= len(text) else None


def options_may_stand(item: Sequence[str], text: str, least: float) -> bool:
    """Whether `least` of the item's folded options may be found in running text, before that is folded."""
    codes, ends, needed = _end_to_end(tuple(item))
    there = pieces_with_pairs(codes, ends, needed, code_points(text), fold_table()[:])
    return there >= least * len(item)


def _rule_out(ratios: list[float | None], item: tuple[str, ...], text: str) -> int:
    """Sets the open ratios to 0 that must be below SIMILAR, and returns how many those are."""
    codes, ends, needed = _end_to_end(item)
    held = np.empty(len(item), np.int64)
    pairs_in(codes, ends, code_points(text), held)
    out = [i for i in np.flatnonzero(held < needed).tolist() if ratios[i] is None]
    for i in out:
        ratios[i] = 0.0
    return len(out)


@lru_cache(maxsize=1 << 14)
def _end_to_end(item: tuple[str, ...]) -> tuple[Codes, Ends, Ends]:
    """Returns options end to end, their ends, and how many of an option's pairs of characters it needs.

    A window that is 80 % like an option of n characters has so few errors that n / 3 - 1 of the option's
    pairs stand in it as they are: quickly counted, and most texts have fewer.
    """
    ends = np.cumsum([len(option) for option in item], dtype=np.int64)
    needed = [
        math.ceil(PAIRS * len(option) - 1) if len(option) > EXACT_BELOW else len(option) - 1
        for option in item
    ]
    return code_points("".join(item)), ends, np.array(needed, np.int64)


def span_in_text(item: Sequence[str], match: OptionMatch, text: str) -> tuple[int, int]:
    """Returns the stretch of folded running text from the first to the last option that stands in it."""
    spans = []
    for option, twin in zip(item, match.twins, strict=True):
        if twin is not None and (found := fuzz.partial_ratio_alignment(option, text)):
            spans.append((found.dest_start, found.dest_end))
    return (min(s for s, _ in spans), max(e for _, e in spans)) if spans else (0, 0)


def other_options(item: Sequence[str], after: str) -> bool:
    """Whether the text right after a stem lists options, and fewer than half are the item's.

    A short option with one wrong character still counts: the stem above it speaks for it.
    """
    printed = [fold(option).text for option in printed_options(after)]
    if len(printed) < FEWEST or not item:
        return False
    alike = sum(any(_alike(ours, theirs) for theirs in printed) for ours in item)
    return 2 * alike < len(item)


def without_sentence_end(text: str) -> str:
    """Returns what follows the sentence whose end `text` begins with."""
    return _SENTENCE_END.sub("", text, count=1)


def _alike(ours: str, theirs: str) -> bool:
    least = SIMILAR_SHORT if len(ours) <= SHORT else SIMILAR
    return fuzz.ratio(ours, theirs) >= least or (len(ours) > EXACT_BELOW and ours in theirs)


def printed_options(text: str) -> list[str]:
    """Returns the options that `text` begins with: labelled in order, or one a line; else none."""
    labelled, lines = _labelled(text), list(_lines(text))
    return labelled or (lines if len(lines) >= FEWEST_LINES else [])


def _labelled(text: str) -> list[str]:
    for labels in _LABELS:
        starts = list(_label_starts(text, labels))
        if len(starts) >= FEWEST:
            ends = [start for start, _ in starts[1:]] + [len(text)]
            pieces = [text[body:end] for (_, body), end in zip(starts, ends, strict=True)]
            return [piece.strip().split("\n")[0][: 2 * LINE] for piece in pieces]
    return []


def _label_starts(text: str, labels: str) -> Iterator[tuple[int, int]]:
    """Yields where each next label stands and where its option begins; the first must be near."""
    at, reach = 0, NEAR
    for label in labels:
        colon = "" if label.isdigit() else ":："  # "1: wrong" judges a statement
        signs = rf"(?:[)）.．、,{colon}]|(?=\s))"
        pattern = rf"(?:^|[\s。.?？、,(（])[(（]?(?:{label}|{_wide(label)}){signs}\s*(?=\S)"
        found = re.compile(pattern, re.IGNORECASE | re.MULTILINE).search(text, at, at + reach)
        if found is None:
            return
        yield found.start(), found.end()
        at, reach = found.end(), 3 * LINE


def _wide(label: str) -> str:
    return chr(ord(label) + 0xFEE0) if label.isascii() else label


def _lines(text: str) -> Iterator[str]:
    """Yields the short lines of the block that follows, unless one is a sentence that asks or explains."""
    first, *rest = [line.strip() for line in text.split("\n")]
    if len(first) > NEAR:
        return
    for line in filter(None, rest):
        if len(line) > LINE or _HAS_A_SENTENCE.search(line):
            return
        yield line
