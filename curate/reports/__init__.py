"""Reports: a run's facts in one record, and that record in one self-contained HTML file."""

from curate.reports.build import built_report, redo
from curate.reports.comparison import Grid, comparison_grids, notes_of
from curate.reports.comparison_text import latex, markdown
from curate.reports.evaluation import EvaluationFacts, evaluation_report
from curate.reports.facts import ReportFacts
from curate.reports.pairs import PairsFacts, pairs_report
from curate.reports.render import (
    render_comparison,
    render_evaluation,
    render_html,
    render_pairs,
    render_power,
    render_train,
)
from curate.reports.write import report_json, report_page

__all__ = [
    "EvaluationFacts",
    "Grid",
    "PairsFacts",
    "ReportFacts",
    "built_report",
    "comparison_grids",
    "evaluation_report",
    "latex",
    "markdown",
    "notes_of",
    "pairs_report",
    "redo",
    "render_comparison",
    "render_evaluation",
    "render_html",
    "render_pairs",
    "render_power",
    "render_train",
    "report_json",
    "report_page",
]
