"""The report's two files, piece by piece: report.json with a card a line, and its page."""

from collections.abc import Iterable, Iterator

from curate.models import Report
from curate.reports.render import render_page
from curate.reports.shown import Cards
from curate.runs import json_pieces

__all__ = ["report_json", "report_page"]


def report_json(report: Report, cards: Iterable[bytes]) -> Iterator[bytes]:
    """Returns the pieces of report.json; `cards` are the findings as JSON, which `report` need not hold."""
    return json_pieces(report.model_dump(mode="json"), "findings", cards)


def report_page(report: Report, cards: Cards | None = None) -> Iterator[bytes]:
    """Yields report.html; `cards` are the findings, if `report` does not hold them."""
    return (piece.encode() for piece in render_page(report, cards))
