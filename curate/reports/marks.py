"""Texts as safe markup: shared spans marked, differing characters inside them emphasised."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import groupby

from markupsafe import Markup
from rapidfuzz.distance import Levenshtein

__all__ = ["DIFF_LIMIT", "equal_spellings", "marked_pair", "marked_text", "visible"]

Spans = Sequence[Sequence[int]]
Marked = tuple[str, Spans]
"""A text and its spans, [start, end) in characters."""

DIFF_LIMIT = 2000
"""Longest text, in characters, whose character differences are shown."""

_PLAIN, _SHARED, _DIFFERENT = 0, 1, 2
_MARKUP = {_SHARED: Markup("<mark>{}</mark>"), _DIFFERENT: Markup("<mark><b>{}</b></mark>")}
_CUT = Markup(' <i class="cut">[{:,} characters without a match not shown]</i> ')
_LONGEST_PLAIN = 500
_KEPT_PLAIN = 160
_LAID_OUT = "\n\t"
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_KATAKANA = range(0x30A1, 0x30F7)
_TO_HIRAGANA = 0x60


def visible(text: str) -> str:
    """Returns the text with characters that hide or reorder others as their code points."""
    if text.isprintable():
        return text
    return "".join(
        f"‹U+{ord(char):04X}›"
        if char not in _LAID_OUT and unicodedata.category(char) in _HIDDEN
        else char
        for char in text
    )


def equal_spellings(folded: Iterable[str]) -> dict[str, str]:
    """Returns the characters that a card holds equal ("囊 = 嚢"), one mapped to the other."""
    equal: dict[str, str] = {}
    for entry in folded:
        left, _, right = entry.partition(" = ")
        if len(left) == len(right) == 1:
            equal[right] = left
    return equal


def marked_text(text: str, spans: Spans) -> Markup:
    """Returns one text with its spans marked."""
    return _markup(text, _shared(text, spans))


def marked_pair(left: Marked, right: Marked, equal: Mapping[str, str]) -> tuple[Markup, Markup]:
    """Returns both texts with spans marked and, inside them, what differs emphasised."""
    flags = _shared(*left), _shared(*right)
    for places in _aligned(left, right):
        here, there = (
            [text[at] for at in run] for (text, _), run in zip((left, right), places, strict=True)
        )
        for side, indices in enumerate(_differing(here, there, equal)):
            for index in indices:
                flags[side][places[side][index]] = _DIFFERENT
    return _markup(left[0], flags[0]), _markup(right[0], flags[1])


def _shared(text: str, spans: Spans) -> bytearray:
    flags = bytearray(len(text))
    for run in _places(text, spans):
        for at in run:
            flags[at] = _SHARED
    return flags


def _places(text: str, spans: Spans) -> list[range]:
    return [range(start, min(end, len(text))) for start, end in spans]


def _aligned(left: Marked, right: Marked) -> list[tuple[range, range]]:
    """Places to compare: span by span, where both sides have as many; else what differs is unknown."""
    here, there = _places(*left), _places(*right)
    return list(zip(here, there, strict=True)) if len(here) == len(there) else []


def _differing(
    left: list[str], right: list[str], equal: Mapping[str, str]
) -> tuple[list[int], list[int]]:
    if max(len(left), len(right)) > DIFF_LIMIT:
        return [], []
    edits = Levenshtein.opcodes(
        [_fold(equal.get(c, c)) for c in left], [_fold(equal.get(c, c)) for c in right]
    )
    changed: tuple[list[int], list[int]] = [], []
    for edit in edits:
        if edit.tag != "equal":
            changed[0].extend(
                at for at in range(edit.src_start, edit.src_end) if not left[at].isspace()
            )
            changed[1].extend(
                at for at in range(edit.dest_start, edit.dest_end) if not right[at].isspace()
            )
    return changed


@lru_cache(maxsize=65_536)
def _fold(char: str) -> str:
    """One character without width, case and kind of kana: the card lists those apart."""
    wide = unicodedata.normalize("NFKC", char).casefold()
    return "".join(chr(ord(c) - _TO_HIRAGANA) if ord(c) in _KATAKANA else c for c in wide)


def _markup(text: str, flags: bytearray) -> Markup:
    pieces: list[Markup | str] = []
    at = 0
    for flag, run in groupby(flags):
        end = at + sum(1 for _ in run)
        piece = text[at:end]
        pieces.extend(_plain(piece) if flag == _PLAIN else [_MARKUP[flag].format(visible(piece))])
        at = end
    return Markup("").join(pieces)


def _plain(text: str) -> list[Markup | str]:
    if len(text) <= _LONGEST_PLAIN:
        return [visible(text)]
    hidden = len(text) - 2 * _KEPT_PLAIN
    return [visible(text[:_KEPT_PLAIN]), _CUT.format(hidden), visible(text[-_KEPT_PLAIN:])]
