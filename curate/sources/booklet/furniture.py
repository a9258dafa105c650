"""What is printed on a page but is no part of a question: page numbers, running heads, sheet marks."""

import re
from collections import Counter
from collections.abc import Sequence

from curate.sources.booklet.lines import Line, option_letter
from curate.sources.booklet.pages import Page
from curate.sources.values import folded

_ZONE = 0.09  # of the page's height, at the top and at the bottom
_DASH = "[-‐‑–—―−ー─]"
_SHEET = re.compile(rf"[A-Z]{{2,6}}{_DASH}[0-9]{{1,3}}{_DASH}[A-Z]{{1,3}}{_DASH}[0-9]{{1,4}}")
_PAGE = re.compile(
    rf"(?:{_DASH}\s*)?[0-9]{{1,3}}(?:\s*{_DASH})?|p\.?\s*[0-9]{{1,3}}", re.IGNORECASE
)
_DIGITS = re.compile(r"[0-9]+")
_OFTEN = 3  # pages on which a running head stands, at least


def without_furniture(pages: Sequence[tuple[Page, list[Line]]]) -> list[list[Line]]:
    """Returns each page's lines without page numbers, sheet marks, and what repeats at its edges."""
    seen = Counter(mask for page, lines in pages for mask in {_mask(x) for x in _edge(page, lines)})
    often = {mask for mask, count in seen.items() if count >= _OFTEN}
    return [
        [line for line in lines if not _is_furniture(line, in_zone(page, line), often)]
        for page, lines in pages
    ]


def _edge(page: Page, lines: Sequence[Line]) -> list[Line]:
    return [line for line in lines if in_zone(page, line) and not option_letter(line.cells[0])]


def in_zone(page: Page, line: Line) -> bool:
    """Tells whether a line stands at the top or the bottom of its page."""
    place = (line.base - page.bottom) / ((page.top - page.bottom) or 1)
    return not _ZONE <= place <= 1 - _ZONE


def _mask(line: Line) -> str:
    return _DIGITS.sub("0", folded(line.text))


def _is_furniture(line: Line, in_zone: bool, often: set[str]) -> bool:
    cells = [folded(cell.text) for cell in line.cells]
    if in_zone and (_mask(line) in often or all(_PAGE.fullmatch(cell) for cell in cells)):
        return True
    return all(_SHEET.fullmatch(cell) or (in_zone and _PAGE.fullmatch(cell)) for cell in cells)
