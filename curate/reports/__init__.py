"""Reports: a run's facts in one record, and that record in one self-contained HTML file."""

from curate.reports.build import built_report, redo
from curate.reports.facts import ReportFacts
from curate.reports.pairs import PairsFacts, pairs_report
from curate.reports.render import render_html, render_pairs, render_power, render_train
from curate.reports.write import report_json, report_page

__all__ = [
    "PairsFacts",
    "ReportFacts",
    "built_report",
    "pairs_report",
    "redo",
    "render_html",
    "render_pairs",
    "render_power",
    "render_train",
    "report_json",
    "report_page",
]
