"""What tells a booklet's parts: exam and section, cover pages, numbers, heads of serial questions."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from curate.sources.booklet.lines import Line
from curate.sources.values import folded

_EXAM = re.compile(r"第\s*([0-9]{2,3})\s*回\s*医師国家試験")
_SECTION = re.compile(
    r"(?:第?\s*(?P<exam>[0-9]{2,3})\s*回?(?:\s*医師国家試験)?(?:\s*問題)?\s*)?"
    r"(?P<open>[【(\[〔])?\s*(?P<section>[A-I])\s*(?(open)[】)\]〕])\s*(?:問題)?(?:冊子)?"
)
_COVER = re.compile(
    r"注\s*意\s*事\s*項|試験問題の数は|指示があるまで開かない|答案用紙|\(例\s*[1-9１-９]\)|マークすること"
)
_COVER_SIGNS = 2  # a question may name one of them, too
_SERIAL = re.compile(r"次の(?:文|文章|症例)を読")
_NUMBER = re.compile(r"(?P<number>[0-9]{1,3})[.．)）]?(?:(?P<blank>\s+)(?P<rest>.*))?", re.DOTALL)
_DIGITS = re.compile(r"(?:[0-9□]\s*)+")
_AT_EDGE = 1.6  # em from the column's edge
_UNIT = re.compile(
    r"歳|か月|ヶ月|ヵ月|カ月|か所|週間|週目|日間|日目|時間|分間|年間|mg|mL|kg|cm|mm|g/|/|[%％~〜～,、，:：+\-±]"
)
_MAYBE_UNIT = re.compile(r"[日年月時分秒回例人名個度万割倍点つ杯錠]|[A-Za-zμ]{1,4}/")


class Number(NamedTuple):
    """A line that may begin a question: a `wide` blank follows its number, or `doubtful`: an amount may."""

    number: int
    wide: bool
    doubtful: bool


def exam_of(lines: Iterable[Line]) -> set[str]:
    """Returns the exams that titles name ("第111回医師国家試験")."""
    found = (_EXAM.search(folded(line.text)) for line in lines)
    return {str(int(match[1])) for match in found if match}


def section_of(text: str) -> str | None:
    """Returns the section of a text that is nothing but its mark ("Ａ", "111 A", "A問題")."""
    match = _SECTION.fullmatch(folded(text))
    return match["section"] if match else None


def is_plain_letter(text: str) -> bool:
    """Tells whether a section's mark is a letter alone, which a table of a question may hold, too."""
    return len(folded(text)) <= len("[A]")


def is_cover(lines: Sequence[Line]) -> bool:
    """Tells whether a page holds the instructions, whose example questions are no questions."""
    text = folded("".join(line.text for line in lines)).replace(" ", "")
    return len(set(_COVER.findall(text))) >= _COVER_SIGNS


def begins_serial(line: Line) -> bool:
    """Tells whether a line is the head of serial questions ("次の文を読み、62～64の問いに答えよ。")."""
    return bool(_SERIAL.match(line.text.lstrip()))


def number_of(line: Line) -> Number | None:
    """Returns the number at the left edge of a line, if the line may begin a question."""
    first, *more = line.cells
    match = _NUMBER.fullmatch(folded(first.text))
    if not match or line.cells[0].left - line.left > _AT_EDGE * line.size:
        return None
    rest = match["rest"] or (folded(more[0].text) if more else "")
    if not rest or _UNIT.match(rest) or _DIGITS.fullmatch(rest):
        return None
    narrow = match["blank"] is not None
    return Number(int(match["number"]), not narrow, narrow and bool(_MAYBE_UNIT.match(rest)))


def without_number(line: Line) -> Line:
    """Returns the line without the number that begins it."""
    first, *more = line.cells
    text = re.sub(r"^\s*[0-9０-９]{1,3}[.．)）]?\s*", "", first.text)
    cells = (first._replace(text=text), *more) if text else tuple(more)
    return line._replace(cells=cells)
