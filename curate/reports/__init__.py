"""Reports: a run's facts in one record, and that record in one self-contained HTML file."""

from curate.reports.build import ReportFacts, build_report
from curate.reports.render import render_html

__all__ = ["ReportFacts", "build_report", "render_html"]
