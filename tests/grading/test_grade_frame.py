"""The fast path gives what the single one gives, in the record's own types."""

import polars as pl
import pytest

from curate.errors import InputError
from curate.grading import GRADE_SCHEMA, Grader, grade_frame, graders
from curate.models import Response
from perf.grading.written import cases


@pytest.fixture(scope="module")
def responses():
    return pl.DataFrame(
        {
            "question_id": [case.question.id for case in cases()],
            "text": [case.text for case in cases()],
            "finish_reason": ["length" if not at % 50 else None for at in range(len(cases()))],
        }
    )


@pytest.fixture(scope="module")
def by_id():
    return graders({case.question.id: case.question for case in cases()})


def test_a_frame_is_graded_row_by_row(responses, by_id):
    graded = grade_frame(responses, by_id)
    assert {name: graded.schema[name] for name in GRADE_SCHEMA} == dict(GRADE_SCHEMA)
    assert graded.select(responses.columns).equals(responses)
    for case, row in zip(cases(), graded.iter_rows(named=True), strict=True):
        one = Grader(case.question).grade(case.text, row["finish_reason"])
        assert row["answer"] == list(one.answer)
        assert (row["grade"], row["strict"], row["pattern"]) == (one.grade, one.strict, one.pattern)
        assert (row["explanation"], row["flags"]) == (one.explanation, list(one.flags))


def test_rows_are_records(responses, by_id):
    for row in grade_frame(responses, by_id).iter_rows(named=True):
        Response(engine="recorded", **{**row, "answer": row["answer"] or None})


def test_grading_again_changes_nothing(responses, by_id):
    once = grade_frame(responses, by_id)
    assert grade_frame(once, by_id).equals(once)


def test_an_empty_frame_has_the_columns(responses, by_id):
    assert grade_frame(responses.head(0), by_id).schema == grade_frame(responses, by_id).schema


def test_an_unknown_question_is_refused(responses, by_id):
    with pytest.raises(InputError, match="1 unknown questions, such as 'bird'"):
        grade_frame(responses, {id_: one for id_, one in by_id.items() if id_ != "bird"})
