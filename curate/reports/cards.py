"""Findings as cards, and the table that leads to them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from curate.models import FindingCard, OptionPair, Part, Passage, Report, Side, Verdict, WhereRow
from curate.reports.formats import score
from curate.reports.marks import equal_spellings, marked_pair, marked_text

__all__ = ["Card", "Cards", "Text", "Twin", "Where", "cards"]

_TWINS = 0.5
"""Options less alike than this are shown side by side without marking what differs."""

Group = tuple[str, int | None]


@dataclass(frozen=True)
class Text:
    """One passage, ready to show."""

    part: Part
    lang: str
    body: Markup


@dataclass(frozen=True)
class Twin:
    """An option beside its twin; `None` where there is no twin."""

    record: Markup | None
    item: Markup | None
    similarity: str | None


@dataclass(frozen=True)
class Card:
    """One card; `group` is the number of its benchmark year in the filter."""

    number: int
    group: int
    source: FindingCard
    score: str
    threshold: str
    relation: str
    langs: tuple[str, str]
    record: list[Text]
    item: list[Text]
    twins: list[Twin]


@dataclass(frozen=True)
class Where:
    """One row of the table; a cell is (verdict, pairs, number of its first card or `None`)."""

    row: WhereRow
    group: int
    cells: list[tuple[Verdict, int, int | None]]
    first_dropped: int | None


@dataclass(frozen=True)
class Cards:
    """All cards with what the filters offer."""

    cards: list[Card]
    groups: list[Group]
    where: list[Where]
    by_verdict: dict[Verdict, int]
    dropped: int


def cards(report: Report) -> Cards:
    """Returns the cards in the order given, numbered from 1."""
    groups = list(
        dict.fromkeys(
            [*((w.benchmark, w.year) for w in report.where), *(_group(c) for c in report.findings)]
        )
    )
    number = {group: index for index, group in enumerate(groups)}
    shown = [
        _card(card, at, number[_group(card)]) for at, card in enumerate(report.findings, start=1)
    ]
    return Cards(
        cards=shown,
        groups=groups,
        where=_where(report.where, number, shown),
        by_verdict=dict(Counter(card.verdict for card in report.findings)),
        dropped=sum(card.dropped_by is not None for card in report.findings),
    )


def _group(card: FindingCard) -> Group:
    return card.item.name, card.item.year


def _where(rows: list[WhereRow], number: dict[Group, int], shown: list[Card]) -> list[Where]:
    first: dict[tuple[int, Verdict], int] = {}
    dropped: dict[int, int] = {}
    for card in shown:
        first.setdefault((card.group, card.source.verdict), card.number)
        if card.source.dropped_by is not None:
            dropped.setdefault(card.group, card.number)
    return [
        Where(
            row=row,
            group=(group := number[row.benchmark, row.year]),
            cells=[(v, getattr(row.counts, v.value), first.get((group, v))) for v in Verdict],
            first_dropped=dropped.get(group),
        )
        for row in rows
    ]


def _card(card: FindingCard, number: int, group: int) -> Card:
    equal = equal_spellings(card.folded)
    record, item = _passages(card.record, card.item, equal)
    return Card(
        number=number,
        group=group,
        source=card,
        score=score(card.score),
        threshold=score(card.threshold),
        relation="≥" if card.score >= card.threshold else "<",
        langs=(_options_lang(card.record), _options_lang(card.item)),
        record=record,
        item=item,
        twins=[_twin(pair, equal) for pair in card.options],
    )


def _options_lang(side: Side) -> str:
    chosen = [p for p in side.passages if p.part is Part.CHOICES] or side.passages
    return chosen[0].lang if chosen else "ja"


def _passages(record: Side, item: Side, equal: dict[str, str]) -> tuple[list[Text], list[Text]]:
    """Both sides' texts; differences are shown between passages that share spans."""
    left = [
        _text(passage, marked_text(passage.text, passage.shared)) for passage in record.passages
    ]
    right = [_text(passage, marked_text(passage.text, passage.shared)) for passage in item.passages]
    for ours, theirs in _twin_passages(record.passages, item.passages):
        one, other = record.passages[ours], item.passages[theirs]
        bodies = marked_pair((one.text, one.shared), (other.text, other.shared), equal)
        left[ours], right[theirs] = _text(one, bodies[0]), _text(other, bodies[1])
    return left, right


def _twin_passages(record: list[Passage], item: list[Passage]) -> Iterator[tuple[int, int]]:
    """Passages to compare, in one language: the same part first, then what is left, in order."""
    ours = [at for at, passage in enumerate(record) if passage.shared]
    theirs = [at for at, passage in enumerate(item) if passage.shared]
    for same_part in (True, False):
        for one in list(ours):
            for other in theirs:
                parts_fit = record[one].part is item[other].part or not same_part
                if parts_fit and record[one].lang == item[other].lang:
                    ours.remove(one)
                    theirs.remove(other)
                    yield one, other
                    break


def _text(passage: Passage, body: Markup) -> Text:
    return Text(part=passage.part, lang=passage.lang, body=body)


def _twin(pair: OptionPair, equal: dict[str, str]) -> Twin:
    similarity = None if pair.similarity is None else score(pair.similarity)
    if pair.record is None or pair.item is None:
        return Twin(_option(pair.record), _option(pair.item), similarity)
    if pair.similarity is not None and pair.similarity < _TWINS:
        return Twin(_option(pair.record), _option(pair.item), similarity)
    whole = (pair.record, [[0, len(pair.record)]]), (pair.item, [[0, len(pair.item)]])
    return Twin(*marked_pair(*whole, equal), similarity)


def _option(text: str | None) -> Markup | None:
    return None if text is None else marked_text(text, [])
