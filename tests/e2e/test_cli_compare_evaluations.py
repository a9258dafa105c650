"""`curate compare` of evaluations, their report, and what the training data held."""

import json
import re
import shutil

import jsonschema
import polars as pl
import pytest

from curate.jobs.schema import schema_text

SAID = {"base": ("b", "b", "c"), "=rpo": ("a", "b", "a")}


@pytest.fixture(scope="module")
def evaluated(cli, items, tmp_path_factory):
    """Two evaluations of recorded answers in two modes; one knows the audit of its training data."""
    folder = tmp_path_factory.mktemp("evaluated")
    exam, rows = folder / "held.jsonl", items()
    exam.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    leak = {**rows[0], "id": "t0", "year": 2010}
    (folder / "train.jsonl").write_text(json.dumps(leak) + "\n", "utf-8")
    benchmark = ("--benchmark", f"held={exam}")
    cli("audit", folder / "train.jsonl", *benchmark, "--out", folder / "audit")
    for name, letters in SAID.items():
        answers = folder / f"{name}.jsonl"
        told = [
            {"question_id": row["id"], "text": text, "mode": mode}
            for row, letter in zip(rows, letters, strict=True)
            for mode, text in (("alpaca", letter), ("cot", "a"))
        ]
        answers.write_text("".join(json.dumps(one) + "\n" for one in told), "utf-8")
        ran = cli(
            "evaluate", "--engine", "recorded", "--responses", answers, *benchmark, "--mode",
            "alpaca,cot", "--corpus", folder / "audit", "--out", folder / name, "--format", "json",
        )  # fmt: skip
        assert ran.code == 0, ran.err
        (folder / f"{name}.told").write_text(ran.out, "utf-8")
    return folder


def test_an_evaluation_tells_how_stable_it_is_and_what_training_held(evaluated, cli, read_json):
    told = read_json(evaluated / "base.told")
    drop = next(one for one in told["stability"] if one["metric"] == "published")
    assert (drop["modes"], drop["drop"], drop["wrong_right"]) == ("alpaca -> cot", -1.0, 3)
    run = evaluated / "base"
    stability = read_json(run / "stability.json")
    jsonschema.validate(stability, json.loads(schema_text("stability")))
    jsonschema.validate(
        read_json(run / "report.json"), json.loads(schema_text("evaluation_report"))
    )
    leaks = stability["leaks"]
    assert (leaks["verdict"], leaks["checked"]) == ("fail", ["held"])
    found = leaks["rows"][0]
    assert (found["found"], found["items"], found["others"]) == ("in_data", 1, 2)
    page = (run / "report.html").read_bytes()
    assert cli("report", run).code == 0
    assert (run / "report.html").read_bytes() == page
    assert cli("verify", run).code == 0


def test_evaluations_are_compared_in_every_form(evaluated, cli, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")
    files = [tmp_path / f"table.{form}" for form in ("md", "tex", "html", "json")]
    outs = [word for file in files for word in ("--out", file)]
    ran = cli(
        "compare", f"先={evaluated / 'base'}", evaluated / "=rpo", "--baseline", "=rpo", "--published",
        *outs,
    )  # fmt: skip
    assert ran.code == 0, ran.err
    lines = [" ".join(line.split()) for line in ran.out.splitlines()]
    assert any(re.match(r"先 \.000 \[\.000, \.\d+\] −66\.7 \[", line) for line in lines)
    assert any(line.startswith("=rpo .667 [") for line in lines)
    assert "no table that a paper prints has a column of these runs" in ran.err
    assert "| 先 | .000" in files[0].read_text("utf-8")
    assert r"\caption{held, ja: points, as published" in files[1].read_text("utf-8")
    assert "<bdi>先</bdi>" in files[2].read_text("utf-8")
    told = json.loads(files[3].read_bytes())
    jsonschema.validate(told, json.loads(schema_text("comparison")))
    assert [run["leaks"][0]["items"] for run in told["runs"]] == [1, 1]
    assert told["tables"][0]["tests"] == 2


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--baseline", "bse"], "no run 'bse'. Did you mean 'base'?"),
        (["--out", "table.pdf"], "do not know how to write .pdf"),
    ],
)
def test_what_cannot_be_meant_is_refused(evaluated, cli, more, words):
    ran = cli("compare", evaluated / "base", evaluated / "=rpo", *more)
    assert ran.code == 2
    assert words in ran.err


def test_runs_of_several_kinds_or_of_one_name_are_refused(evaluated, cli):
    ran = cli("compare", evaluated / "base", evaluated / "audit")
    assert ran.code == 2
    assert "a run of `curate evaluate` and one of `curate audit` cannot be compared" in ran.err
    twice = cli("compare", evaluated / "base", evaluated / "base")
    assert "two runs are called 'base'" in twice.err
    audits = cli("compare", *[evaluated / "audit"] * 3)
    assert "two runs of audit are compared, got 3" in audits.err
    published = cli("compare", *[evaluated / "audit"] * 2, "--published")
    assert "are for evaluations" in published.err
    corpus = cli(
        "evaluate", "--engine", "recorded", "--responses", evaluated / "base.jsonl", "--corpus",
        evaluated / "base", "--out", evaluated / "x", "--mode", "alpaca", "--benchmark",
        f"held={evaluated / 'held.jsonl'}",
    )  # fmt: skip
    assert "has no audit of training data" in corpus.err


def test_other_keys_and_damaged_tables_are_errors(evaluated, cli, tmp_path):
    other = shutil.copytree(evaluated / "=rpo", tmp_path / "other")
    table = other / "evaluation.parquet"
    frame = pl.read_parquet(table)
    frame.with_columns(points=pl.lit(3, dtype=pl.Int64)).write_parquet(table)
    ran = cli("compare", evaluated / "base", other)
    assert ran.code == 3
    assert "keys or points of held differ" in ran.err
    pl.concat([frame, frame]).write_parquet(table)
    assert "an item stands twice" in cli("compare", evaluated / "base", other).err
    table.write_bytes(table.read_bytes()[:-90])
    assert "damaged Parquet" in cli("compare", evaluated / "base", other).err
