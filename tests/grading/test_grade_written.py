"""The strings written for the grader: every category, with grade and answer."""

import pytest

from curate.grading import NAMES, Grader, grade
from curate.models import Grade
from perf.grading.written import cases

ANSWERED = {Grade.CORRECT, Grade.INCORRECT, Grade.WRONG_COUNT, Grade.OUT_OF_RANGE, None}


@pytest.mark.parametrize("category", sorted({case.category for case in cases()}))
def test_a_category_is_graded_as_expected(category):
    found = {}
    for case in (case for case in cases() if case.category == category):
        graded = grade(case.question, case.text)
        got = (graded.grade and graded.grade.value, "".join(graded.answer))
        if got != (case.grade, case.answer):
            found[case.text] = (graded.pattern, *got)
    assert found == {}


def test_there_are_enough_and_no_answer_is_invented():
    without = [case for case in cases() if not case.answer]
    assert len(cases()) >= 300
    assert len(without) >= 150
    assert [case.text for case in without if grade(case.question, case.text).answer] == []


def test_every_pattern_and_every_grade_is_among_them():
    graded = [grade(case.question, case.text) for case in cases()]
    assert set(NAMES) - {one.pattern for one in graded} == set()
    assert set(Grade) - {one.grade for one in graded} == {Grade.TRUNCATED}


def test_an_answer_stands_only_where_the_grade_is_about_one():
    for case in cases():
        graded = grade(case.question, case.text)
        assert bool(graded.answer) == (graded.grade in ANSWERED)
        assert (graded.strict is None) == (not case.question.answers)


def test_names_are_unique():
    assert len(set(NAMES)) == len(NAMES)


def test_a_cut_off_response_is_truncated_whatever_it_says():
    case = next(case for case in cases() if case.grade == "correct")
    graded = Grader(case.question).grade(case.text, "length")
    assert (graded.grade, graded.answer) == (Grade.TRUNCATED, ())
