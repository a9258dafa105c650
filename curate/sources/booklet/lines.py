"""The lines of a page in reading order: columns, cells, small raised or lowered characters."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from curate.sources.booklet.columns import OPTION, gutter, is_free
from curate.sources.booklet.pages import Glyph, Page
from curate.sources.values import folded

CELL = 0.8  # em between two cells of a line
_BLANK = 0.35  # em, where a blank stands between any two characters
_LATIN_BLANK = 0.12  # em, where one stands between Latin words
_BASELINE = 0.15  # em by which one line's baselines differ
_SMALL = 0.75  # of its line's size, for what is raised or lowered
_SCRIPT = (-0.45, 0.65)  # em off the baseline
_RUBY = 1.4  # em above it, at most
_TWICE = 0.3  # em between two copies of a glyph that is printed twice to look bold
_KANA = re.compile(r"[ぁ-ヿー・\s]+")
_LATIN = re.compile(r"[\x21-\x7e\u00a1-\u02af\u0370-\u03ff]")


class Cell(NamedTuple):
    """A run of text with wide blanks around it."""

    left: float
    right: float
    text: str


class Line(NamedTuple):
    """One line of a column (0: the left one); `left` and `right` are the column's edges, all in points."""

    page: int
    column: int
    base: float
    size: float
    cells: tuple[Cell, ...]
    left: float = 0
    right: float = 0

    @property
    def text(self) -> str:
        """The line's text, its cells apart by a full-width blank."""
        return "\u3000".join(cell.text for cell in self.cells)


