"""Gestalt accuracy (arXiv 2409.11783): the options most like the response's first line. A legacy metric.

It is here to set old numbers beside ours, not to be believed. Nothing is ever unreadable to it: an empty
response is right wherever the key is the first option, and the key's letters are compared with option
*texts*, so that a model which answers as it was asked to scores no better than one that says nothing.
"""

from collections.abc import Sequence
from difflib import SequenceMatcher

from curate.models import LETTERS, Question

OPTIONS = 5
LONGEST_STEM = 1024
LONGEST_LINE = 2000
"""Characters of the first line that are compared: the comparison's time grows with their square."""


def is_eligible(question: Question) -> bool:
    """Tells whether the paper scores the question: no image, five options, a stem of at most 1,024."""
    stem = question.original_text or question.text
    fits = len(question.choices) == OPTIONS and len(stem) <= LONGEST_STEM
    return fits and not question.has_image and bool(question.answers)


def picked(question: Question, text: str) -> str:
    """Returns the letters of the k options most like the text's first line, k as many as the key has.

    Of equals the first counts.
    """
    line = text.partition("\n")[0][:LONGEST_LINE]
    likeness = [_likeness(line, choice) for choice in question.choices]
    ranked = sorted(range(len(likeness)), key=lambda at: -likeness[at])
    return "".join(sorted(LETTERS[at] for at in ranked[: len(question.answers[0])]))


def is_right(question: Question, letters: str) -> bool:
    """Tells whether the texts of the picked options are those of a key."""
    said = _texts(question, letters)
    return any(said == _texts(question, answer) for answer in question.answers)


def _texts(question: Question, letters: Sequence[str]) -> list[str]:
    return sorted(question.choices[LETTERS.index(letter)] for letter in letters)


def _likeness(one: str, other: str) -> float:
    there, back = SequenceMatcher(None, one, other), SequenceMatcher(None, other, one)
    return (there.ratio() + back.ratio()) / 2
