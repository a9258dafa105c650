"""Rows of a booklet: one a question, with its key from the answer sheet and the page it stands on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from curate.errors import InputError
from curate.models import RAW_LIMIT, Quarantined
from curate.sources.booklet.blocks import PrintedBlock, cut_blocks
from curate.sources.booklet.furniture import in_zone, without_furniture
from curate.sources.booklet.lines import Line, document_lines, with_edges
from curate.sources.booklet.marks import exam_of, is_cover, is_plain_letter, section_of
from curate.sources.booklet.names import HINT, named, sheet_of
from curate.sources.booklet.options import is_calculation, parts_of
from curate.sources.booklet.pages import Page, read_pages
from curate.sources.booklet.paragraphs import paragraphs
from curate.sources.booklet.sheet import PrintedKey, Sheet, read_sheet
from curate.sources.formats import Block, Format, Limits, Row

MAX_ROWS = 10_000
"""More rows than any booklet gives: pages are bounded, and numbers have three digits."""

_NO_KEY = PrintedKey([], problem="no answer sheet lies beside the booklet")


@dataclass(frozen=True)
class Booklet(Format):
    """A booklet, whose rows are questions, or an answer sheet, whose rows are only what is wrong in it."""

    suffixes = (".pdf",)

    def cut(self, path: Path, limits: Limits) -> Iterator[Block]:  # noqa: ARG002 (pages belong together)
        """Yields the whole file as one block, with more numbers than it has rows."""
        yield Block(1, MAX_ROWS)

    def rows(self, path: Path, block: Block, file: str) -> Iterator[Row | Quarantined]:  # noqa: ARG002
        """Yields the questions of the file."""
        return booklet_rows(path, file)


def booklet_rows(path: Path, file: str) -> Iterator[Row | Quarantined]:
    """Yields the questions of a booklet, and what of it or of an answer sheet could not be read.

    `file` is what errors call it. Raises InputError for a file that is no readable booklet.
    """
    name = named(path)
    if name and name.what == "answers":
        yield from read_sheet(path, file).unread
        return
    booklet = _read(path, file)
    yield from booklet.unread
    found = sheet_of(path)
    sheet = read_sheet(found, file.replace(path.name, found.name)) if found else None
    exam = _one_exam(booklet, name.exam if name else None, sheet, file)
    seen: dict[str, tuple[int, int]] = {}
    number = 0
    try:
        for block in cut_blocks(booklet.pages):
            if sheet and block.section not in seen and seen:
                yield from _beyond(sheet, seen, file)
            last, _ = seen.get(block.section, (0, 0))
            seen[block.section] = max(last, block.number), block.page
            number += 1
            yield _row(number, block, exam, sheet, file)
    except ValueError as exc:
        raise InputError(str(exc), where=file, hint=HINT) from exc
    if not seen:
        what = "no question 1 was found in it"
        why = f"; {booklet.unread[0].error}" if booklet.unread else ""
        raise InputError(what + why, where=file, hint=HINT)
    if sheet:
        yield from _beyond(sheet, seen, file)


class _Printed(NamedTuple):
    """Section and lines of every page, what the titles say, and pages that could not be read."""

    pages: list[tuple[str | None, list[Line]]]
    exams: set[str]
    unread: list[Quarantined]


def _read(path: Path, file: str) -> _Printed:
    printed: list[Page] = []
    unread: list[Quarantined] = []
    empty: list[int] = []
    for page in read_pages(path, file):
        if page.glyphs:
            printed.append(page)
            continue
        empty.append(page.number)
        if page.error or page.images:
            why = page.error or "it is an image, without text: read its characters by OCR first"
            unread.append(_quarantined(file, page.number, f"page {page.number}: {why}"))
    if not printed:
        raise InputError(
            f"page {empty[0] if empty else 1} has no text: it is empty or an image (scanned)",
            where=file,
            hint="Take the ministry's own PDF, or have its characters recognised (OCR) first.",
        )
    read = list(zip(printed, document_lines(printed), strict=True))
    marked = [_section(page, lines) for page, lines in read]
    name = named(path)
    marked = [name.section] * len(read) if name and name.section else _carried(marked)
    bodies = [
        [] if is_cover(lines) else [line for line in body if not _is_mark(page, line)]
        for body, (page, lines) in zip(without_furniture(read), read, strict=True)
    ]
    pages = list(zip(marked, with_edges(bodies), strict=True))
    return _Printed(pages, exam_of(line for _, lines in read for line in lines), unread)


def _section(page: Page, lines: Sequence[Line]) -> str | None:
    marks = {section_of(line.text) for line in lines if _is_mark(page, line)}
    return marks.pop() if len(marks) == 1 else None


def _is_mark(page: Page, line: Line) -> bool:
    """Tells whether a line is a section's mark; a letter alone is one at the page's edges."""
    edge = not is_plain_letter(line.text) or in_zone(page, line)
    return edge and section_of(line.text) is not None


def _carried(marks: Sequence[str | None]) -> list[str | None]:
    """Returns each page's mark, or the one before it."""
    carried: list[str | None] = []
    for mark in marks:
        carried.append(mark or (carried[-1] if carried else None))
    return carried


def _one_exam(booklet: _Printed, named_exam: str | None, sheet: Sheet | None, file: str) -> str:
    found = booklet.exams | ({named_exam} if named_exam else set())
    found |= sheet.exams if sheet else set()
    if len(found) > 1:
        exams = " and ".join(sorted(found))
        raise InputError(
            f"its name, its titles and its answer sheet name several exams: {exams}",
            where=file,
            hint="Put each exam's booklets and answer sheet into a folder of their own.",
        )
    return next(iter(found), "")


def _row(
    number: int, block: PrintedBlock, exam: str, sheet: Sheet | None, file: str
) -> Row | Quarantined:
    name = f"page {block.page}, question {block.section}{block.number}"
    lines = [*block.case, *block.lines]
    raw = "\n".join(line.text for line in lines)
    parts = parts_of(block.lines)
    if problem := block.problem or parts.problem:
        return _quarantined(file, block.page, f"{name}: {problem}", raw)
    key = _NO_KEY
    if sheet:
        none = PrintedKey([], problem=f"{sheet.name} has no answer to it")
        key = sheet.keys.get((block.section, block.number), none)
    cells = {
        "exam": exam or None,
        "section": block.section,
        "number": block.number,
        "case": paragraphs(block.case) or None,
        "text": paragraphs(parts.stem),
        "choices": parts.options,
        "calculation": is_calculation(block.lines),
        "key": key,
    }
    return Row(number, cells, raw.encode()[: 4 * RAW_LIMIT], page=block.page, name=name)


def _beyond(sheet: Sheet, seen: dict[str, tuple[int, int]], file: str) -> Iterator[Quarantined]:
    """Yields the questions after a section's last one to which the sheet has answers."""
    section, (last, page) = next(reversed(seen.items()))
    for number in sheet.numbers(section):
        if number > last:
            why = f"question {section}{number}: expected, not found; {sheet.name} has its answer"
            yield _quarantined(file, page, f"after page {page}, {why}")


def _quarantined(file: str, page: int, why: str, raw: str = "") -> Quarantined:
    return Quarantined(file=file, line=page, error=why, raw=raw[:RAW_LIMIT])
