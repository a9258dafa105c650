"""Marks of a text that was read wrongly: out of a PDF, in the wrong encoding, with characters that hide."""

import re
from typing import Literal, get_args

import numpy as np
import polars as pl

Suspicion = Literal[
    "control",
    "replacement",
    "private_use",
    "unassigned",
    "bidi",
    "zero_width",
    "wrong_glyph",
    "doubled",
    "mojibake",
    "footer",
    "half_width_kana",
    "latex",
]
SUSPICIONS: tuple[Suspicion, ...] = get_args(Suspicion)

_JA = r"[\p{Han}\p{Hiragana}\p{Katakana}ー]"
_FOREIGN = (  # no Å, ×, ÷, ß, Greek: those are ordinary between Japanese words
    r"[\u00c0-\u00c4\u00c6-\u00d6\u00d8-\u00de\u00e0-\u00f6\u00f8-\u024f"
    r"\p{Cyrillic}\p{Hebrew}\p{Arabic}\p{Thai}\p{Devanagari}\p{Hangul}]"
)
_COMMANDS = (
    "begin|frac|sqrt|mathrm|mathbf|mathit|text|times|cdot|circ|pm|leq?|geq?|neq|approx|rightarrow|"
    "leftarrow|to|alpha|beta|gamma|delta|mu|omega|lambda|sigma|pi|theta|Delta|degree"
)
_PATTERNS: dict[Suspicion, str] = {
    "control": r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]",
    "replacement": r"[\ufffc\ufffd〓]|\(cid:[0-9]+\)",
    "private_use": r"\p{Co}",
    "unassigned": r"\p{Cn}",
    "bidi": r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]",
    "zero_width": (
        r"[\u00ad\u034f\u180e\u200b\u200c\u2060-\u2064\ufeff\U000e0000-\U000e007f]"
        r"|[\p{L}\p{N}]\u200d|\u200d[\p{L}\p{N}]"
    ),
    "wrong_glyph": rf"{_JA}{_FOREIGN}{_JA}|[\u2e80-\u2fdf]",
    "footer": r"(?-u:\b)[A-Z]{2,6}-[0-9]{1,3}-[A-Z]{1,3}-[0-9]{1,3}(?-u:\b)|指示があるまで開かないこと",
    "half_width_kana": r"[\uff66-\uff9f]{2,}",
    "latex": rf"\$[^$\n]{{0,40}}[_^{{\\][^$\n]{{0,40}}\$|[_^]\{{|\\(?:{_COMMANDS})(?-u:\b)",
}
_AS_CP932 = r"(?:[縺繧繝]\S{1,2}){2}[縺繧繝]"
"""Kana in UTF-8 (e3 81-83) read as cp932, three times or more: 縺 alone is a character of もつれ."""

_ANY = "|".join(f"(?:{pattern})" for pattern in (*_PATTERNS.values(), _AS_CP932))
"""Most texts have none of these, which one pass tells."""

_TWO_FOREIGN = r"[\u0080-\u2fff]{2}"
"""Without two such characters in a row no text is bad to ftfy; Japanese ones are above."""

_NOT_BAD = re.compile("\ufffd|Å[²³]")
_DOUBLED = re.compile(
    r"(?P<pair>([㐀-鿿])\2(?!\2)([㐀-鿿])\3)"
    r"|([ぁ-ゖァ-ヺ㐀-鿿])\4(?!\4)([ぁ-ゖァ-ヺ㐀-鿿])\5(?!\5)([ぁ-ゖァ-ヺ㐀-鿿])\6"
)
_BYTES, _FIRST_BYTE = 3, 0xE3
"""Each of these characters has three bytes in UTF-8, of which the first is this one or a greater."""

_IDIOMS = frozenset(
    [
        "侃侃諤諤",
        "喧喧囂囂",
        "虚虚実実",
        "戦戦恐恐",
        "戦戦兢兢",
        "空空漠漠",
        "奇奇怪怪",
        "三三五五",
        "年年歳歳",
        "歳歳年年",
        "子子孫孫",
        "是是非非",
        "明明白白",
        "平平凡凡",
        "津津浦浦",
        "正正堂堂",
        "時時刻刻",
        "悠悠閑閑",
        "唯唯諾諾",
        "世世代代",
        "代代世世",
        "種種様様",
        "個個別別",
        "個個人人",
    ]
)


def suspicions(texts: pl.Series) -> pl.Series:
    """Returns a list of suspicions for every text, in the order of `SUSPICIONS`; null texts have none.

    Nothing is said of what is ordinary in exams: Greek, units, ①, Ⅲ, ℃, arrows, names in Latin letters.
    """
    asked = texts.str.contains(_ANY).fill_null(value=False)
    marks = {name: _having(pattern, texts, asked) for name, pattern in _PATTERNS.items()}
    marks["doubled"] = _doubled(texts)
    marks["mojibake"] = _having(_AS_CP932, texts, asked) | _bad(texts)
    named = [pl.when(pl.col(name).fill_null(value=False)).then(pl.lit(name)) for name in SUSPICIONS]
    return pl.DataFrame(marks).select(pl.concat_list(named).list.drop_nulls()).to_series()


def _having(pattern: str, texts: pl.Series, asked: pl.Series) -> pl.Series:
    """Tells which texts have a pattern, which only those asked for may have."""
    return asked.clone().scatter(asked.arg_true(), texts.filter(asked).str.contains(pattern))


def _doubled(texts: pl.Series) -> pl.Series:
    """Tells which texts have characters that stand twice, two or more of them in a row."""
    raw = texts.fill_null("").cast(pl.Binary)
    data = np.frombuffer(b"\n".join(raw), np.uint8)
    same = data[_BYTES:] == data[:-_BYTES]
    twice = same[:-2] & same[1:-1] & same[2:]  # a character that stands here stands there again
    pairs = np.flatnonzero(twice[: -2 * _BYTES] & twice[2 * _BYTES :])
    pairs = pairs[data[pairs] >= _FIRST_BYTE]
    ends = np.cumsum(raw.bin.size().to_numpy().astype(np.int64) + 1)
    found = [False] * len(texts)
    for number in np.unique(np.searchsorted(ends, pairs, side="right")).tolist():
        found[number] = _is_doubled(texts[number])
    return pl.Series(found, dtype=pl.Boolean)


def _is_doubled(text: str) -> bool:
    return any(found["pair"] not in _IDIOMS for found in _DOUBLED.finditer(text))


def _bad(texts: pl.Series) -> pl.Series:
    """Tells which texts hold Latin mojibake, by ftfy."""
    asked = texts.str.contains(_TWO_FOREIGN).fill_null(value=False)
    if not asked.any():
        return asked
    from ftfy.badness import is_bad  # noqa: PLC0415 (few texts need it)

    found = [is_bad(_NOT_BAD.sub("", text)) for text in texts.filter(asked)]
    return asked.scatter(asked.arg_true(), found)