def document_lines(pages: Sequence[Page]) -> list[list[Line]]:
    """Returns the lines of every page, column by column.

    Where most pages have two columns, the others have the same, too, if hardly a line crosses them.
    """
    rows = [_rows(page.glyphs) for page in pages]
    spans = [[[(c.left, c.right, c.text) for c in row.cells] for row in some] for some in rows]
    edges = [gutter(some) for some in spans]
    found = sorted(edge for edge in edges if edge is not None)
    usual = found[len(found) // 2] if len(found) > len(pages) / 2 else None
    lines: list[list[Line]] = []
    for page, own, some, edge in zip(pages, rows, spans, edges, strict=True):
        best = usual if usual is not None and is_free(some, usual) else edge
        lines.append(_lines(page, 0, own) if best is None else _in_columns(page, best))
    return lines


def _in_columns(page: Page, edge: float) -> list[Line]:
    left = _rows([glyph for glyph in page.glyphs if glyph.left < edge])
    right = _rows([glyph for glyph in page.glyphs if glyph.left >= edge])
    return _lines(page, 0, left) + _lines(page, 1, right)


def table_lines(page: Page) -> list[Line]:
    """Returns the lines of a page over its whole width."""
    return _lines(page, 0, _rows(page.glyphs))


def with_edges(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """Returns the lines with the edges of their columns: left on their page, right in the whole document."""
    ends: dict[tuple[int, int], float] = {}
    for lines in pages:
        many = max((line.column for line in lines), default=0)
        for line in lines:
            key = many, line.column
            ends[key] = max(ends.get(key, 0), line.cells[-1].right)
    return [_edged(lines, ends) for lines in pages]


def _edged(lines: Sequence[Line], ends: Mapping[tuple[int, int], float]) -> list[Line]:
    many = max((line.column for line in lines), default=0)
    starts = {
        column: min(line.cells[0].left for line in lines if line.column == column)
        for column in {line.column for line in lines}
    }
    return [
        line._replace(left=starts[line.column], right=ends[many, line.column]) for line in lines
    ]


def option_letter(cell: Cell) -> str | None:
    """Returns the letter, a-h, with which a cell begins an option."""
    found = OPTION.match(cell.text)
    return folded(found[1]) if found else None


def is_latin(char: str) -> bool:
    """Tells whether the character is one of those between which words have blanks."""
    return bool(_LATIN.fullmatch(char))


def joined(pieces: Iterable[str]) -> str:
    """Returns pieces of a sentence as one: Latin words with a blank between them, Japanese without."""
    whole = ""
    for piece in pieces:
        between = whole and piece and is_latin(whole[-1]) and is_latin(piece[0])
        broken = whole.endswith("-") and len(whole) > 1 and whole[-2].isalnum()
        whole += (" " if between and not broken else "") + piece
    return whole


class _Row(NamedTuple):
    base: float
    size: float
    cells: tuple[Cell, ...]


def _lines(page: Page, column: int, rows: Sequence[_Row]) -> list[Line]:
    return [Line(page.number, column, *row) for row in rows]


def _rows(glyphs: Sequence[Glyph]) -> list[_Row]:
    rows = (_row(some) for some in _with_scripts(list(_baselines(glyphs))))
    return [row for row in rows if row]


def _baselines(glyphs: Sequence[Glyph]) -> Iterator[list[Glyph]]:
    """Yields the glyphs on one baseline after the other, from the top."""
    row: list[Glyph] = []
    for glyph in sorted(glyphs, key=lambda g: -g.base):
        if row and row[-1].base - glyph.base > _BASELINE * max(glyph.size, row[-1].size):
            yield row
            row = []
        row.append(glyph)
    if row:
        yield row


def _with_scripts(rows: list[list[Glyph]]) -> list[list[Glyph]]:
    """Returns the rows with small characters in the line they belong to, and without ruby."""
    sizes = [median(g.size for g in row) for row in rows]
    whole = [list(row) for row in rows]
    for number, row in enumerate(rows):
        near = [n for n in (number - 1, number + 1) if 0 <= n < len(rows)]
        for other in near:
            if sizes[number] > _SMALL * sizes[other]:
                continue
            offset = (row[0].base - rows[other][0].base) / sizes[other]
            inside = min(g.left for g in row) >= min(g.left for g in rows[other])
            if _SCRIPT[0] <= offset <= _SCRIPT[1] and inside:
                whole[other] += row
                whole[number] = []
                break
            if 0 < offset <= _RUBY and inside and _KANA.fullmatch("".join(g.char for g in row)):
                whole[number] = []
                break
    return [row for row in whole if row]


def _row(glyphs: list[Glyph]) -> _Row | None:
    ordered = sorted(glyphs, key=lambda g: (g.left, g.right))
    printed = [glyph for glyph in ordered if not glyph.char.isspace()]
    if not printed:
        return None
    size = median(glyph.size for glyph in printed)
    base = median(glyph.base for glyph in printed)
    cells = tuple(_cell(run, size) for run in _runs(ordered, size))
    return _Row(base, size, cells)


def _runs(ordered: Sequence[Glyph], size: float) -> Iterator[list[Glyph]]:
    """Yields what stands between two wide blanks, blanks at the ends left out."""
    run: list[Glyph] = []
    blanks: list[Glyph] = []
    for glyph in ordered:
        if glyph.char.isspace():
            blanks.append(glyph)
            continue
        if run and _is_double(run[-1], glyph):
            continue
        if run and glyph.left - run[-1].right >= CELL * size:
            yield run
            run = []
        elif run:
            run += blanks[:1]
        run.append(glyph)
        blanks = []
    if run:
        yield run


def _is_double(one: Glyph, other: Glyph) -> bool:
    near = abs(one.left - other.left) < _TWICE * min(one.right - one.left, one.size)
    return one.char == other.char and near and abs(one.base - other.base) < _BASELINE * one.size


def _cell(run: Sequence[Glyph], size: float) -> Cell:
    text = run[0].char
    last = run[0]
    for one, glyph in pairwise(run):
        if glyph.char.isspace():
            continue
        narrow = is_latin(last.char) and is_latin(glyph.char)
        gap = (glyph.left - last.right) / size
        blank = one.char.isspace() and (narrow or gap >= _LATIN_BLANK)
        blank = blank or gap >= (_LATIN_BLANK if narrow else _BLANK)
        text += (" " if blank else "") + glyph.char
        last = glyph
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return Cell(run[0].left, run[-1].right, whole)
