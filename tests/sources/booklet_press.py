"""Prints booklets and answer sheets in the ministry's manner, from the records of an exam."""

import re
from dataclasses import dataclass
from typing import NamedTuple

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

COVER = """\
◎指示があるまで開かないこと。
注　意　事　項
1.　試験問題の数は{count}問で解答時間は正味2時間45分である。
2.　解答方法は次のとおりである。
（例1）　101　医師免許を付与するのはどれか。
　a　保健所長
　b　都道府県知事
　c　厚生労働大臣
　d　内閣総理大臣
　e　家庭裁判所長
正解は「c」であるから答案用紙の c をマークすること。
"""
_WORDS = re.compile(r"[\x21-\x7e]+|[^\S\n]+|\n|.")
_LETTERS = "ａｂｃｄｅｆｇｈ"
_NOT_FIRST = "、。，．・）〕］〉》」』】ー？！％℃々ぁぃぅぇぉっゃゅょァィゥェォッャュョ"


class Item(NamedTuple):
    """What is printed of a question; `case` begins with the head of its serial group."""

    number: int
    text: str
    choices: list[str]
    case: str | None = None


@dataclass(frozen=True)
class Style:
    """How a booklet looks; points throughout."""

    font: str
    columns: int = 1
    hanging: bool = True
    across: bool = False
    full_width: bool = False
    size: float = 10
    lead: float = 16
    margin: float = 60


class Press:
    """A booklet in the making: lines go down the column, then to the next column or page."""

    def __init__(self, path, style, section, exam):
        self.style, self.section, self.exam = style, section, exam
        self.canvas = Canvas(str(path), pagesize=A4, invariant=True)
        self.page, self.column = 0, style.columns
        self.y = 0.0
        gap = 24 * (style.columns - 1)
        self.width = (A4[0] - 2 * style.margin - gap) / style.columns

    def cover(self, count):
        self._next()
        self.canvas.drawString(250, 780, f"{self.exam}　{self.section}")
        for line in COVER.format(count=count).splitlines():
            self.line([(0, line)])
        self.column = self.style.columns

    def item(self, item):
        em, style = self.style.size, self.style
        if item.case:
            self.paragraphs(item.case, 0, 0)
        indent = 2.2 * em if style.hanging else 0
        head = [(0, str(item.number))]
        first = indent or (1 + len(str(item.number)) / 2) * em
        self.paragraphs(item.text, indent, first, head)
        self.options(item.choices, (2.2 if style.hanging else 1) * em)
        if not item.choices:
            for digit in range(10):
                self.line([(3 * em, str(digit)), (5 * em, str(digit))])

    def options(self, choices, indent):
        em = self.style.size
        room = self.width - indent
        letters = _LETTERS if self.style.full_width else "abcdefgh"
        widest = max((self.measure(c) for c in choices), default=0) + 3.5 * em
        many = max(1, int(room // widest)) if self.style.across else 1
        if set(choices) <= set(_LETTERS):
            many = 1  # a table in the stem has the letters, too
        pairs = list(zip(letters, choices, strict=False))
        for start in range(0, len(pairs), min(many, 3)):
            some = pairs[start : start + min(many, 3)]
            if len(some) == 1:
                letter, choice = some[0]
                self.paragraphs(choice, indent + 1.6 * em, indent + 1.6 * em, [(indent, letter)])
                continue
            places = [indent + n * room / min(many, 3) for n in range(len(some))]
            cells = [(x, letter) for x, (letter, _) in zip(places, some, strict=True)]
            cells += [(x + 1.6 * em, c) for x, (_, c) in zip(places, some, strict=True)]
            self.line(cells)

    def paragraphs(self, text, indent, first, head=()):
        for number, line in enumerate(self.wrapped(text, indent, first)):
            x = first if number == 0 else indent
            self.line([*(head if number == 0 else ()), (x, line)])

    def wrapped(self, text, indent, first):
        line, room = "", self.width - first
        for word in _WORDS.findall(text):
            hangs = self.style.size if word in _NOT_FIRST else 0
            fits = self.measure(line + word) <= room + hangs
            if word == "\n" or not fits:
                yield line.rstrip()
                line, room = "", self.width - indent
            if word != "\n" and not (word.isspace() and not line):
                line += word
        yield line

    def measure(self, text):
        return stringWidth(text, self.style.font, self.style.size)

    def line(self, cells):
        if self.y < 80 or self.column >= self.style.columns:
            self._next()
        left = self.style.margin + self.column * (self.width + 24)
        for x, text in cells:
            self.canvas.drawString(left + x, self.y, text)
        self.y -= self.style.lead

    def _next(self):
        self.column += 1
        if self.column >= self.style.columns:
            if self.page:
                self.canvas.showPage()
            self.page, self.column = self.page + 1, 0
            self.canvas.setFont(self.style.font, self.style.size)
            self.canvas.drawString(A4[0] / 2 - 5, 30, str(self.page))
            self.canvas.drawString(430, 30, f"DKIX―01―{self.section}H―{self.page}")
            self.canvas.drawString(545, 800, self.section)
        self.y = 760.0

    def save(self):
        self.canvas.save()


def print_booklet(path, items, style, section, exam):
    press = Press(path, style, section, exam)
    press.cover(len(items))
    for item in items:
        press.item(item)
    press.save()


def print_sheet(path, keys, font, exam):
    """Prints the answer table: `keys` holds the printed answers by section and number."""
    canvas = Canvas(str(path), pagesize=A4, invariant=True)
    for section, answers in keys.items():
        canvas.setFont(font, 10)
        canvas.drawString(200, 790, f"第{exam}回医師国家試験　正答値表")
        canvas.drawString(60, 765, f"{section}問題")
        rows = max(10, -(-len(answers) // 4))
        for n, (number, answer) in enumerate(answers.items()):
            x, y = 60 + 120 * (n // rows), 730 - 16 * (n % rows)
            canvas.drawRightString(x + 20, y, str(number))
            canvas.drawString(x + 40, y, answer)
        for n in range(4):
            canvas.drawString(60 + 120 * n, 748, "問題番号　正答")
        canvas.showPage()
    canvas.save()
