"""Readers: what a pattern's match says, as an answer to the question; None where it says nothing.

A match gives letters as its group `keys`, other text as `said`.
"""

import re

from curate.grading.asked import Asked, plain
from curate.grading.graded import Found
from curate.grading.keys import letters_of
from curate.models import LETTERS

_CIRCLED = {chr(ord("①") + place): letter for place, letter in enumerate(LETTERS)}
_ORDINAL = re.compile(r"(?:選択肢\s?|option |no\.?\s?)?([1-9]|10|[①-⑩])(?:番目?|つ目)?[。.]?")
_LABELLED = re.compile(r"\(?(?P<letter>[a-j])\s{0,2}[.:、,)\]]?\s{0,3}(?P<text>\S.{0,200})")
_LETTER_BEHIND = re.compile(r"(?P<text>.{1,100}?)\s{0,2}\((?:選択肢)?(?P<letter>[a-j])\)")
_JOINED = re.compile(r"[、,・\n]|と(?=[^。]{2})|および|及び|\band\b")
_UNIT = re.compile(r"[0-9]")


def by_letter(match: re.Match[str], _asked: Asked) -> Found | None:
    """Reads the option letters of a match; alternatives (a or d) are a conflict."""
    letters, either = letters_of(match["keys"])
    if not letters:
        return None
    return Found(match.start(), match.end(), letters, conflict=either)


def by_line(match: re.Match[str], asked: Asked) -> Found | None:
    """Reads a line that holds nothing but the answer: option texts, a letter with its text, a place."""
    return said(match["said"], match.start(), match.end(), asked)


def said(text: str, start: int, end: int, asked: Asked) -> Found | None:
    """Reads a short text as an answer: exactly an option's text, its letter with it, or its place."""
    text = text.strip().strip('。「」『』"')
    if letter := asked.texts.get(plain(text)):
        return Found(start, end, letter)
    if labelled := _LABELLED.fullmatch(text):
        return _with_its_text(labelled, start, end, asked)
    if labelled := _LETTER_BEHIND.fullmatch(text):
        return _with_its_text(labelled, start, end, asked)
    parts = [asked.texts.get(plain(part), "") for part in _JOINED.split(text)]
    if len(parts) > 1 and all(parts):
        return Found(start, end, "".join(sorted(set(parts))))
    if (place := _ORDINAL.fullmatch(text)) and not _of_digits(asked):
        told = place[1]
        return Found(start, end, _CIRCLED.get(told) or LETTERS[int(told) - 1])
    return None


def _with_its_text(match: re.Match[str], start: int, end: int, asked: Asked) -> Found | None:
    """Reads a letter and its option's text; the text of another option is a conflict."""
    letter, text = match["letter"], match["text"]
    meant = asked.texts.get(plain(text))
    if meant is None:
        return None
    return Found(start, end, "".join(sorted({letter, meant})), conflict=meant != letter)


def all_options(match: re.Match[str], asked: Asked) -> Found | None:
    """Reads "all of them"."""
    return Found(match.start(), match.end(), asked.known) if asked.question.choices else None


def _of_digits(asked: Asked) -> bool:
    """Tells whether the options begin with digits themselves, so that a digit is no place among them."""
    return any(_UNIT.match(text) for text in asked.texts)
