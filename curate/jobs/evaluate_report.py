"""The report of an evaluation."""

from curate.jobs.evaluate_plan import EvaluationPlan
from curate.models import Evaluation
from curate.runs import RunFolder

REPORT: tuple[str, ...] = ()
"""The files of the report."""


def write_evaluation_report(plan: EvaluationPlan, run: RunFolder, evaluation: Evaluation) -> None:
    """Writes the report's files."""
