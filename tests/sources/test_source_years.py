"""Years: a text that is none is no year and says so; a type that cannot be one is refused."""

import datetime as dt

import pytest
from pydantic import TypeAdapter, ValidationError

from curate.sources.years import (
    Dated,
    ExamPlus,
    FieldRule,
    Published,
    YearRule,
    field_date,
    field_year,
    published_year,
    question_year,
)


@pytest.mark.parametrize(
    ("exam", "year", "rule"),
    [
        ("112", 2018, "exam+1906"),
        (None, None, "exam+1906: no exam number"),
        ("模試", None, "exam+1906: '模試' is not an exam number"),
        ("9999", None, "exam+1906: 11905 is not a year"),
    ],
)
def test_year_of_the_exam(exam, year, rule):
    assert question_year(ExamPlus(exam_plus=1906), exam, {}) == (year, rule)


@pytest.mark.parametrize(
    ("value", "year", "rule"),
    [
        (2016, 2016, "field:y"),
        (2016.0, 2016, "field:y"),
        ("2016", 2016, "field:y"),
        (" ２０１６ ", 2016, "field:y"),
        ("2017?", None, "field:y: '2017?' is not a year"),
        ("", None, "field:y: '' is not a year"),
        (None, None, "field:y: no value"),
        ("x" * 99, None, f"field:y: '{'x' * 40}' is not a year"),
        (2016.5, None, "field:y: 2016.5 is not a year"),
        (1e300, None, f"field:y: {str(int(1e300))[:40]} is not a year"),
        (float("nan"), None, "field:y: nan is not a year"),
        ("1799", None, "field:y: 1799 is not a year"),
        (2201, None, "field:y: 2201 is not a year"),
        ("2016-05-01", None, "field:y: '2016-05-01' is not a year"),
        (dt.date(2016, 5, 1), 2016, "field:y"),
    ],
)
def test_year_of_a_field(value, year, rule):
    assert field_year("y", {"y": value}) == (year, rule)


def test_absent_field_is_no_year():
    assert field_year("y", {}) == (None, "field:y: no value")


@pytest.mark.parametrize("value", [True, [2016], {"y": 2016}])
def test_wrong_type_is_refused(value):
    with pytest.raises(ValueError, match=r"^y: expected a year, found "):
        field_year("y", {"y": value})


@pytest.mark.parametrize(
    ("value", "year"),
    [
        ("2016-05-01", 2016),
        ("2016-05", 2016),
        ("2016-05-01T10:00:00Z", 2016),
        ("2016", 2016),
        ("2016-13-01", None),
        ("May 2016", None),
    ],
)
def test_date_of_a_field(value, year):
    assert field_date("y", {"y": value}).year == year


def test_published():
    exam = Dated(2018, "exam+1906")
    assert published_year("exam_year", exam, {}, "a.jsonl") == (2018, "exam_year (assumed)")
    assert published_year("unknown", exam, {}, "a.jsonl") == (None, "unknown")
    dated = {"p": "2021-01-01"}
    assert published_year(FieldRule(field="p"), exam, dated, "a.jsonl") == (2021, "field:p")
    assert published_year("file_name", exam, dated, "H28/a-2.jsonl") == (2016, "file_name")
    assert published_year("file_name", exam, dated, "a.jsonl") == (None, "file_name: no year")
    assert published_year("exam_year", Dated(None, "why"), {}, "a.jsonl").year is None


def test_rules_read_from_a_recipe():
    rule, published = TypeAdapter(YearRule), TypeAdapter(Published)
    assert rule.validate_python({"exam_plus": 1906}) == ExamPlus(exam_plus=1906)
    assert rule.validate_python({"field": "y"}) == FieldRule(field="y")
    assert published.validate_python("unknown") == "unknown"
    assert published.validate_python("printed") == FieldRule(field="printed")
    assert published.validate_python({"field": "printed"}) == FieldRule(field="printed")
    for wrong in ({"exam_plus": 1, "field": "y"}, {"exam_minus": 1}, "exam_year"):
        with pytest.raises(ValidationError):
            rule.validate_python(wrong)
