"""Evaluation: what recorded predictions score, and how sure a difference between two of them is."""

from curate.evaluation.items import Item, Items, items_of
from curate.evaluation.judge import GESTALT, PUBLISHED, Judged, Verdicts, judge_all
from curate.evaluation.marks import BenchmarkMarks, read_marks
from curate.evaluation.metadata import Metadata, read_metadata
from curate.evaluation.predictions import Prediction, read_predictions
from curate.evaluation.score import STRATA, judged_frame, points_interval, score_of
from curate.evaluation.statistics import (
    DRAWS,
    Flips,
    Interval,
    Ratio,
    flips,
    holm,
    mcnemar,
    paired_difference,
    permutation,
    rate_interval,
    ratio_intervals,
)

__all__ = [
    "DRAWS",
    "GESTALT",
    "PUBLISHED",
    "STRATA",
    "BenchmarkMarks",
    "Flips",
    "Interval",
    "Item",
    "Items",
    "Judged",
    "Metadata",
    "Prediction",
    "Ratio",
    "Verdicts",
    "flips",
    "holm",
    "items_of",
    "judge_all",
    "judged_frame",
    "mcnemar",
    "paired_difference",
    "permutation",
    "points_interval",
    "rate_interval",
    "ratio_intervals",
    "read_marks",
    "read_metadata",
    "read_predictions",
    "score_of",
]
