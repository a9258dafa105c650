"""The ministry's answer table: section and number to the accepted answers."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from curate.models import Exclusion, Quarantined
from curate.sources.answers import NO_ANSWER, parse_key
from curate.sources.booklet.lines import Cell, Line, table_lines
from curate.sources.booklet.marks import exam_of, section_of
from curate.sources.booklet.names import named
from curate.sources.booklet.pages import read_pages
from curate.sources.ids import parse_id
from curate.sources.values import folded

Place = tuple[str, int]
"""Section and number."""

_NUMBER = re.compile(r"[0-9]{1,3}")
_COLUMN = 8  # points within which the numbers of one column stand
_RISING = 0.6  # of a column's numbers follow the one above
_DROPPED = re.compile(r"除外")
_IF_RIGHT = re.compile(r"正解した|正解者|不正解")
_SEVERAL = re.compile(r"いずれも正解|複数正解|いずれも正答|複数の選択肢")
_LETTERS = re.compile(r"[a-h](?:[\s,、・]*[a-h])*")
_NOTES = re.compile(r"[(（\[【].*|※.*|正解.*|複数.*|いずれ.*")


class PrintedKey(NamedTuple):
    """What a sheet says of one question; `problem` tells why it cannot be read."""

    answers: list[list[str]]
    exclusion: Exclusion = Exclusion.NONE
    problem: str | None = None


@dataclass
class Sheet:
    """An answer sheet: its exams, keys, and pages that could not be read."""

    name: str
    exams: set[str] = field(default_factory=set)
    keys: dict[Place, PrintedKey] = field(default_factory=dict)
    unread: list[Quarantined] = field(default_factory=list)

    def numbers(self, section: str) -> list[int]:
        """Returns the numbers of a section that have a key."""
        return sorted(number for found, number in self.keys if found == section)


def read_sheet(path: Path, file: str) -> Sheet:
    """Returns the keys of an answer sheet; lines without a question's number are prose.

    Raises InputError for a file that is no readable PDF.
    """
    sheet, name = Sheet(path.name), named(path)
    state = _State(name.section if name else None)
    for page in read_pages(path, file):
        if not page.glyphs:
            why = page.error or ("it is an image, without text" if page.images else None)
            if why:
                sheet.unread.append(_lost(file, page.number, why))
            continue
        lines = table_lines(page)
        sheet.exams |= exam_of(lines)
        for place, text, raw in state.entries(lines):
            if place is None:
                sheet.unread.append(_lost(file, page.number, "a number without a section", raw))
            else:
                _add(sheet.keys, place, text)
    return sheet


def printed_key(text: str) -> PrintedKey:
    """Returns the key in an answer's cell: letters, a number, alternatives, or how it was excluded."""
    plain = folded(text)
    if _DROPPED.search(plain):
        letters = _LETTERS.match(plain)
        if letters and _IF_RIGHT.search(plain):
            return PrintedKey(parse_key(letters[0]).answers, Exclusion.COUNTED_IF_RIGHT)
        return PrintedKey([], Exclusion.DROPPED)
    if NO_ANSWER in plain:
        return PrintedKey([], Exclusion.DROPPED)
    if not plain:
        return PrintedKey([], problem="its answer is blank")
    several = _SEVERAL.search(plain)
    plain = _NOTES.sub("", plain).strip(" :")
    try:
        key = parse_key(re.sub(r"[\s,、・]+", " or ", plain) if several else plain)
    except ValueError as exc:
        return PrintedKey([], problem=str(exc))
    return PrintedKey(key.answers, key.exclusion)


def _add(keys: dict[Place, PrintedKey], place: Place, text: str) -> None:
    key = printed_key(text)
    if keys.setdefault(place, key) != key:
        keys[place] = PrintedKey([], problem="it stands twice, with different answers")


def _lost(file: str, page: int, why: str, raw: str = "") -> Quarantined:
    return Quarantined(file=file, line=page, error=f"page {page}: {why}", raw=raw)


class _Token(NamedTuple):
    left: float
    text: str


@dataclass
class _State:
    """The section marks in force: where each stands, and which section it is."""

    default: str | None
    marks: list[tuple[float, str]] = field(default_factory=list)

    def entries(self, lines: Sequence[Line]) -> Iterator[tuple[Place | None, str, str]]:
        """Yields place, answer and line of every number in a page's table."""
        rows = [(line, [*_tokens(line.cells)]) for line in lines]
        columns = _number_columns([tokens for _, tokens in rows])
        for line, tokens in rows:
            marks = [(t.left, s) for t in tokens if (s := _mark(t))]
            if whole := section_of(line.text):
                self.marks = [(tokens[0].left, whole)]
                continue
            if marks and len(marks) == len([t for t in tokens if not _is_heading(t)]):
                self.marks = marks
                continue
            if marks and marks[0][0] == tokens[0].left:
                self.marks = marks[:1]
            starts = [n for n, t in enumerate(tokens) if _is_number(t, columns)]
            for start, end in pairwise([*starts, len(tokens)]):
                text = " ".join(token.text for token in tokens[start + 1 : end])
                yield self._place(tokens[start]), text, line.text

    def _place(self, token: _Token) -> Place | None:
        parsed = parse_id(token.text)
        if parsed.section and parsed.number is not None:
            return parsed.section, parsed.number
        before = [section for left, section in self.marks if left <= token.left + _COLUMN]
        section = before[-1] if before else (self.marks[0][1] if self.marks else self.default)
        return (section, int(token.text)) if section else None


def _tokens(cells: Iterable[Cell]) -> Iterator[_Token]:
    """Yields the words of a line, each with about the place where it begins."""
    for cell in cells:
        text = folded(cell.text)
        width = (cell.right - cell.left) / max(len(text), 1)
        for word in re.finditer(r"\S+", text):
            yield _Token(cell.left + word.start() * width, word[0])


def _mark(token: _Token) -> str | None:
    return section_of(token.text)


def _is_heading(token: _Token) -> bool:
    return not re.search(r"[0-9a-zA-Z]", token.text)


def _number_columns(rows: Iterable[Sequence[_Token]]) -> list[float]:
    """Returns where the columns of numbers stand: those in which numbers rise by one."""
    columns: list[list[_Token]] = []
    first: set[_Token] = set()
    for row in rows:
        first.update(row[:1])
        for token in row:
            if not _NUMBER.fullmatch(token.text):
                continue
            near = (c for c in columns if abs(_middle(c[0]) - _middle(token)) <= _COLUMN)
            column = next(near, None)
            columns.append([token]) if column is None else column.append(token)
    return [_middle(c[0]) for c in columns if (_rises(c) if len(c) > 1 else c[0] in first)]


def _rises(column: Sequence[_Token]) -> bool:
    steps = [int(b.text) - int(a.text) == 1 for a, b in pairwise(column)]
    return sum(steps) >= _RISING * len(steps)


def _middle(token: _Token) -> float:
    return token.left + 2.5 * len(token.text)  # half a digit's width each, in points


def _is_number(token: _Token, columns: Sequence[float]) -> bool:
    if parse_id(token.text).section:
        return True
    return bool(_NUMBER.fullmatch(token.text)) and any(
        abs(_middle(token) - column) <= _COLUMN for column in columns
    )
