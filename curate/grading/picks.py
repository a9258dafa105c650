"""Which of a pattern's matches counts."""

import re
from collections.abc import Callable, Sequence

from curate.grading.asked import Asked
from curate.grading.graded import Found

Match = re.Match[str]
Reader = Callable[[Match, Asked], Found | None]
Pick = Callable[[Sequence[Match], Asked], Found | None]

_LINES = 50


def last(reader: Reader) -> Pick:
    """Returns a pick of the last match that is an answer: a correction comes after what it corrects."""

    def pick(matches: Sequence[Match], asked: Asked) -> Found | None:
        return next((found for match in reversed(matches) if (found := reader(match, asked))), None)

    return pick


def edge(reader: Reader) -> Pick:
    """Returns a pick of the last or first line, where all that match say the same: a list does not."""

    def pick(matches: Sequence[Match], asked: Asked) -> Found | None:
        found = [one for match in matches if (one := reader(match, asked))]
        if len({one.letters for one in found}) != 1:
            return None
        text = matches[0].string
        at_end = not text[found[-1].end :].strip()
        return found[-1] if at_end else found[0] if not text[: found[0].start].strip() else None

    return pick


def closing(reader: Reader) -> Pick:
    """Returns a pick of the last match in the last line that has a digit: where a calculation ends."""
    pick_last = last(reader)

    def pick(matches: Sequence[Match], asked: Asked) -> Found | None:
        if not matches:
            return None
        text = matches[0].string
        start = 0
        for end in _line_ends(text):
            start = text.rfind("\n", 0, end) + 1
            if any(char.isdecimal() for char in text[start:end]):
                break
        return pick_last([match for match in matches if match.start() >= start], asked)

    return pick


def _line_ends(text: str) -> Sequence[int]:
    """Returns the ends of the last lines, last first."""
    ends = [len(text)]
    while len(ends) < _LINES and (end := text.rfind("\n", 0, ends[-1])) >= 0:
        ends.append(end)
    return ends
