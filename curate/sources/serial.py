"""Serial questions (連問): the case is split off the first question and carried to the others."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from curate.sources.ids import ExamId

_SPACE = r"[ \t\u3000]*"
_BETWEEN = rf"{_SPACE}(?:[~〜～\-－‐‑–—―−ー、,，・]|から){_SPACE}"
_HEADER = re.compile(
    rf"\s*次の(?:文|文章|症例)を読み?(?:んで)?[、,，]?{_SPACE}"
    rf"(?:問?{_SPACE}(?P<first>[0-9０-９]{{1,3}})(?:{_BETWEEN}(?P<last>[0-9０-９]{{1,3}}))*|以下){_SPACE}"
    rf"の(?:問い|設問|各問い?)に答えよ[。．.]?\s*"
)
_INSIDE = re.compile(r"「[^「」]*」|『[^『』]*』|（[^（）]*）|\([^()]*\)")
_ASKS = re.compile(r"か(?:[。．？?]|\s*$|\s*\n)")
_ORDERS = re.compile(r"(?:選べ|求めよ|答えよ|計算せよ|述べよ)(?:[。．]|\s*$|\s*\n)")
_ENDS = "。．？?\n"


class SerialParts(NamedTuple):
    """A question's text and, in a serial group, the case and the first question's id."""

    text: str
    original_text: str | None = None
    vignette: str | None = None
    vignette_id: str | None = None


class _Group(NamedTuple):
    vignette: str
    vignette_id: str
    first: int
    last: int


class SerialLinker:
    """Links the questions of one file, fed in file order.

    `sizes` says how many questions a group has, by section, where the header prints no numbers.
    """

    def __init__(self, sizes: Mapping[str, int]) -> None:
        self.sizes = sizes
        self.groups: dict[tuple[str | None, str | None], _Group] = {}

    def link(self, id_: str, place: ExamId, text: str, *, case: str | None = None) -> SerialParts:
        """Returns the question's parts; a header starts a group of its exam and section.

        `case` is header and case, where these stand before the question's number.
        """
        header = _HEADER.match(text if case is None else case)
        if case is not None:
            vignette = case[header.end() if header else 0 :].strip()
            return self._start(id_, place, SerialParts(text, f"{case}\n{text}", vignette), header)
        if header:
            vignette, question = split_question(text[header.end() :])
            return self._start(id_, place, SerialParts(question, text, vignette), header)
        group = self.groups.get((place.exam, place.section))
        if group and place.number is not None and group.first < place.number <= group.last:
            return SerialParts(text, None, group.vignette, group.vignette_id)
        return SerialParts(text)

    def _start(
        self, id_: str, place: ExamId, parts: SerialParts, header: re.Match[str] | None
    ) -> SerialParts:
        key = (place.exam, place.section)
        begun = self.groups.get(key)
        if begun and parts.vignette and parts.text and self._repeats(begun, place, header):
            return parts._replace(vignette_id=begun.vignette_id)
        self.groups.pop(key, None)
        if not parts.vignette or not parts.text:
            return SerialParts(parts.original_text or parts.text)
        if place.number is not None:
            last = self._last(place.number, place.section, header)
            self.groups[key] = _Group(parts.vignette, id_, place.number, last)
        return parts._replace(vignette_id=id_)

    def _repeats(self, begun: _Group, place: ExamId, header: re.Match[str] | None) -> bool:
        """Tells whether a follow-up prints the header of its group again, with the case as it is by then."""
        first = int(header["first"] or 0) if header else 0
        return first == begun.first < (place.number or 0) <= begun.last

    def _last(self, number: int, section: str | None, header: re.Match[str] | None) -> int:
        if header and header["first"] and int(header["first"]) == number:
            return int(header["last"] or number)
        return number + self.sizes.get(section or "", 1) - 1


def split_question(text: str) -> tuple[str, str]:
    """Returns the case and the question: the last interrogative sentence and whatever follows it.

    Sentence ends within quotation marks and brackets do not count. A text that asks nothing is cut
    before its last sentence; either part may come back empty.
    """
    plain = _INSIDE.sub(lambda inside: "□" * len(inside[0]), text)
    asks = list(_ASKS.finditer(plain)) or list(_ORDERS.finditer(plain))
    end = asks[-1].start() if asks else len(plain.rstrip().rstrip(_ENDS))
    start = max(plain.rfind(mark, 0, end) for mark in _ENDS) + 1
    return text[:start].strip(), text[start:].strip()
