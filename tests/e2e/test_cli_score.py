"""`curate score` in every format."""

import json

import jsonschema
import pytest

from curate.jobs.schema import schema_text

KEYS = {"30A1": "a", "30A2": "a", "30A3": "a"}


@pytest.fixture
def said(tmp_path):
    path = tmp_path / "said.jsonl"
    path.write_text(
        "".join(
            json.dumps({"problem_id": id_, "prediction": "b" if id_ == "30A2" else text}) + "\n"
            for id_, text in KEYS.items()
        )
    )
    return path


@pytest.fixture
def exam(tmp_path):
    rows = [
        {"id": id_, "exam": "30", "section": "A", "year": 2020, "text": f"鳥 {id_} はどれか。",
         "choices": ["鷹", "鷲", "鳶", "梟", "雀"], "answers": [[key]]}
        for id_, key in KEYS.items()
    ]  # fmt: skip
    path = tmp_path / "exam.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return f"birds={path}"


def test_json_is_the_record_and_nothing_else(cli, said, exam):
    ran = cli("score", said, "--benchmark", exam, "--format", "json")
    found = json.loads(ran.out)
    jsonschema.validate(found, json.loads(schema_text("score")))
    assert ran.code == 0
    assert list(found) == [
        "benchmark", "metric", "years", "pooled", "sections", "metrics", "strata", "absent",
    ]  # fmt: skip
    assert list(found["years"]["2020"]) == [
        "score", "total", "correct", "count", "accuracy", "points_rate", "required", "general",
        "kinki", "passed",
    ]  # fmt: skip
    assert found["years"]["2020"] == found["pooled"] == found["sections"]["30-A"]
    assert (found["pooled"]["score"], found["pooled"]["total"]) == (2, 3)
    assert set(found["metrics"]) == {"tolerant", "gestalt"}


def test_people_get_tables(cli, said, exam):
    ran = cli("score", said, "--benchmark", exam)
    assert ran.code == 0
    assert "birds, scored as published: 0.667 of the points, 95 % [0.000, 1.000]" in ran.out
    assert "By section" in ran.out
    assert "serial without vignette" in ran.out
    assert cli("score", said, "--benchmark", exam, "--format", "quiet").out == ""


def test_a_wrong_join_exits_3(cli, said, exam):
    said.write_text(said.read_text().splitlines(keepends=True)[0])
    ran = cli("score", said, "--benchmark", exam, "--format", "json")
    assert (ran.code, json.loads(ran.out)["error"]["where"]) == (3, f"{said}:1")


@pytest.mark.parametrize("benchmark", ["birds", "=x", "bi rds=x"])
def test_a_benchmark_that_is_no_name_and_path(cli, said, benchmark):
    assert cli("score", said, "--benchmark", benchmark).code == 2


def test_a_benchmark_that_is_not_there(cli, said, tmp_path):
    assert cli("score", said, "--benchmark", f"igakuqa={tmp_path / 'no'}").code == 3
