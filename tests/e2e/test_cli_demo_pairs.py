"""The second half of `curate demo`: pairs from recorded answers that show every grade."""

import json

import pytest

from curate.models import Grade


@pytest.fixture(scope="module")
def pairs_run(demo_run):
    return demo_run.with_name(f"{demo_run.name}-pairs")


def test_the_pairs_stand_beside_the_corpus_and_name_it(pairs_run, demo_run, read_json, table):
    audit = read_json(pairs_run / "audit.json")
    assert audit["verdict"] == "pass"
    assert audit["parent"] == read_json(demo_run / "audit.json")["content_sha256"]
    pairs = table(pairs_run / "pairs.parquet")
    assert audit["rows"] == len(pairs) == 60
    assert {row["audit"] for row in pairs} == {audit["content_sha256"]}


def test_every_grade_is_there_and_two_enter_pairs(pairs_run, read_json, table):
    told = read_json(pairs_run / "report.json")
    rows = {row["grade"]: row for row in told["grades"]}
    assert rows.keys() == {grade.value for grade in Grade}
    assert {grade for grade, row in rows.items() if row["in_pairs"]} == {"correct", "incorrect"}
    shown = {grade for example in told["examples"] for grade in example["grades"]}
    assert shown == rows.keys()
    grades = {
        (r["question_id"], r["index"]): r["grade"] for r in table(pairs_run / "responses.parquet")
    }
    for pair in table(pairs_run / "pairs.parquet"):
        for side in ("chosen", "rejected"):
            if pair[f"{side}_index"] is not None:
                grade = grades[pair["question_id"], pair[f"{side}_index"]]
                assert grade == {"chosen": "correct", "rejected": "incorrect"}[pair[f"{side}_tier"]]


def test_the_sample_that_quotes_the_benchmark_is_in_no_pair(pairs_run, read_json, table):
    ledger = {stage["stage"]: stage for stage in read_json(pairs_run / "ledger.json")["stages"]}
    assert ledger["responses"]["dropped"]["leakage.contaminated"] == 1
    pairs = table(pairs_run / "pairs.parquet")
    assert not any("素潜り" in row["chosen"] + row["rejected"] for row in pairs)


def test_an_explanation_that_nobody_verified_is_no_ground_truth(pairs_run, table):
    tiers = {
        row["chosen_tier"]
        for row in table(pairs_run / "pairs.parquet")
        if row["question_id"] == "13A1"
    }
    assert tiers == {"chosen"}


def test_the_page_is_the_record_s(pairs_run, cli):
    page = (pairs_run / "report.html").read_bytes()
    (pairs_run / "report.html").unlink()
    told = cli("report", pairs_run, "--format", "json")
    assert json.loads(told.out)["pairs"] == 60
    assert (pairs_run / "report.html").read_bytes() == page


def test_the_same_bytes_again_but_for_the_manifest(pairs_run, cli, contents, tmp_path):
    assert cli("demo", "--out", tmp_path / "other").code == 0
    one, two = contents(pairs_run), contents(tmp_path / "other-pairs")
    assert one.keys() == two.keys()
    assert {name for name in one if one[name] != two[name]} == {"manifest.json"}
