"""Cuts a booklet's lines into questions by their numbers, and accounts for every number."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from curate.sources.booklet.lines import Line
from curate.sources.booklet.marks import Number, begins_serial, number_of, without_number
from curate.sources.booklet.options import has_options, is_calculation
from curate.sources.booklet.paragraphs import ends_sentence

_AHEAD = 30  # numbers that may be missing in one place


@dataclass
class PrintedBlock:
    """A question's lines without its number; `case` is what stands before the first of a serial group.

    `problem` says why the block cannot be a question.
    """

    section: str
    number: int
    page: int
    lines: list[Line] = field(default_factory=list)
    case: list[Line] = field(default_factory=list)
    problem: str | None = None

    def whole(self) -> bool:
        """Tells whether the question has all that the next number may follow."""
        return has_options(self.lines) or is_calculation(self.lines)


def cut_blocks(pages: Iterable[tuple[str | None, list[Line]]]) -> Iterator[PrintedBlock]:
    """Yields the questions of pages, each with the section marked on it; missing ones as blocks, too.

    Raises ValueError where questions stand in no section.
    """
    cutter = _Cutter()
    for section, lines in pages:
        if section and section != cutter.section:
            yield from cutter.close()
            cutter.begin(section)
        for line in lines:
            yield from cutter.feed(line)
    yield from cutter.close()


class _Cutter:
    def __init__(self) -> None:
        self.section: str | None = None
        self.last = 0
        self.block: PrintedBlock | None = None
        self.case: list[Line] | None = None

    def begin(self, section: str) -> None:
        self.section, self.last, self.case = section, 0, None

    def close(self) -> Iterator[PrintedBlock]:
        if self.block:
            yield self.block
        self.block = None

    def feed(self, line: Line) -> Iterator[PrintedBlock]:
        found = number_of(line)
        if found and self._begins(found):
            yield from self.close()
            yield from self._missing(found.number, line.page)
            self._start(found.number, line)
        elif begins_serial(line) and (self.block is None or self.block.whole()):
            yield from self.close()
            self.case = [line]
        elif self.case is not None:
            self.case.append(line)
        elif self.block:
            self.block.lines.append(line)

    def _begins(self, found: Number) -> bool:
        lines = self.block.lines if self.block else self.case or []
        whole = self.block.whole() if self.block else not lines
        settled = bool(lines) and ends_sentence(lines[-1])
        if found.number == self.last + 1:
            return whole or ((settled or found.wide) and not found.doubtful)
        ahead = 0 < found.number <= self.last + _AHEAD
        return ahead and not found.doubtful and (whole or (settled and bool(self.case)))

    def _missing(self, number: int, page: int) -> Iterator[PrintedBlock]:
        for missing in range(self.last + 1, number):
            problem = "expected, not found"
            yield PrintedBlock(self._section(), missing, page, problem=problem)

    def _start(self, number: int, line: Line) -> None:
        problem = None
        if number <= self.last:
            problem = f"out of order: it stands after question {self.last}"
        self.last = max(self.last, number)
        self.block = PrintedBlock(
            self._section(), number, line.page, [without_number(line)], self.case or [], problem
        )
        self.case = None

    def _section(self) -> str:
        if self.section is None:
            raise ValueError("no section is marked on its pages, and none stands in its name")
        return self.section
