"""Folds spelling differences that carry no meaning, and keeps a way back to the original characters.

Width, case, kana and kanji variants, leader dashes, white space, punctuation and LaTeX scraps are folded.
Voicing marks are not (がん is not かん) and neither are digits (Hb 7.2 is not Hb 14.8).
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain, pairwise
from typing import NamedTuple

import numpy as np

from curate.text.kernels import (
    EXPANSION,
    FIRST_KANA,
    LAST_KANA,
    SEMI_VOICED,
    VOICED,
    Codes,
    Offsets,
    fold_codes,
    fold_each,
)

VARIANTS = {
    "囊": "嚢", "頚": "頸", "彎": "弯", "沪": "濾", "繫": "繋", "鹼": "鹸",
    "蠟": "蝋", "瘦": "痩", "頰": "頬", "剝": "剥", "塡": "填", "摑": "掴", "攪": "撹", "𠮟": "叱",
    "靭": "靱", "麵": "麺", "曽": "曾", "顚": "顛", "屛": "屏",
    "醬": "醤", "穎": "頴", "髙": "高", "﨑": "崎", "檜": "桧", "齶": "顎",
}  # fmt: skip
_MARKS = {VOICED: "ﾞ゛\u3099", SEMI_VOICED: "ﾟ゜\u309a"}
_KEPT_SYMBOLS = frozenset("+%±<>=≤≥≦≧")
_POINT = "."
_FOLDED_RANGES = (
    (0, 0xD800), (0xF900, 0x10000), (0x1D400, 0x1D800), (0x1F100, 0x1F200), (0x2F800, 0x2FA20)
)  # fmt: skip
_KEPT_RANGES = ((0x20000, 0x2F800), (0x30000, 0x32400))
"""Rare kanji, which fold to themselves; what lies in no range (emoji, dead scripts) is dropped."""

_AT_ONCE = 1 << 12
"""Texts that are folded in one call."""


class FoldTable(NamedTuple):
    """What the compiled loop folds by: code point -> folded one, longer expansions, voiced kana."""

    table: Codes
    expansions: Codes
    voicing: Codes


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; the character `i` stands for the original ones from `first[i]` to `last[i]`."""

    text: str
    first: Offsets
    last: Offsets

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Returns the original [start, end) of a folded [start, end); an empty one gives (0, 0)."""
        if start >= end:
            return (0, 0)
        return (int(self.first[start]), int(self.last[end - 1]) + 1)


def normalise(text: str) -> str:
    """Returns `text` in NFKC, lower case and without white space: what two exact copies share."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def fold(text: str) -> Folded:
    """Returns `text` folded, with the original offsets of every folded character."""
    codes, (out, first, last) = _codes(text)
    n = fold_codes(codes, *fold_table(), out, (first, last))
    return Folded(_text(out[:n]), first[:n].copy(), last[:n].copy())


def fold_all(texts: Iterable[str]) -> dict[str, Folded]:
    """Returns every one of `texts` as `fold` does, at a fraction of the cost for short ones."""
    found: dict[str, Folded] = {}
    waiting: list[str] = []
    for text in dict.fromkeys(texts):
        waiting.append(text)
        if len(waiting) == _AT_ONCE:
            found |= zip(waiting, _fold_some(waiting), strict=True)
            waiting.clear()
    return found | dict(zip(waiting, _fold_some(waiting), strict=True))


def _fold_some(texts: Sequence[str]) -> list[Folded]:
    codes, (out, first, last) = _codes("".join(texts))
    ends = np.cumsum([len(text) for text in texts], dtype=np.int64)
    lengths = np.empty(len(texts), np.int64)
    n = fold_each(codes, ends, fold_table()[:], (out, first, last), lengths)
    folded, first, last = _text(out[:n]), first[:n].copy(), last[:n].copy()
    stops = np.cumsum(lengths).tolist()
    return [
        Folded(folded[start:stop], first[start:stop], last[start:stop])
        for start, stop in pairwise([0, *stops])
    ]


def _codes(text: str) -> tuple[Codes, tuple[Codes, Offsets, Offsets]]:
    """Returns a text's code points, and room for what they fold to and where that comes from."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    room = len(codes) * fold_table().expansions.shape[1]  # untouched pages cost nothing
    return codes, (np.empty(room, np.uint32), np.empty(room, np.uint32), np.empty(room, np.uint32))


def _text(codes: Codes) -> str:
    return codes.tobytes().decode("utf-32-le")


@cache
def fold_table() -> FoldTable:
    """Returns the tables, made once from `_fold_char`."""
    table = np.zeros(_KEPT_RANGES[-1][1], np.uint32)
    expansions: dict[str, int] = {}
    for code in chain.from_iterable(range(*bounds) for bounds in _FOLDED_RANGES):
        folded = _fold_char(chr(code))
        if len(folded) > 1:
            table[code] = EXPANSION + expansions.setdefault(folded, len(expansions))
        elif folded:
            table[code] = ord(folded)
    for start, end in _KEPT_RANGES:
        kept = np.arange(start, end, dtype=np.uint32)
        table[start:end] = np.where(table[start:end] == 0, kept, table[start:end])
    for value, marks in _MARKS.items():
        for mark in marks:
            table[ord(mark)] = value
    table[ord("𠮟")] = ord(VARIANTS["𠮟"])
    longest = max(map(len, expansions))
    rows = [[ord(c) for c in text] + [0] * (longest - len(text)) for text in expansions]
    return FoldTable(table, np.array(rows, np.uint32), _voicing())


def _voicing() -> Codes:
    """Returns [voiced or semi-voiced, kana] -> the kana with the mark; 0 where there is none."""
    kana = range(FIRST_KANA, LAST_KANA + 1)
    joined = [
        [unicodedata.normalize("NFC", chr(code) + mark) for code in kana]
        for mark in ("\u3099", "\u309a")
    ]
    return np.array([[ord(t) if len(t) == 1 else 0 for t in row] for row in joined], np.uint32)


@lru_cache(maxsize=65536)
def _fold_char(char: str) -> str:
    kept = []
    for part in unicodedata.normalize("NFKC", char).casefold():
        folded = _hiragana(VARIANTS.get(part, part))
        if folded == _POINT or folded in _KEPT_SYMBOLS or unicodedata.category(folded)[0] in "LN":
            kept.append(folded)
    return "".join(kept)


def _hiragana(char: str) -> str:
    """Katakana and hiragana are one script here; the long mark stays."""
    return chr(ord(char) - 0x60) if "ァ" <= char <= "ヶ" else char


def folds_between(one: str, other: str, limit: int = 12) -> list[str]:
    """Lists spellings that differ between two texts but fold to one, such as "囊 = 嚢"."""
    ours, theirs = _spellings(one), _spellings(other)
    pairs = {
        f"{a} = {b}"
        for folded, mine in ours.items()
        for a in mine
        for b in theirs.get(folded, ())
        if a != b and a not in theirs[folded] and b not in mine
    }
    return sorted(pairs)[:limit]


def _spellings(text: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for char in text:
        folded = _fold_char(char)
        if folded:
            found.setdefault(folded, set()).add(char)
    return found
