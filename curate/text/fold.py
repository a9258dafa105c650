"""Folds spelling differences that carry no meaning, and keeps a way back to the original characters.

Width, case, kana and kanji variants, leader dashes, white space, punctuation and LaTeX scraps are folded.
Voicing marks are not (がん is not かん) and neither are digits (Hb 7.2 is not Hb 14.8).
"""

import unicodedata
from array import array
from dataclasses import dataclass
from functools import lru_cache

VARIANTS = {
    "囊": "嚢", "頚": "頸", "彎": "弯", "沪": "濾", "繫": "繋", "鹼": "鹸",
    "蠟": "蝋", "瘦": "痩", "頰": "頬", "剝": "剥", "塡": "填", "摑": "掴", "攪": "撹", "𠮟": "叱",
    "靭": "靱", "麵": "麺", "曽": "曾", "顚": "顛", "屛": "屏",
    "醬": "醤", "穎": "頴", "髙": "高", "﨑": "崎", "檜": "桧", "齶": "顎",
}  # fmt: skip
_VOICING = {
    "ﾞ": "\u3099", "゛": "\u3099", "\u3099": "\u3099",
    "ﾟ": "\u309a", "゜": "\u309a", "\u309a": "\u309a",
}  # fmt: skip
_KEPT_SYMBOLS = frozenset("+%±<>=≤≥≦≧")
_POINT = "."


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; `origin[i]` is the offset in the original text of the folded character `i`."""

    text: str
    origin: "array[int]"

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Returns the original [start, end) of a folded [start, end); an empty one gives (0, 0)."""
        if start >= end:
            return (0, 0)
        return (self.origin[start], self.origin[end - 1] + 1)


def normalise(text: str) -> str:
    """Returns `text` in NFKC, lower case and without white space: what two exact copies share."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def fold(text: str) -> Folded:
    """Returns `text` folded, with the original offset of every folded character."""
    out: list[str] = []
    origin = array("I")
    for offset, char in enumerate(text):
        mark = _VOICING.get(char)
        if mark is not None:
            if out:
                out[-1] = unicodedata.normalize("NFC", out[-1] + mark)[:1]
            continue
        for folded in _fold_char(char):
            out.append(folded)
            origin.append(offset)
    return _without_loose_points(out, origin)


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


def _without_loose_points(out: list[str], origin: "array[int]") -> Folded:
    """Keeps a full stop only as a decimal point: between two digits."""
    if _POINT not in out:
        return Folded("".join(out), origin)
    last = len(out) - 1
    keep = [
        i
        for i, char in enumerate(out)
        if char != _POINT or (0 < i < last and out[i - 1].isdigit() and out[i + 1].isdigit())
    ]
    return Folded("".join(out[i] for i in keep), array("I", (origin[i] for i in keep)))


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
