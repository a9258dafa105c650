"""A finding in all the forms in which a report has it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from markupsafe import Markup

from curate.models import Decision, FindingCard
from curate.reports.cards import card_of
from curate.reports.environment import template
from curate.reports.summary import Line, Pair, line_of

__all__ = ["Cards", "HeldCards", "ShownCard", "shown_card"]


class ShownCard(NamedTuple):
    """One card as JSON, as markup, and as a line in the list of all."""

    record: bytes
    markup: Markup
    line: Line


class Cards(Protocol):
    """A report's cards in their order, which can be gone through more than once."""

    def lines(self) -> Sequence[Line]:
        """Returns their lines in the list of all."""

    def markup(self) -> Iterator[Markup]:
        """Yields them as the page shows them."""


class HeldCards:
    """Cards in memory; `decided` are the decisions that the run applied."""

    def __init__(self, cards: Sequence[FindingCard], decided: Mapping[Pair, Decision]) -> None:
        self._cards = cards
        self._decided = decided

    def lines(self) -> list[Line]:
        """Returns the cards' lines in the list of all."""
        return [line_of(*told) for told in self._told()]

    def markup(self) -> Iterator[Markup]:
        """Yields the cards as the page shows them."""
        return (_markup(*told) for told in self._told())

    def _told(self) -> Iterator[tuple[FindingCard, int, Decision | None]]:
        for number, card in enumerate(self._cards, start=1):
            pair = (card.record.id, card.item.name, card.item.id)
            yield card, number, self._decided.get(pair)


def shown_card(card: FindingCard, number: int, decision: Decision | None) -> ShownCard:
    """Returns the card with this number, and the decision that the run applied to it."""
    return ShownCard(
        card.model_dump_json().encode(),
        _markup(card, number, decision),
        line_of(card, number, decision),
    )


def _markup(card: FindingCard, number: int, decision: Decision | None) -> Markup:
    """Returns the card's HTML; all of it came through the template's escaping."""
    finding = getattr(template("parts/card.jinja").module, "finding")  # noqa: B009
    return Markup(finding(card_of(card, number, decision)))  # noqa: S704
