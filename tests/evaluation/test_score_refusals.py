"""A wrong join or a wrong file is an error that says where, never a lower score."""

import polars as pl
import pytest
from score_exam import KEYS, question, right, write

from curate.errors import CurateError, InputError
from curate.jobs.score import score
from curate.models import Response
from curate.sampling import response_frame

ALL = {id_: right(id_) for id_ in KEYS}


def _refused(files, exam, **options):
    with pytest.raises(InputError) as caught:
        score(files if isinstance(files, list) else [files], exam, **options)
    return caught.value


def test_an_id_that_is_missing(exam, predictions):
    file = predictions({id_: text for id_, text in ALL.items() if id_ not in ("40A2", "41A1")})
    error = _refused(file, exam())
    assert "40-A lacks 1 of 3: '40A2'" in error.message
    assert "41-A lacks 1 of 2: '41A1'" in error.message
    assert error.where == f"{file}:2"


def test_an_id_that_stands_twice(exam, predictions):
    file, other = predictions(ALL), predictions({"40A1": "c"}, "other.jsonl")
    error = _refused([file, other], exam())
    assert f"'40A1' in {other}:1 and {file}:1" in error.message
    assert error.where == f"{other}:1"


def test_predictions_of_another_year(exam, predictions):
    file = predictions({**ALL, "39A1": "c"})
    error = _refused(file, exam())
    assert "not an item of birds 1946-1947: '39A1'" in error.message
    assert error.where == f"{file}:8"
    error = _refused(predictions(ALL), exam(), years=(1947, 1947))
    assert "not an item of birds 1947: '40A1'" in error.message


@pytest.mark.parametrize("text", ["", "\n\n"])
def test_an_empty_file(exam, predictions, tmp_path, text):
    empty = tmp_path / "empty.jsonl"
    empty.write_text(text)
    error = _refused([predictions(ALL), empty], exam())
    assert ("no prediction" in error.message, error.where) == (True, str(empty))


def test_a_file_that_is_not_there(exam, tmp_path):
    assert _refused(tmp_path / "no.jsonl", exam()).message == "no such file"


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"question_id": "40A1", "predicton": "c"}, "no column 'prediction' or 'text'"),
        ({"id": "40A1", "prediction": "c"}, "no column 'question_id' or 'problem_id'"),
        ({"question_id": "40A1", "prediction": None}, "prediction: expected a text"),
        ({"question_id": "40A1", "prediction": ["c"]}, "prediction: expected a text"),
        ({"question_id": True, "prediction": "c"}, "expected the id of a question"),
        ({"question_id": "40A1", "text": "c", "finish_reason": 1}, "finish_reason"),
    ],
)
def test_rows_that_are_no_prediction(exam, predictions, row, told):
    file = predictions([row])
    error = _refused(file, exam())
    assert told in error.message
    assert error.where == f"{file}:1"


def test_a_misspelled_column_is_named(exam, predictions):
    error = _refused(predictions([{"question_id": "40A1", "predicton": "c"}]), exam())
    assert "Did you mean 'predicton'?" in error.message


def test_a_line_that_is_no_json(exam, tmp_path):
    file = tmp_path / "bad.jsonl"
    file.write_text('{"question_id": "40A1", "prediction": "c"}\n{"question_id": \n')
    assert _refused(file, exam()).where == f"{file}:2"


@pytest.mark.parametrize("column", ["mode", "model", "engine", "template"])
def test_mixed_modes_and_models(exam, predictions, column):
    rows = [
        {"question_id": id_, "text": text, column: "one" if id_ < "41" else "two"}
        for id_, text in ALL.items()
    ]
    file = predictions(rows)
    error = _refused(file, exam())
    assert f"{column} is 'two' here, and 'one' in {file}:1" in error.message
    assert error.where == f"{file}:6"


@pytest.mark.parametrize("points", [-1, "1.5", "three", None])
def test_points_that_are_none(exam, predictions, points):
    error = _refused(predictions(ALL), exam(**{"40A2": {"points": points}}))
    assert "points" in error.message
    assert error.where.endswith("exam.jsonl:2")


@pytest.mark.data
def test_points_of_a_known_year_that_do_not_add_up(real_data, tmp_path):
    folder = tmp_path / "data" / "2022"
    folder.mkdir(parents=True)
    for file in sorted(real_data.glob("igakuqa/data/2022/*")):
        text = file.read_text("utf-8")
        (folder / file.name).write_text(text.replace('"points": "3"', '"points": "2"', 1), "utf-8")
    said = sorted(real_data.glob("igakuqa/baseline_results/2022/*_gpt4.jsonl"))
    error = _refused(said, f"igakuqa={tmp_path}")
    assert "the points of 2022 add up to 492, expected 494" in error.message


def test_letters_beyond_the_options_are_wrong(scored):
    found = scored({"41A1": "h"})
    assert found.score.sections["41-A"].score == 1
    assert found.score.metrics["tolerant"].years["1947"].score == 1
    assert any("out_of_range 1" in note for note in found.notes)


@pytest.mark.parametrize("unit", ["a", "地磁気、", "ａ,", "\n", "答え: e "])
def test_answers_of_ten_megabytes(scored, unit):
    text = unit * (10_000_000 // len(unit.encode()))
    assert scored({"41A1": text}).score.sections["41-A"].score == 1


def test_responses_of_a_run(exam, tmp_path):
    run = tmp_path / "run"
    run.mkdir()
    some = [Response(question_id=i, engine="recorded", text=text) for i, text in ALL.items()]
    response_frame(some).write_parquet(run / "responses.parquet")
    found = score([run], exam()).score
    assert found.pooled.score == found.pooled.total == 11
    response_frame([*some, some[0].model_copy(update={"index": 1})]).write_parquet(
        run / "responses.parquet"
    )
    assert "'40A1' in" in _refused(run, exam()).message


def test_a_truncated_response_has_no_tolerant_answer(exam, tmp_path):
    some = [
        Response(question_id=i, engine="recorded", text=text, finish_reason="length")
        for i, text in ALL.items()
    ]
    file = tmp_path / "responses.parquet"
    response_frame(some).write_parquet(file)
    found = score([file], exam()).score
    assert (found.pooled.score, found.metrics["tolerant"].pooled.score) == (11, 0)


def test_damaged_parquet(exam, tmp_path):
    file = tmp_path / "responses.parquet"
    pl.DataFrame({"question_id": ["40A1"], "text": ["c"]}).write_parquet(file)
    file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(CurateError):
        score([file], exam())


def test_a_benchmark_that_has_an_item_twice(predictions, tmp_path):
    rows = [question(id_) for id_ in ("40A1", "40A1")]
    error = _refused(predictions(ALL), f"birds={write(tmp_path / 'twice.jsonl', rows)}")
    assert "stands twice" in error.message


def test_one_id_in_two_exams(predictions, tmp_path):
    rows = [question("40A1"), question("40A1", exam="41")]
    error = _refused(predictions(ALL), f"birds={write(tmp_path / 'two.jsonl', rows)}")
    assert "two exams have an item '40A1'" in error.message
