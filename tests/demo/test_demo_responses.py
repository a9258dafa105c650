"""The recorded answers of `curate demo`: every grade as the grader reads it, to questions that are kept."""

import json
from collections import Counter
from pathlib import Path

import pytest

from curate.grading import Grader
from curate.models import Grade, Provenance, Question

DEMO = Path(__file__).parents[2] / "pipelines" / "demo"
LABEL = "答え:"
NOT_RIGHT_OR_WRONG = {
    ("14A1", 3): Grade.TRUNCATED,
    ("14A5", 1): Grade.WRONG_COUNT,
    ("14A7", 3): Grade.NO_ANSWER,
    ("14B5", 1): Grade.REFUSED,
    ("15A1", 3): Grade.CONFLICTING,
    ("15A3", 1): Grade.WRONG_COUNT,
    ("15A4", 1): Grade.WRONG_COUNT,
    ("15B5", 3): Grade.DEGENERATE,
    ("16A3", 3): Grade.DEGENERATE,
    ("17A4", 1): Grade.OUT_OF_RANGE,
    ("17C3", 3): Grade.REFUSED,
}


def _rows(name):
    return [json.loads(line) for line in (DEMO / name).read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def responses():
    return _rows("responses.jsonl")


@pytest.fixture(scope="module")
def graders():
    asked = [
        *_rows("exams.jsonl"),
        json.loads((DEMO / "broken.jsonl").read_text("utf-8").split("\n")[0]),
    ]
    origin = Provenance(source="demo", path="exams.jsonl", sha256="0" * 64, line=1)
    return {
        row["id"]: Grader(
            Question(**{k: v for k, v in row.items() if k != "published"}, provenance=origin), LABEL
        )
        for row in asked
    }


@pytest.fixture(scope="module")
def graded(responses, graders):
    return {
        (row["question_id"], row["index"]): graders[row["question_id"]].grade(
            row["text"], row["finish_reason"]
        )
        for row in responses
    }


def test_every_question_is_answered_four_times(responses):
    indexes = Counter((row["question_id"], row["index"]) for row in responses)
    assert set(indexes.values()) == {1}
    assert len(indexes) == 88
    assert {index for _, index in indexes} == {0, 1, 2, 3}
    assert {row["model"] for row in responses} == {"demo-model"}


def test_every_grade_occurs(graded):
    assert {one.grade for one in graded.values()} == set(Grade)


def test_what_is_neither_right_nor_wrong_is_what_was_written_so(graded):
    others = {
        key: one.grade
        for key, one in graded.items()
        if one.grade not in (Grade.CORRECT, Grade.INCORRECT)
    }
    assert others == NOT_RIGHT_OR_WRONG


def test_one_question_is_all_right_and_one_all_wrong(graded):
    by_question = {}
    for (id_, _), one in graded.items():
        by_question.setdefault(id_, set()).add(one.grade)
    alike = {id_: grades for id_, grades in by_question.items() if len(grades) == 1}
    assert alike == {"16C3": {Grade.CORRECT}, "17A3": {Grade.INCORRECT}}


def test_one_sample_goes_on_with_an_item_of_the_benchmark(responses, graded):
    item = next(row for row in _rows("held_out.jsonl") if row["id"] == "20A1")
    [row] = [row for row in responses if item["text"] in row["text"]]
    assert all(choice in row["text"] for choice in item["choices"])
    told = graded[row["question_id"], row["index"]]
    assert (told.grade, told.answer) == (Grade.CORRECT, ("b",))
    assert "run_on" in told.flags


def test_strict_and_tolerant_grades_differ_where_only_the_form_is_wrong(graded):
    told = graded["14A5", 2]
    assert (told.grade, told.strict) == (Grade.CORRECT, False)
    assert all(one.grade is Grade.CORRECT for one in graded.values() if one.strict)
