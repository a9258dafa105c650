"""The grader: named patterns over Japanese and English answers, a strict and a tolerant grade."""

from curate.grading.flags import FLAGS, Flag
from curate.grading.frame import GRADE_SCHEMA, grade_frame, graders
from curate.grading.grade import Grader, grade
from curate.grading.graded import Graded
from curate.grading.patterns import NAMES
from curate.grading.strict import strict_answer

__all__ = [
    "FLAGS",
    "GRADE_SCHEMA",
    "NAMES",
    "Flag",
    "Graded",
    "Grader",
    "grade",
    "grade_frame",
    "graders",
    "strict_answer",
]
