"""What grading needs of a question, worked out once and used for all of its responses."""

import re
import unicodedata
from decimal import Decimal
from typing import NamedTuple

from curate.grading.fold import folded
from curate.models import LETTERS, Question
from curate.text import VARIANTS, wants_right

_GLOSS = re.compile(r"[(〈<\[][^()〈〉<>\[\]]{1,60}[)〉>\]]")
_NUMBER = re.compile(r"[0-9]{1,30}(?:\.[0-9]{1,30})?")
_VARIANTS = str.maketrans(VARIANTS)
_DENIES = re.compile(r"\b(?:not|except|incorrect|false|wrong|least|un\w{1,20})\b")
_ASKING = re.compile(r"([^。\n]{1,80})は(?:、)?(?:どれ|何)")
_LABEL = re.compile(r"[a-j]")
_COPIED, _LEAST_COPIED = 30, 15
"""Characters at the beginning of a stem that nobody writes by chance."""


class Asked(NamedTuple):
    """A question as the grader sees it.

    `known` are its letters (a to j where the options are images), `texts` its option texts that stand for one
    letter alone, `accepted` the accepted answers, `counts` how many letters those have, `value` the number.
    `wants_right` is None where the stem asks for what is not so. `stem` is what a copy of it begins with,
    `asking` what it asks for: its last question up to the word that asks.
    """

    question: Question
    known: str
    texts: dict[str, str]
    accepted: frozenset[tuple[str, ...]]
    counts: frozenset[int]
    value: Decimal | None
    numeric: bool
    wants_right: bool | None
    stem: str
    asking: str


def asked_of(question: Question) -> Asked:
    """Returns what grading needs of a question."""
    accepted = frozenset(tuple(answer) for answer in question.answers)
    numbers = [one[0] for one in accepted if len(one) == 1 and _NUMBER.fullmatch(one[0])]
    numeric = bool(numbers) or not (question.choices or question.has_image or accepted)
    whole = folded(question.text)
    stem = whole.replace("\n", "").strip()
    asking = _ASKING.findall(whole)
    return Asked(
        question=question,
        known=LETTERS[: len(question.choices) or len(LETTERS)],
        texts=_texts(question.choices),
        accepted=accepted,
        counts=frozenset(map(len, accepted)),
        value=Decimal(numbers[0]) if numbers else None,
        numeric=numeric,
        wants_right=_wants_right(question.text),
        stem=stem[:_COPIED] if len(stem) >= _LEAST_COPIED else "",
        asking=asking[-1] if asking else "",
    )


def _wants_right(stem: str) -> bool | None:
    if stem.isascii():
        return None if _DENIES.search(stem.lower()) else True
    return wants_right(stem)


def spelled(text: str) -> str:
    """Returns a folded text without blanks, variant characters (嚢, 囊) as one."""
    return "".join(text.split()).translate(_VARIANTS)


def plain(text: str) -> str:
    """Returns a folded text as option texts are compared: without blanks, quotes and a full stop."""
    return spelled(text).strip("。.、,「」『』\"'“”*")


def _texts(choices: list[str]) -> dict[str, str]:
    """Returns option text -> letter; a text without its bracketed gloss also, and nothing that two share."""
    told: dict[str, set[str]] = {}
    for letter, choice in zip(LETTERS, choices, strict=False):
        whole = folded(unicodedata.normalize("NFKC", choice) if len(choice) > 1 else choice)
        for text in {plain(whole), plain(_GLOSS.sub("", whole))}:
            if text and not _LABEL.fullmatch(text):
                told.setdefault(text, set()).add(letter)
    return {text: letters.pop() for text, letters in told.items() if len(letters) == 1}
