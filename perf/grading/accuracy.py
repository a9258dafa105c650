"""The grader beside the labels, the published scorer and the published totals."""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from scipy.stats import binomtest  # type: ignore[import-untyped]

from curate.grading import Graded, Grader
from curate.models import Grade, Question
from perf.grading.real import Label, Real

PUBLISHED = {"gpt4": 1944, "chatgpt": 1366}
"""Points of 2,485 that the published scorer gives the shipped predictions."""


class Share(NamedTuple):
    """Some of all, with its 95 % Wilson interval."""

    some: int
    all: int

    def __str__(self) -> str:
        interval = binomtest(self.some, self.all).proportion_ci(method="wilson")
        return f"{self.some}/{self.all} = {self.some / self.all:.1%} [{interval.low:.1%}, {interval.high:.1%}]"


def is_right(label: Label, question: Question, graded: Graded) -> bool:
    """Tells whether answer and grade are what the label says."""
    if not graded.answer:
        return graded.grade in label.none
    same = "".join(graded.answer) == label.answer
    if label.answer[:1].isdigit() and not graded.answer[0].isalpha():
        same = Decimal(graded.answer[0]) == Decimal(label.answer)
    return same and graded.grade is expected(question, label.answer)


def expected(question: Question, answer: str) -> Grade:
    """Returns the grade of an answer, worked out apart from the grader."""
    keys = question.answers
    if answer[0].isdigit():
        return (
            Grade.CORRECT
            if any(Decimal(answer) == Decimal(key[0]) for key in keys)
            else Grade.INCORRECT
        )
    letters = list(answer)
    if question.choices and ord(letters[-1]) - ord("a") >= len(question.choices):
        return Grade.OUT_OF_RANGE
    if letters in keys:
        return Grade.CORRECT
    return Grade.INCORRECT if len(letters) in map(len, keys) else Grade.WRONG_COUNT


def agreement(real: Real, labels: Iterable[Label]) -> tuple[Share, Share]:
    """Returns how many labels the grader agrees with, and how many answers it invents where there is none."""
    counts: Counter[str] = Counter()
    for label in labels:
        question = real.questions[label.key[1]]
        graded = Grader(question).grade(real.outputs[label.key])
        counts["all"] += 1
        counts["right"] += is_right(label, question, graded)
        counts["answerless"] += not label.answer
        counts["invented"] += not label.answer and bool(graded.answer)
    return Share(counts["right"], counts["all"]), Share(counts["invented"], counts["answerless"])


def points(real: Real) -> dict[str, tuple[int, int]]:
    """Returns the points by the strict and by the tolerant grade, for each model."""
    totals = {model: [0, 0] for model in PUBLISHED}
    for (file, id_, field), text in real.outputs.items():
        if field == "prediction":
            question = real.questions[id_]
            graded = Grader(question).grade(text)
            model = "gpt4" if "gpt4" in file else "chatgpt"
            totals[model][0] += (question.points or 0) * bool(graded.strict)
            totals[model][1] += (question.points or 0) * (graded.grade is Grade.CORRECT)
    return {model: (strict, tolerant) for model, (strict, tolerant) in totals.items()}
