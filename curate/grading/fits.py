"""Answers in prose: an option, by letter or exact text, that a sentence calls the one asked for."""

import re
from collections.abc import Sequence

from curate.grading.asked import Asked
from curate.grading.graded import Found
from curate.grading.subjects import leading, subject

_REACH = 60
_CLAUSE = re.compile(r"[。、\n]")
_DENIES = re.compile("誤|ない|なく|除|否定|不適|禁|不要|間違")
_AFFIRMS = re.compile("正しい|適切|適当|妥当")


def by_predicate(matches: Sequence[re.Match[str]], asked: Asked) -> Found | None:
    """Reads what the last sentence names as the answer, else what all that fit the stem agree on.

    Where the stem asks for several options, those of all sentences are taken together, if they are as many.
    """
    several = min(asked.counts, default=1) > 1
    fitting: list[Found] = []
    for match in reversed(matches):
        if _unfit(match, asked):
            continue
        found = by_subject(match, asked)
        if found and match.lastgroup == "names" and not several:
            return found
        if found:
            fitting.append(found)
    if several:
        letters = "".join(sorted({letter for one in fitting for letter in one.letters}))
        return fitting[0]._replace(letters=letters) if len(letters) in asked.counts else None
    return fitting[0] if len({one.letters for one in fitting}) == 1 else None


def by_topic(match: re.Match[str], asked: Asked) -> Found | None:
    """Reads the option that a sentence begins with."""
    told = None if _unfit(match, asked) else leading(match["said"].strip(), asked)
    if not told or not told[0]:
        return None
    return Found(match.start(), match.end(), told[0], conflict=told[1])


def _unfit(match: re.Match[str], asked: Asked) -> bool:
    """Tells whether what is said of an option makes it no answer, by what the stem wants."""
    if match.lastgroup == "right":
        return asked.wants_right is not True
    return match.lastgroup == "wrong" and asked.wants_right is not False


def by_subject(match: re.Match[str], asked: Asked) -> Found | None:
    """Reads what a statement is made of: the option before it."""
    told = subject(match.string, match.start(), asked)
    if not told or not told[0]:
        return None
    return Found(match.start(), match.end(), told[0], conflict=told[1])


def by_copula(matches: Sequence[re.Match[str]], asked: Asked) -> Found | None:
    """Reads the last option that a sentence says the asked one to be."""
    for match in reversed(matches):
        about = _CLAUSE.split(match.string[max(0, match.start() - _REACH) : match.start("said")])[
            -1
        ]
        denies = bool(_DENIES.search(about))
        if (asked.wants_right and denies) or (
            asked.wants_right is False and not denies and _AFFIRMS.search(about)
        ):
            continue
        told = leading(match["said"].strip(), asked)
        if told and told[0]:
            return Found(match.start(), match.end(), told[0], conflict=told[1])
    return None
