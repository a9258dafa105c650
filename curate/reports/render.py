"""The report's page from its record, piece by piece: no more than a page of cards is in memory at once."""

import json
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from functools import cache
from hashlib import sha256
from itertools import islice
from typing import Protocol

import orjson
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from curate.models import (
    Comparison,
    Decision,
    EvaluationReport,
    FindingCard,
    PairsReport,
    PowerReport,
    Report,
    TrainReport,
    Verdict,
)
from curate.reports import comparison_page, evaluation_page, formats, pairs_page, train_page
from curate.reports.cards import card_of
from curate.reports.curve import curve
from curate.reports.flow import steps, year_proof
from curate.reports.marks import DIFF_LIMIT
from curate.reports.plot import dot_plot
from curate.reports.summary import Pair, Summary, applied, summarise
from curate.reports.verdicts import WORDS, absent_years, sentence
from curate.text import visible

__all__ = [
    "PAGE",
    "Cards",
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

_SCRIPTS = ("keys.js", "pages.js", "findings.js", "marks.js", "files.js", "examples.js", "items.js")
_LESS_THAN = re.compile("<")
_ENDS_SCRIPT = re.compile(r"<(?=!--|/?script)", re.IGNORECASE)
_FILTERS = {
    "bar_width": formats.bar_width,
    "bounds": formats.bounds,
    "count": formats.count,
    "decimals": formats.decimals,
    "first_words": lambda name: name.partition(" (")[0],
    "interval": formats.interval,
    "percent": formats.percent,
    "percent_of": formats.percent_of,
    "percent_up": formats.percent_up,
    "p_value": formats.p_value,
    "plural": formats.plural,
    "points": formats.points,
    "short": formats.short,
    "signed": formats.signed,
    "span": formats.span,
    "signed_whole": formats.signed_whole,
    "whole": formats.whole,
    "year_ranges": formats.year_ranges,
}


class Cards(Protocol):
    """A report's findings, which can be gone through more than once."""

    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[FindingCard]: ...


def render_html(report: Report) -> str:
    """Returns the report as one self-contained HTML file, the same bytes for the same record."""
    return "".join(render_page(report, report.findings))


def render_page(report: Report, cards: Cards) -> Iterator[str]:
    """Yields the page of a report piece by piece; `cards` are its findings, in their order."""
    template = _environment().get_template("report.html.jinja")
    return template.generate(_context(report, cards))


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
    return _environment().get_template("power.html.jinja").render(context)


def render_pairs(report: PairsReport) -> str:
    """Returns the report of `make-pairs` as one self-contained HTML file."""
    return _environment().get_template("pairs.html.jinja").render(pairs_page.context(report))


def render_train(report: TrainReport) -> str:
    """Returns the report of `train` as one self-contained HTML file."""
    return _environment().get_template("train.html.jinja").render(train_page.context(report))


def render_comparison(told: Comparison) -> str:
    """Returns the comparison of evaluations as one self-contained HTML file."""
    return (
        _environment().get_template("comparison.html.jinja").render(comparison_page.context(told))
    )


def render_evaluation(report: EvaluationReport) -> Iterator[str]:
    """Yields the page of `evaluate` piece by piece; it loads nothing and sends nothing."""
    context = evaluation_page.context(report)
    lines = evaluation_page.lines_of(report)
    item = getattr(_environment().get_template("parts/items.jinja").module, "card")  # noqa: B009
    shown = (evaluation_page.TURNS, evaluation_page.SHAPES, pairs_page.GRADE_SHAPES)
    rendered = (item(line, *shown) for line in lines)
    more = {
        "data": _data(evaluation_page.item_data(lines)),
        "first_page": islice(rendered, PAGE),
        "pages": _pages(rendered),
        "page_size": PAGE,
    }
    return _environment().get_template("evaluation.html.jinja").generate(context | more)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("curate.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= _FILTERS
    script = Markup().join(_source(environment, name) for name in _SCRIPTS)
    environment.globals["script"] = script
    environment.globals["script_sha256"] = _csp_hash(script)
    environment.globals["style"] = _source(environment, "style.css")
    return environment


def _finalize(value: object) -> object:
    """Every text from outside passes here before it is escaped, wherever it stands in the page."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _source(environment: Environment, name: str) -> Markup:
    if environment.loader is None:
        raise LookupError(name)
    return Markup(environment.loader.get_source(environment, name)[0])  # noqa: S704 (our own file)


def _csp_hash(script: str) -> str:
    return b64encode(sha256(script.encode()).digest()).decode()


def _data(value: object, escaped: re.Pattern[str] = _LESS_THAN) -> Markup:
    """Returns JSON for a script element that holds data: nothing in it can end the element, or hide."""
    text = escaped.sub(r"\\u003c", orjson.dumps(value).decode())
    if not text.isprintable():
        text = "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text)
    return Markup(text)  # noqa: S704 (JSON, with every "<" that could matter escaped)


def _rendered(cards: Cards, decided: Mapping[Pair, Decision]) -> Iterator[Markup]:
    """Yields each card's HTML; all of it came through the template's escaping."""
    finding = getattr(_environment().get_template("parts/card.jinja").module, "finding")  # noqa: B009
    for number, card in enumerate(cards, start=1):
        pair = (card.record.id, card.item.name, card.item.id)
        yield finding(card_of(card, number, decided.get(pair)))


def _pages(rendered: Iterator[Markup]) -> Iterator[Markup]:
    """Yields the cards after the first page, as JSON lists of HTML, a page each."""
    while page := list(islice(rendered, PAGE)):
        yield _data([str(card) for card in page], _ENDS_SCRIPT)


def _context(report: Report, cards: Cards) -> dict[str, object]:
    audit = report.audit
    found: Summary = summarise(report, cards)
    rendered = _rendered(cards, applied(report))
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
