"""A question's options, in one column or several on a line, and where its stem ends."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from curate.sources.booklet.lines import Cell, Line, joined, option_letter
from curate.sources.values import folded

LETTERS = "abcdefgh"
_NEAR = 6  # points within which options begin at one place
_OUTDENT = 3  # points by which an option's next line may begin before its letter
_FEW = 2  # options that show that a question's options have begun
_ANSWER = re.compile(r"解答\s*[:：]")
_GRID = re.compile(r"(?:[0-9□]\s*)+")
_TWICE = "its options stand there twice: the next question's number may be unreadable"


class Mark(NamedTuple):
    """An option's letter: line, cell and place of it."""

    letter: str
    line: int
    cell: int
    left: float


class Parts(NamedTuple):
    """The lines of the stem, and the options; `problem` says what is wrong with these."""

    stem: list[Line]
    options: list[str]
    problem: str | None = None


def has_options(lines: Sequence[Line]) -> bool:
    """Tells whether the lines hold the first options at least."""
    return len(_chain(_marks(lines))) >= _FEW


def is_calculation(lines: Sequence[Line]) -> bool:
    """Tells whether the question wants a number ("解答：①②.③mg/dL")."""
    return bool(_ANSWER.search("".join(line.text for line in lines)))


def parts_of(lines: Sequence[Line]) -> Parts:
    """Returns stem and options; a question that wants a number has none, and no grid of digits."""
    marks = _chain(_marks(lines))
    if len(marks) < _FEW:
        return Parts(_without_grid(lines), [])
    stem, options = [*lines[: marks[0].line]], _texts(lines, marks)
    problem = _problem(marks, _marks(lines))
    if not problem and has_options(stem) and not all(_is_letter(text) for text in options):
        problem = _TWICE
    return Parts(stem, options, problem)


def _marks(lines: Sequence[Line]) -> list[Mark]:
    return [
        Mark(letter, number, place, cell.left)
        for number, line in enumerate(lines)
        for place, cell in enumerate(line.cells)
        if (letter := option_letter(cell))
    ]


def _chain(marks: Sequence[Mark]) -> list[Mark]:
    """Returns the options' marks in the order of their letters: the longest run from a on.

    The letter "a" may also be an article at the start of a line. Of two runs the one whose letters
    begin at one place wins, then the later one.
    """
    best: list[Mark] = []
    for at, mark in enumerate(marks):
        if mark.letter == LETTERS[0]:
            chain = _chain_from(marks, at)
            if _rank(chain) >= _rank(best):
                best = chain
    alone = sorted(marks, key=lambda mark: mark.letter)
    letters = "".join(mark.letter for mark in alone)
    return alone if len(letters) > len(best) and LETTERS.startswith(letters) else best


def _chain_from(marks: Sequence[Mark], at: int) -> list[Mark]:
    chain = [marks[at]]
    for letter in LETTERS[1:]:
        later = [n for n in range(at + 1, len(marks)) if marks[n].letter == letter]
        if not later:
            break
        aligned = [n for n in later if _aligned(marks[n], chain[0])]
        at = (aligned or later)[0]
        chain.append(marks[at])
    return chain


def _rank(chain: Sequence[Mark]) -> tuple[int, int]:
    return len(chain), sum(_aligned(mark, chain[0]) for mark in chain)


def _aligned(one: Mark, other: Mark) -> bool:
    return abs(one.left - other.left) <= _NEAR


def _problem(chain: Sequence[Mark], marks: Sequence[Mark]) -> str | None:
    end = max(mark.line for mark in chain)
    after = [mark.letter for mark in marks if mark.line > end and mark not in chain]
    expected = LETTERS[len(chain) : len(chain) + 1]
    skipped = [letter for letter in after if expected and letter > expected]
    if skipped:
        return f"option {expected} expected, {skipped[0]} found"
    if after.count("a") and after.count("b"):
        return _TWICE
    return None


def _texts(lines: Sequence[Line], marks: Sequence[Mark]) -> list[str]:
    """Returns the options' texts; what goes on in the next line goes to the option above it."""
    found: dict[str, list[str]] = {mark.letter: [] for mark in marks}
    above: list[Mark] = []
    for number in range(marks[0].line, len(lines)):
        here = sorted((m for m in marks if m.line == number), key=lambda m: m.left)
        above = here or above
        for place, cell in enumerate(lines[number].cells):
            mark = _owner(above, cell)
            begins = mark.line == number and mark.cell == place
            found[mark.letter].append(_unlettered(cell.text) if begins else cell.text)
    return [joined(filter(None, found[mark.letter])) for mark in sorted(marks)]


def _owner(marks: Sequence[Mark], cell: Cell) -> Mark:
    left_of = [mark for mark in marks if mark.left <= cell.left + _OUTDENT]
    return left_of[-1] if left_of else marks[0]


def _is_letter(text: str) -> bool:
    """Tells whether an option is blank or a letter alone: what it means stands in a table of the stem."""
    return len(text) <= 1 and folded(text) in LETTERS


def _unlettered(text: str) -> str:
    return text[1:].lstrip(" .．)）")


def _without_grid(lines: Sequence[Line]) -> list[Line]:
    """Returns a stem without the digits to be marked that follow "解答"."""
    start = next((n for n in range(len(lines)) if is_calculation(lines[: n + 1])), len(lines))
    rest = [line for line in lines[start + 1 :] if not _GRID.fullmatch(folded(line.text))]
    return [*lines[: start + 1], *rest]
