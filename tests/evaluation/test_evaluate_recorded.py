"""Evaluations of recorded answers: the numbers are those of `score`, and every file says the same."""

import json

import polars as pl
import pytest
from evaluate_exam import MODES, birds, both_modes, numbers, recorded, run, said
from score_exam import KEYS

from curate.jobs.engine_option import Asked
from curate.jobs.evaluate import evaluate
from curate.jobs.evaluate_recipe import EvaluateOptions
from curate.jobs.score import score
from curate.models import EvaluatedItem, Evaluation, Response
from curate.runs import verify_run

CELL = ("benchmark", "mode", "template", "language", "repeat")


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    folder = tmp_path_factory.mktemp("evaluation")
    run(folder, both_modes(folder / "said.jsonl"))
    return folder


def _rows(run):
    return pl.read_parquet(run / "evaluation.parquet")


def test_every_mode_scores_what_score_scores(done):
    told = Evaluation.model_validate(numbers(done / "run"))
    for mode, label, result in zip(MODES, (None, "Answer:"), told.results, strict=True):
        alone = recorded(done / f"{mode}.jsonl", said(mode))
        assert result.score == score([alone], f"birds={done / 'exam.jsonl'}", label=label).score
        assert (result.mode, result.asked, result.complete) == (mode, len(KEYS), True)
    assert [one.score.pooled.score for one in told.results] == [10, 7]
    assert [(one.template, one.label) for one in told.modes] == [
        ("igakuqa", None),
        ("paper", "Answer:"),
    ]
    assert told.modes[1].examples == ["1A1", "1A2", "1A3"]


def test_every_answer_has_a_row_and_its_response(done):
    rows = _rows(done / "run")
    for row in rows.iter_rows(named=True):
        EvaluatedItem.model_validate(row)
    assert rows.select("item_id", "mode", "answer", "strict", "points", "score").rows()[:2] == [
        ("40A1", "direct", ["d"], False, 1, 0),
        ("40A2", "direct", ["a", "d"], True, 1, 1),
    ]
    pooled = [one["score"]["pooled"] for one in numbers(done / "run")["results"]]
    assert rows.group_by("mode", maintain_order=True).agg(pl.col("score").sum())[
        "score"
    ].to_list() == [one["score"] for one in pooled]
    responses = pl.read_parquet(done / "run" / "responses.parquet")
    for row in responses.drop("benchmark", "mode", "template", "language", "repeat").to_dicts():
        Response.model_validate(row | {"sampling": row["sampling"] or {}})
    assert responses.select(CELL).rows() == rows.select(CELL).rows()


def test_a_run_is_sealed_told_again_and_done_again_with_the_same_bytes(done):
    first = done / "run"
    assert verify_run(first)[1] == []
    assert run(done, done / "said.jsonl").title == "Already done, nothing to do"
    run(done, done / "said.jsonl", "again")
    for path in first.iterdir():
        if path.name != "manifest.json":
            assert (done / "again" / path.name).read_bytes() == path.read_bytes(), path.name


def test_its_responses_are_recorded_answers_of_the_same_evaluation(done):
    run(done, done / "run" / "responses.parquet", "round")
    assert _rows(done / "round").equals(_rows(done / "run"))


def test_a_run_in_one_mode_can_be_scored_again(tmp_path):
    answers = {id_: f"\n {text}\n" for id_, text in said("direct").items()}
    path = recorded(tmp_path / "said.jsonl", answers)
    run(tmp_path, path, modes=["direct"])
    (result,) = Evaluation.model_validate(numbers(tmp_path / "run")).results
    exam = f"birds={tmp_path / 'exam.jsonl'}"
    assert result.score == score([tmp_path / "run"], exam).score
    assert (result.score.pooled.score, score([path], exam).score.pooled.score) == (10, 0)


def test_an_interrupted_run_goes_on(done):
    def interrupt(what, done_, total):
        if what.startswith("birds, explained"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(done, done / "said.jsonl", "cut", progress=interrupt)
    assert list((done / "cut" / ".work").glob("responses-*.jsonl"))
    run(done, done / "said.jsonl", "cut")
    assert _rows(done / "cut").equals(_rows(done / "run"))


def test_less_can_be_asked_and_says_so(done, tmp_path):
    found = run(done, done / "said.jsonl", "less", sections=["40-A"], limit=2, modes=["direct"])
    (result,) = numbers(done / "less")["results"]
    assert (result["asked"], result["complete"]) == (2, False)
    assert [(one["item_id"], one["reason"]) for one in result["not_asked"]] == [("40A3", "limit")]
    assert (result["score"]["pooled"]["total"], result["score"]["absent"]) == (2, ["1947", "40-B"])
    assert any("not asked, neither right nor wrong: limit 1" in note for note in found.notes)


def test_an_item_without_a_key_is_not_asked_and_its_section_is_whole(tmp_path):
    run(
        tmp_path,
        recorded(tmp_path / "said.jsonl", said("direct")),
        modes=["direct"],
        benchmarks=[birds(tmp_path, **{"40A1": {"answers": []}})],
    )
    (result,) = numbers(tmp_path / "run")["results"]
    assert (result["asked"], result["complete"]) == (len(KEYS) - 1, True)
    assert [(one["item_id"], one["reason"]) for one in result["not_asked"]] == [
        ("40A1", "item.no_key")
    ]


def test_letters_beyond_the_options_and_huge_answers_are_graded(tmp_path):
    answers = said("direct", **{"40A1": "h", "40A2": "答えは分からない。" * 500_000})
    run(tmp_path, recorded(tmp_path / "said.jsonl", answers), modes=["direct"])
    grades = dict(_rows(tmp_path / "run").select("item_id", "grade").rows())
    assert grades["40A1"] == "out_of_range"
    assert grades["40A2"] not in ("correct", "incorrect")
    (text,) = pl.read_parquet(tmp_path / "run" / "responses.parquet").filter(question_id="40A2")[
        "text"
    ]
    assert text == answers["40A2"]


@pytest.mark.parametrize("who", ["gpt4", "chatgpt"])
def test_the_published_answers_score_to_the_digit(real_data, tmp_path, who):
    files = sorted((real_data / "igakuqa" / "baseline_results").glob(f"*/*_{who}.jsonl"))
    path = tmp_path / "said.jsonl"
    with path.open("w", encoding="utf-8") as stream:
        for file in files:
            for line in file.read_bytes().splitlines():
                row = json.loads(line)
                row = {"question_id": row["problem_id"], "text": row["prediction"]}
                stream.write(json.dumps(row, ensure_ascii=False) + "\n")
    exam = f"igakuqa={real_data / 'igakuqa'}"
    asked = Asked(engine="recorded", responses=path)
    options = EvaluateOptions(asked=asked, benchmarks=[exam], modes=["direct"])
    evaluate(options, tmp_path / "run", lambda *_: None)
    (result,) = Evaluation.model_validate(numbers(tmp_path / "run")).results
    assert result.score == score(files, exam).score
    assert result.score.pooled.score == {"gpt4": 1944, "chatgpt": 1366}[who]
