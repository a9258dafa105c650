"""Statistics of graded responses: counts against counts by hand, intervals, what is not defined."""

import polars as pl
import pytest
from scipy.stats import binomtest

from curate.grading.estimates import mean_interval
from curate.grading.statistics import (
    flag_rows,
    grade_rows,
    human_comparison,
    outcome_rows,
    pass_rows,
    pattern_rows,
    votes,
)

SCHEMA = {
    "question_id": pl.String,
    "characters": pl.Int64,
    "grade": pl.String,
    "strict": pl.Boolean,
    "pattern": pl.String,
    "answer": pl.List(pl.String),
    "flags": pl.List(pl.String),
    "in_pairs": pl.Boolean,
}
GRADES = {"+": "correct", "-": "incorrect", ".": "no_answer", "t": "truncated"}
SAID = {"+": ["a"], "-": ["b"], ".": [], "t": []}


def graded(**questions):
    """Returns responses by question: + right, - wrong, . without an answer, t cut off."""
    rows = [
        {
            "question_id": id_,
            "characters": at + 1,
            "grade": GRADES[mark],
            "strict": mark == "+" and at == 0,
            "pattern": "answer_line" if mark in "+-" else GRADES[mark],
            "answer": SAID[mark],
            "flags": ["answer_first", "run_on"] if mark == "-" else [],
            "in_pairs": mark in "+-" and at < 2,
        }
        for id_, marks in questions.items()
        for at, mark in enumerate(marks)
    ]
    return pl.DataFrame(rows, schema=SCHEMA)


RUN = graded(q1="++-.", q2="++++", q3="----", q4="+-tt", q5="++-.")


def test_grades_stand_in_their_order_with_what_strict_says_of_them():
    rows = {row.grade.value: row for row in grade_rows(RUN)}
    assert list(rows) == ["correct", "incorrect", "no_answer", "truncated"]
    correct = rows["correct"]
    assert (correct.responses, correct.questions, correct.strict_right) == (9, 4, 4)
    assert correct.in_pairs == 7
    assert correct.median_characters == 2
    assert (rows["truncated"].responses, rows["truncated"].questions) == (2, 1)


def test_a_response_to_a_question_without_a_key_has_a_row_of_its_own():
    unkeyed = RUN.with_columns(grade=pl.lit(None, dtype=pl.String), strict=pl.lit(None, pl.Boolean))
    [row] = grade_rows(unkeyed)
    assert (row.grade, row.responses, row.strict_right) == (None, 20, 0)
    assert outcome_rows(unkeyed, []) == []
    assert votes(unkeyed) is None
    assert pass_rows(unkeyed) == []


def test_patterns_and_flags_are_counted_commonest_first():
    assert [(r.pattern, r.responses, r.correct) for r in pattern_rows(RUN)] == [
        ("answer_line", 16, 9),
        ("no_answer", 2, 0),
        ("truncated", 2, 0),
    ]
    assert [(r.flag, r.responses, r.correct, r.incorrect) for r in flag_rows(RUN)] == [
        ("answer_first", 7, 0, 7),
        ("run_on", 7, 0, 7),
    ]


def test_questions_by_right_and_wrong():
    rows = [(r.right, r.wrong, r.questions, r.paired) for r in outcome_rows(RUN, ["q1", "q3"])]
    assert rows == [(4, 0, 1, 0), (2, 1, 2, 1), (1, 1, 1, 0), (0, 4, 1, 1)]


def test_pass_at_k_is_unbiased():
    rates = {row.k: row.rate for row in pass_rows(RUN)}
    assert list(rates) == [1, 2, 4]
    assert rates[1].value == pytest.approx((2 / 4 + 1 + 0 + 1 / 4 + 2 / 4) / 5)
    # Of the 6 ways to draw 2 of 4, one misses both of two right ones, three miss the only one.
    assert rates[2].value == pytest.approx((5 / 6 + 1 + 0 + 3 / 6 + 5 / 6) / 5)
    assert rates[4].value == pytest.approx(4 / 5)


def test_pass_at_k_leaves_out_questions_with_fewer_samples():
    rates = {row.k: (row.rate.value, row.rate.of) for row in pass_rows(graded(q1="+--", q2="-"))}
    assert rates == {1: (pytest.approx(1 / 6), 2), 2: (pytest.approx(2 / 3), 1), 3: (1, 1)}


def test_the_commonest_answer_votes_and_silence_counts_as_a_sample():
    told = votes(RUN)
    assert told.right.of == 5
    assert told.right.value == pytest.approx(4 / 5)  # q4: a tie, and a comes before b
    assert told.mean_share == pytest.approx((2 / 4 + 1 + 1 + 1 / 4 + 2 / 4) / 5)
    assert [(r.low, r.high, r.questions, r.right) for r in told.rows] == [
        (1, 1, 2, 1),
        (0.25, 0.5, 2, 2),
        (0, 0.25, 1, 1),
    ]


def test_pass_rate_follows_human_accuracy_or_is_not_compared():
    human = pl.DataFrame(
        {"question_id": ["q1", "q2", "q3", "q9"], "human_accuracy": [0.5, 0.9, 0.0, 0.7]}
    )
    told = human_comparison(RUN, human)
    assert (told.questions, told.correlation) == (3, pytest.approx(1))
    assert [(r.low, r.questions, r.human, r.passed) for r in told.rows] == [
        (0.8, 1, 0.9, 1),
        (0.4, 1, 0.5, 0.5),
        (0, 1, 0, 0),
    ]
    assert human_comparison(RUN, None) is None
    assert human_comparison(RUN, human.filter(question_id="q9")) is None
    assert human_comparison(RUN, human.filter(question_id="q2")).correlation is None


@pytest.mark.parametrize(("right", "of"), [(0, 7), (7, 7), (3, 11), (400, 1000)])
def test_the_interval_is_wilson_s(right, of):
    told = mean_interval(right / of, of)
    wilson = binomtest(right, of).proportion_ci(method="wilson")
    assert (told.low, told.high) == pytest.approx((wilson.low, wilson.high), abs=1e-12)
    assert told.low <= told.value <= told.high


def test_row_order_changes_nothing():
    shuffled = RUN.sample(fraction=1, shuffle=True, seed=3)
    assert votes(shuffled) == votes(RUN)
    assert pass_rows(shuffled) == pass_rows(RUN)
    assert grade_rows(shuffled) == grade_rows(RUN)
