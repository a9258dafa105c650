"""`curate evaluate` in every format, on recorded answers."""

import json

import jsonschema
import pytest
import yaml

from curate.jobs.schema import schema_text

CHOICES = ["鷹", "鷲", "鳶", "梟", "雀"]
FILES = {
    "manifest.json",
    "recipe.yaml",
    "responses.parquet",
    "evaluation.parquet",
    "evaluation.json",
}


@pytest.fixture
def words(write, tmp_path):
    """The words of a command that evaluates recorded answers in tmp_path/run."""
    exam = [
        {"id": f"30A{at}", "exam": "30", "section": "A", "year": 2020, "text": f"第{at}の鳥はどれか。",
         "choices": CHOICES, "answers": [["a"]]}
        for at in range(1, 4)
    ]  # fmt: skip
    said = [
        {"question_id": row["id"], "text": "鷲" if row["id"] == "30A2" else "a"} for row in exam
    ]
    return (
        "evaluate",
        *("--engine", "recorded", "--responses", write("said.jsonl", said)),
        *("--benchmark", f"birds={write('exam.jsonl', exam)}"),
        *("--mode", "alpaca", "--out", tmp_path / "run"),
    )


def test_json_is_one_object_and_the_files_are_what_their_schemas_say(
    cli, words, names, run, read_json
):
    ran = cli(*words, "--format", "json")
    assert ran.code == 0
    (result,) = ran.data["results"]
    assert (result["benchmark"], result["mode"], result["language"]) == ("birds", "alpaca", "ja")
    assert (result["score"], result["total"], result["asked"], result["complete"]) == (
        2,
        3,
        3,
        True,
    )
    assert result["tolerant"] == result["points_rate"] == pytest.approx(2 / 3)
    assert names(run) >= FILES
    jsonschema.validate(read_json(run / "evaluation.json"), json.loads(schema_text("evaluation")))
    recipe = yaml.safe_load((run / "recipe.yaml").read_text("utf-8"))
    jsonschema.validate(recipe, json.loads(schema_text("evaluation_recipe")))
    assert recipe["benchmarks"] == [{"name": "birds", "path": "exam.jsonl"}]
    assert cli("verify", run).code == 0
    assert cli("sql", run, "FROM evaluation SELECT count(*)", "--format", "json").code == 0


def test_people_get_a_table_and_a_second_run_says_that_it_is_done(cli, words, run):
    ran = cli(*words)
    assert ran.code == 0
    assert "Evaluated" in ran.out
    assert "2/3" in ran.out
    assert cli(*words).out.startswith("Already done, nothing to do")
    assert cli(*words, "--seed", "1").code == 2
    assert cli(*words[:-1], run.with_name("quiet"), "--format", "quiet").out == ""


def test_people_get_a_table_of_what_explaining_changed(cli, words, write, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")
    told = [
        {"question_id": f"30A{at}", "mode": mode, "text": text}
        for at in range(1, 4)
        for mode, text in (("alpaca", "鷹"), ("cot", "鷲" if at == 2 else "鷹"))
    ]
    both = [*words[:4], write("both.jsonl", told), *words[5:7]]
    assert both[3:5] == ["--responses", tmp_path / "both.jsonl"]
    ran = cli(*both, "--mode", "alpaca,cot", "--out", tmp_path / "both")
    assert ran.code == 0, ran.err
    head, _, *rows = ran.out.split("Drop from mode to mode")[1].splitlines()[1:]
    assert head.split()[-1] == "alike"
    assert {row.split()[0] for row in rows} == {"birds"}
    assert "33.3" in ran.out


def test_a_dry_run_describes_and_writes_nothing(cli, words, run):
    ran = cli(*words, "--dry-run", "--language", "ja,en", "--format", "json")
    assert ran.code == 0
    assert not run.exists()
    assert ran.data["cells"][0]["prompts"] == 3
    assert ran.data["absent"] == ["birds has no items in en"]
    assert set(ran.data["outputs"]) >= FILES


def test_an_unknown_mode_exits_2_and_names_the_one_that_was_meant(cli, words):
    ran = cli(*words, "--mode", "explaned")
    assert ran.code == 2
    assert "no mode 'explaned'. Did you mean 'explained'?" in ran.err


def test_a_model_that_is_not_there(cli, words, tmp_path):
    start = [word for word in words if word not in ("--engine", "recorded")]
    assert cli(*start[:1], "--model", tmp_path / "none", *start[3:]).code in (3, 5)
