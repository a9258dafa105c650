"""A text from its lines: sentences joined over line ends, paragraphs and table rows kept apart."""

import re
from collections.abc import Sequence
from itertools import pairwise

from curate.sources.booklet.lines import Line, is_latin, joined

_END = re.compile(r"(?:[。．？?！!：:]|(?<!No)\.)[」』）)〉]*$")

_MOSTLY = 0.75  # of the column is filled by a line that stops within a sentence
_ROOM = 1.5  # em that a full line may leave free at its end


def paragraphs(lines: Sequence[Line]) -> str:
    """Returns the text of lines; a new line begins where the one before could have gone on."""
    lines = [line for line in lines if line.cells]
    if not lines:
        return ""
    text, pieces = "", [lines[0].text]
    for one, other in pairwise(lines):
        if _goes_on(one, other):
            pieces.append(other.text)
        else:
            text += joined(pieces) + "\n"
            pieces = [other.text]
    return text + joined(pieces)


def ends_sentence(line: Line) -> bool:
    """Tells whether a sentence ends with the line."""
    return bool(_END.search(line.text))


def _goes_on(one: Line, other: Line) -> bool:
    """Tells whether the second line had no room in the first."""
    end = one.cells[-1]
    if (one.right - end.right) / one.size < _ROOM + _first_word(other):
        return True
    ragged = (end.right - one.left) > _MOSTLY * (one.right - one.left)
    return ragged and len(one.cells) == 1 and not ends_sentence(one)


def _first_word(line: Line) -> float:
    """Returns about how wide the first word of a line is, in em."""
    text = line.cells[0].text
    letters = next((n for n, char in enumerate(text) if not is_latin(char)), len(text))
    return letters / 2 if letters else 1
