"""`curate make-pairs --human`: pass rates beside how many people answer right."""

import json

import pytest

from curate.tables import share

RECIPE = share("pipelines", "demo", "pairs.yaml")


@pytest.fixture
def make_pairs(cli, demo_run, tmp_path):
    def run(*lines, name="people.jsonl"):
        path = tmp_path / name
        path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
        return cli(
            "make-pairs", "--corpus", demo_run, "--recipe", RECIPE, "--human", path,
            "--out", tmp_path / "pairs",
        )  # fmt: skip

    return run


def test_human_accuracy_in_percent_is_compared_with_the_pass_rate(make_pairs, tmp_path, read_json):
    told = make_pairs(
        {"problem_id": "17A3", "human_accuracy": "20.1"},
        {"problem_id": "14A7", "human_accuracy": ""},
        {"problem_id": "16C3", "human_accuracy": 90},
        {"problem_id": "14A3", "human_accuracy": "55"},
        {"problem_id": "nobody", "human_accuracy": "1"},
    )
    assert told.code == 0
    report = read_json(tmp_path / "pairs" / "report.json")
    assert report["human"]["questions"] == 3
    assert report["human"]["correlation"] == 1
    best = report["human"]["rows"][0]
    assert (best["low"], best["human"], best["passed"]) == (0.8, 0.9, 1)
    assert "--human people.jsonl" in report["redo"]["command"]
    assert {"human"} <= {row["source"] for row in report["redo"]["inputs"]}
    assert "3 questions; Spearman" in (tmp_path / "pairs" / "report.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ({"problem_id": "14A1", "human_accuracy": "101"}, "human_accuracy: '101' is no percentage"),
        (
            {"problem_id": "14A1", "human_accuracy": "many"},
            "human_accuracy: 'many' is no percentage",
        ),
        ({"problem_id": "14A1", "human_accuracy": "nan"}, "human_accuracy: 'nan' is no percentage"),
        ({"problem_id": "14A1", "human_accuracy": [1]}, "human_accuracy: '[1]' is no percentage"),
        ({"human_accuracy": "50"}, "no id of a question"),
    ],
)
def test_a_line_that_is_no_percentage_is_told_with_its_place(make_pairs, tmp_path, line, error):
    told = make_pairs({"problem_id": "14A3", "human_accuracy": "55"}, line)
    assert told.code == 3
    assert f"error: people.jsonl:2: {error}\n" in told.err
    assert not (tmp_path / "pairs").exists()


def test_a_file_that_is_not_there_is_told(cli, demo_run, tmp_path):
    told = cli(
        "make-pairs", "--corpus", demo_run, "--recipe", RECIPE, "--human", tmp_path / "none.jsonl",
        "--out", tmp_path / "pairs",
    )  # fmt: skip
    assert told.code == 3
    assert f"error: {tmp_path / 'none.jsonl'}: no such file\n" in told.err
