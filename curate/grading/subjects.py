"""What a sentence is about: the options, by letter or exact text, that stand right before its predicate."""

import re

from curate.grading.asked import Asked, spelled
from curate.grading.graded import Found
from curate.grading.keys import END, KEYS, NOT, PARENTHESISED, letters_of, parenthesised
from curate.grading.readers import said

_REACH = 90
_CLAUSE = re.compile(r"[。\n]")
_LETTERS = re.compile(rf"(?P<keys>{KEYS})(?:の[^。、\n]{{1,25}})?$")
_WITH_LETTERS = re.compile(rf"{PARENTHESISED}$")
_LEADING = re.compile(
    rf"(?:[a-j]\s?[~-]\s?[a-j]の(?:うち|中で)[、,]?)?(?:選択肢)?\s?(?P<keys>{KEYS}){END}{NOT}(?!\s?を)"
)
_LIST = re.compile(PARENTHESISED)
_BREAK = re.compile(r"[、,]|ため|ので|から|のは|(?=「)")
_DONE = re.compile(
    r"を(?:行う|する|実施する|施行する|選択する)(?:こと|の)$|という(?:点|こと|記述)$"
)
_GLOSS = re.compile(r"\([^()]{1,40}\)$")
_QUOTES = "「」『』\"'“”"
_JOINT = re.compile(r"(?:と|や|および|及び|または|[、,・])$")
_NOUN_JOINT = re.compile(r"(?<![ぁ-ん])(?:と|や|および|及び|または)$")
_APART = re.compile(r"(?:^|[ぁ-ん、。,.:;「『(・])$")


def subject(text: str, end: int, asked: Asked) -> tuple[str, bool] | None:
    """Returns the letters that the clause before `end` is about, and whether they are alternatives."""
    before = text[max(0, end - _REACH) : end].rstrip()
    if lettered := _LETTERS.search(before):
        if listed := _WITH_LETTERS.search(_CLAUSE.split(before)[-1]):
            return parenthesised(listed[0])
        told = letters_of(lettered["keys"])
        if told[0]:
            return told
    clause = _CLAUSE.split(before)[-1]
    pieces = [clause, *(clause[cut.end() :] for cut in _BREAK.finditer(clause))]
    for piece in pieces:
        if found := said(piece.removeprefix("選択肢"), 0, 0, asked):
            return found.letters, found.conflict
    letters = _at_end(_DONE.sub("", clause), asked)
    return (letters, False) if letters else None


def leading(told: str, asked: Asked) -> tuple[str, bool] | None:
    """Returns the letters that a predicate begins with or consists of, and whether they are alternatives."""
    if lettered := _LEADING.match(told):
        return letters_of(lettered["keys"])
    if listed := _LIST.match(told):
        return parenthesised(listed[0])
    found: Found | None = said(told, 0, 0, asked)
    return (found.letters, found.conflict) if found else None


def _at_end(clause: str, asked: Asked) -> str:
    """Returns the letters of the option texts that a clause ends in; none if one of a list is no option."""
    rest = spelled(clause)
    letters = ""
    while step := _last_option(rest, asked):
        letter, rest = step
        letters += letter
        joint = _NOUN_JOINT.search(rest)
        if joint and not _last_option(rest[: joint.start()], asked):
            return ""
        rest = _JOINT.sub("", rest)
    return "".join(sorted(set(letters)))


def _last_option(clause: str, asked: Asked) -> tuple[str, str] | None:
    """Returns the letter of the longest option text that ends a clause as a word, and what is before it."""
    for ending in (clause, _GLOSS.sub("", clause)):
        bare = ending.rstrip(_QUOTES)
        for text in sorted(asked.texts, key=len, reverse=True):
            if len(text) > 1 and bare.endswith(text):
                before = bare[: -len(text)]
                return (
                    (asked.texts[text], before.rstrip(_QUOTES)) if _APART.search(before) else None
                )
    return None
