"""What is told of an item beside its text, its dirty forms included, and the marks that ship."""

import json
import math

import pytest

from curate.errors import InputError
from curate.evaluation import read_marks, read_metadata
from curate.evaluation.metadata import forbidden_letters
from curate.sources import IgakuqaSource, read_source, source_files

ROW = {"problem_id": "112A1", "category": "鳥", "kinki": [], "human_accuracy": "39.3"}


@pytest.mark.parametrize(
    ("printed", "letters"),
    [
        ([], ""),
        (["c", "e"], "ce"),
        (["cde"], "cde"),
        (["d", " e"], "de"),
        (["ｂ"], "b"),
        (["ade"], "ade"),
    ],
)
def test_forms_of_forbidden_choices(printed, letters):
    assert forbidden_letters(printed) == frozenset(letters)


@pytest.mark.parametrize("printed", ["c", None, ["?"], [1], ["地"]])
def test_what_is_no_list_of_letters(printed):
    with pytest.raises(ValueError, match="kinki"):
        forbidden_letters(printed)


def _files(tmp_path, *rows):
    folder = tmp_path / "data" / "2018"
    folder.mkdir(parents=True)
    item = {
        "problem_id": "112A1",
        "problem_text": "どれか。",
        "choices": ["甲", "乙"],
        "answer": ["a"],
    }
    (folder / "112-A.jsonl").write_text(json.dumps(item), "utf-8")
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    (folder / "112-A_metadata.jsonl").write_text("\n".join(lines), "utf-8")
    return source_files(IgakuqaSource(path=str(tmp_path), name="igakuqa"))


def test_it_is_read_from_beside_the_section(tmp_path):
    told = read_metadata(_files(tmp_path, ROW))["112A1"]
    assert (told.category, told.forbidden, told.human_accuracy) == ("鳥", frozenset(), 39.3)


def test_an_empty_accuracy_is_unknown(tmp_path):
    assert read_metadata(_files(tmp_path, ROW | {"human_accuracy": ""}))["112A1"][2] is None


@pytest.mark.parametrize(
    "row",
    [
        "{",
        {"problem_id": "112A1"},
        ROW | {"kinki": "c"},
        ROW | {"human_accuracy": "many"},
        ROW | {"human_accuracy": "nan"},
        ROW | {"human_accuracy": "101"},
    ],
)
def test_a_bad_line_is_named(tmp_path, row):
    with pytest.raises(InputError) as caught:
        read_metadata(_files(tmp_path, ROW, row))
    assert caught.value.where == "data/2018/112-A_metadata.jsonl:2"


@pytest.mark.data
def test_the_marks_fit_the_published_points(real_data):
    marks = read_marks("igakuqa")
    source = IgakuqaSource(path=str(real_data / "igakuqa"), name="igakuqa")
    points, required = {}, {}
    for question in read_source(source, source_files(source)):
        year = question.year
        points[year] = points.get(year, 0) + question.points
        required[year] = required.get(year, 0) + question.points * question.required
    assert {year: marks.years[year].points for year in marks.years} == points
    for year, total in required.items():
        assert marks.years[year].required == math.ceil(total * 0.8)
    assert not marks.confirmed


def test_a_benchmark_without_marks():
    assert read_marks("jmmlu") is None
