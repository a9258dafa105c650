"""The report's page from its record, piece by piece: no more than a page of cards is in memory at once."""

import json
import re
from collections.abc import Iterator
from itertools import islice

import orjson
from markupsafe import Markup

from curate.models import (
    Comparison,
    EvaluationReport,
    PairsReport,
    PowerReport,
    Report,
    TrainReport,
    Verdict,
)
from curate.reports import comparison_page, evaluation_page, pairs_page, train_page
from curate.reports.curve import curve
from curate.reports.environment import template
from curate.reports.flow import steps, year_proof
from curate.reports.marks import DIFF_LIMIT
from curate.reports.plot import dot_plot
from curate.reports.shown import Cards, HeldCards
from curate.reports.summary import applied, summarise
from curate.reports.verdicts import WORDS, absent_years, sentence

__all__ = [
    "PAGE",
    "render_comparison",
    "render_evaluation",
    "render_html",
    "render_page",
    "render_pairs",
    "render_power",
    "render_train",
]

PAGE = 50
"""Cards a page."""

_LESS_THAN = re.compile("<")
_ENDS_SCRIPT = re.compile(r"<(?=!--|/?script)", re.IGNORECASE)


def render_html(report: Report) -> str:
    """Returns the report as one self-contained HTML file, the same bytes for the same record."""
    return "".join(render_page(report))


def render_page(report: Report, cards: Cards | None = None) -> Iterator[str]:
    """Yields the page of a report piece by piece; `cards` are its findings, if it does not hold them."""
    held = cards or HeldCards(report.findings, applied(report.decisions))
    return template("report.html.jinja").generate(_context(report, held))


def render_power(report: PowerReport) -> str:
    """Returns the report of `calibrate` as one self-contained HTML file."""
    told = report.calibration
    subject = {
        "content_sha256": told.content_sha256,
        "parent": None,
        "benchmarks": told.benchmarks,
    }
    context = {
        "report": report,
        "planted": sum(one.planted for one in told.power.by_disguise),
        "plot": dot_plot(told.power, None),
        "curve": curve(told.sweep, told.thresholds["share"]),
        "facts": {"redo": report.redo, "audit": subject},
    }
    return template("power.html.jinja").render(context)


def render_pairs(report: PairsReport) -> str:
    """Returns the report of `make-pairs` as one self-contained HTML file."""
    return template("pairs.html.jinja").render(pairs_page.context(report))


def render_train(report: TrainReport) -> str:
    """Returns the report of `train` as one self-contained HTML file."""
    return template("train.html.jinja").render(train_page.context(report))


def render_comparison(told: Comparison) -> str:
    """Returns the comparison of evaluations as one self-contained HTML file."""
    return template("comparison.html.jinja").render(comparison_page.context(told))


def render_evaluation(report: EvaluationReport) -> Iterator[str]:
    """Yields the page of `evaluate` piece by piece; it loads nothing and sends nothing."""
    context = evaluation_page.context(report)
    lines = evaluation_page.lines_of(report)
    item = getattr(template("parts/items.jinja").module, "card")  # noqa: B009
    shown = (evaluation_page.TURNS, evaluation_page.SHAPES, pairs_page.GRADE_SHAPES)
    rendered = (item(line, *shown) for line in lines)
    more = {
        "data": _data(evaluation_page.item_data(lines)),
        "first_page": islice(rendered, PAGE),
        "pages": _pages(rendered),
        "page_size": PAGE,
    }
    return template("evaluation.html.jinja").generate(context | more)


def _data(value: object, escaped: re.Pattern[str] = _LESS_THAN) -> Markup:
    """Returns JSON for a script element that holds data: nothing in it can end the element, or hide."""
    text = escaped.sub(r"\\u003c", orjson.dumps(value).decode())
    if not text.isprintable():
        text = "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text)
    return Markup(text)  # noqa: S704 (JSON, with every "<" that could matter escaped)


def _pages(rendered: Iterator[Markup]) -> Iterator[Markup]:
    """Yields the cards after the first page, as JSON lists of HTML, a page each."""
    while page := list(islice(rendered, PAGE)):
        yield _data([str(card) for card in page], _ENDS_SCRIPT)


def _context(report: Report, cards: Cards) -> dict[str, object]:
    audit = report.audit
    found = summarise(report, cards.lines())
    rendered = cards.markup()
    return {
        "report": report,
        "audit": audit,
        "verdict": audit.verdict.value,
        "word": WORDS[audit.verdict],
        "sentence": sentence(report),
        "absent": absent_years(audit),
        "covered": sum(b.items_indexed for b in audit.benchmarks),
        "expected": sum(b.items_expected for b in audit.benchmarks),
        "undetermined": sum(b.items_undetermined for b in audit.benchmarks),
        "plot": dot_plot(audit.power, audit.power_floor) if audit.power else None,
        "found": found,
        "data": _data(found.data()) if found.lines else None,
        "first_page": islice(rendered, PAGE),
        "pages": _pages(rendered),
        "page_size": PAGE,
        "steps": steps(report.ledger),
        "years": year_proof(report.years, report.max_year),
        "verdict_order": list(Verdict),
        "diff_limit": DIFF_LIMIT,
    }
