"""Answers in a sentence that repeats what the stem asks, about an option or with an option as predicate."""

import re
from collections.abc import Sequence

from curate.grading.asked import Asked
from curate.grading.graded import Found
from curate.grading.keys import KEYS, PARENTHESISED, letters_of, parenthesised
from curate.grading.readers import said

_PIECE = r"(?:[^。\n()]|\([^()\n]{1,40}\))"
RESTATED = (
    r"(?<=[^。\n]{4})(?<!に)は[、,:]?\s?"
    rf"(?=(?P<said>{_PIECE}{{1,60}}?)(?:(?:である|です)(?!と|か|の[はが]|こと)|であ[りっ]|だ(?=[。、\n]|$)|(?=[。\n]|$)))"
)
"""The predicate of a sentence; it is looked at from every subject marker of the sentence."""

RESTATES = (
    rf"(?:^|(?<=[。\n]))\s?(?P<said>{_PIECE}{{1,80}}?)[はが][、,]?"
    r"(?P<rest>[^。\n]{4,90})(?=[。\n]|$)"
)
"""A whole sentence: its subject, and what is said of it."""

_LETTERS = re.compile(rf"(?:選択肢\s?)?{KEYS}")
_LISTED = re.compile(PARENTHESISED)
_REACH = 90
_CLAUSE = re.compile(r"[。\n]")
_CONTENT = re.compile(r"[^ぁ-ん\W_]")
_GLOSS = re.compile(r"\([^()\n]{1,40}\)$")
_DENIES = re.compile("ない|なく|ませ|ず|除|以外|誤|不")
_LEAST_CONTENT = 3
_ALIKE = 0.7
"""Least share (F1) of its content characters that a passage has in common with what the stem asks."""


def by_restated(match: re.Match[str], asked: Asked) -> Found | None:
    """Reads the option, by letter or exact text, that what the stem asks for is said to be."""
    before = match.string[max(0, match.start() - _REACH) : match.start()]
    if not _restates(_CLAUSE.split(before)[-1], asked.asking):
        return None
    return _option(match, asked)


def by_restating(matches: Sequence[re.Match[str]], asked: Asked) -> Found | None:
    """Reads the only option, or list of them, of which what the stem asks is said."""
    found = [
        one
        for match in matches
        if _restates(match["rest"], asked.asking) and (one := _option(match, asked))
    ]
    return found[-1] if len({one.letters for one in found}) == 1 else None


def _option(match: re.Match[str], asked: Asked) -> Found | None:
    named = match["said"].strip()
    start, end = match.start(), match.end("said")
    for text in (named, _GLOSS.sub("", named)):
        if found := said(text, start, end, asked):
            return found
    if _LETTERS.fullmatch(named):
        letters, either = letters_of(named)
    elif _LISTED.fullmatch(named):
        letters, either = parenthesised(named)
    else:
        return None
    return Found(start, end, letters, conflict=either) if letters else None


def _restates(passage: str, asking: str) -> bool:
    """Tells whether a passage says what is asked: most of its characters, and as much denied."""
    ours, theirs = set(_CONTENT.findall(passage)), set(_CONTENT.findall(asking))
    if min(len(ours), len(theirs)) < _LEAST_CONTENT:
        return False
    if len(_DENIES.findall(passage)) != len(_DENIES.findall(asking)):
        return False
    return 2 * len(ours & theirs) >= _ALIKE * (len(ours) + len(theirs))
