"""Accepted answers from the ways in which keys are written."""

import re
from itertools import combinations
from typing import NamedTuple

from curate.models import LETTERS, Exclusion
from curate.sources.values import folded, wrong

_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
_OR = re.compile(r"\s+or\s+|または|又は", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s,、・;]+")
_LISTED = re.compile(r"[0-9]{1,2}([\s,、・;]+[0-9]{1,2})*")
NO_ANSWER = "解なし"
_ANY = re.compile(r"いずれか\s*([一二三四五1-9])\s*つ")
_COUNTS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5}
_NUMBERED = re.compile(r"([0-9]{1,2})\s*(\(.*)?", re.DOTALL)

NOT_AN_ANSWER = "is neither letters a-j nor one number"


class Key(NamedTuple):
    """The accepted answers, and how the item left the ordinary scoring, if it did."""

    answers: list[list[str]]
    exclusion: Exclusion


def parse_key(value: object) -> Key:
    """Returns the key written as text ("a,d", "ac", "a or d"), as letters or as lists of letters.

    A number stays as printed; 解なし is no answer and drops the item; null and an empty list are no
    known key. Raises ValueError for anything else.
    """
    if value is None:
        return _key([])
    if isinstance(value, str):
        return _one(value)
    if not isinstance(value, list):
        raise wrong("answers", "letters or lists of letters", value)
    if value and all(isinstance(item, list) for item in value):
        return _key([_letters(item) for item in value])
    if len(value) == 1 and isinstance(value[0], str):
        return _one(value[0])
    return _key([_letters(value)] if value else [])


def parse_numbered_key(found: list[str]) -> Key:
    """Returns the key of 1-based numbers in texts, with the notes that pharmacists' keys carry.

    A note "いずれか2つ" makes every two of the numbers an accepted answer; "解なし", wherever it
    stands, even where a comma of its note was taken for a separator, drops the item.
    """
    whole = folded(",".join(found))
    if NO_ANSWER in whole:
        return Key([], Exclusion.DROPPED)
    letters = sorted(_numbered(item) for item in found)
    note = _ANY.search(whole)
    if note:
        wanted = _COUNTS.get(note[1]) or int(note[1])
        return _key([list(some) for some in combinations(letters, wanted)])
    return _key([letters] if letters else [])


def split_key(value: object) -> list[object]:
    """Returns the numbers that a text lists ("1,3"); anything else as it is, alone."""
    if isinstance(value, str) and _LISTED.fullmatch(folded(value)):
        return [*_BETWEEN.split(folded(value))]
    return [value]


def _key(answers: list[list[str]]) -> Key:
    return Key(answers, Exclusion.SEVERAL_KEYS if len(answers) > 1 else Exclusion.NONE)


def _one(text: str) -> Key:
    plain = folded(text)
    if NO_ANSWER in plain:
        return Key([], Exclusion.DROPPED)
    return _key([_letters([part]) for part in _OR.split(plain)] if plain else [])


def _letters(items: list[object]) -> list[str]:
    """Returns one accepted answer: sorted letters, or the number alone."""
    found: list[str] = []
    for item in items:
        if not isinstance(item, str):
            raise wrong("answers", "letters", item)
        plain = folded(item)
        if _NUMBER.fullmatch(plain):
            found.append(plain)
        else:
            found += [letter for part in _BETWEEN.split(plain.lower()) for letter in part]
    numbers = [one for one in found if _NUMBER.fullmatch(one)]
    if not found or any(one not in LETTERS for one in found if one not in numbers):
        raise ValueError(f"answers: {NOT_AN_ANSWER}")
    if numbers and len(found) > 1:
        raise ValueError(f"answers: several numbers, or numbers with letters; it {NOT_AN_ANSWER}")
    return sorted(found)


def _numbered(item: str) -> str:
    match = _NUMBERED.fullmatch(folded(item))
    if not match or not 1 <= int(match[1]) <= len(LETTERS):
        raise ValueError(f"answer: expected numbers from 1 to {len(LETTERS)} and known notes")
    return LETTERS[int(match[1]) - 1]
