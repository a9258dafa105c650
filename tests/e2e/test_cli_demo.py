"""`curate demo`: the whole run folder, the planted rows, and a second run that does nothing."""

import json

import pytest

from curate.tables import share

EXPECTED = [
    json.loads(line)
    for line in share("pipelines", "demo", "expected.jsonl").read_text("utf-8").splitlines()
]


@pytest.fixture(scope="module")
def kept(demo_run, table):
    return table(demo_run / "kept.parquet")


@pytest.fixture(scope="module")
def dropped(demo_run, table):
    return table(demo_run / "dropped.parquet")


def test_the_run_folder_is_complete(demo_run, names, corpus_files):
    assert names(demo_run) == corpus_files


def test_the_audit_passes(demo_run, read_json, kept):
    audit = read_json(demo_run / "audit.json")
    assert audit["format"] == "audit/1"
    assert audit["verdict"] == "pass"
    assert audit["rows"] == len(kept)
    assert audit["counts"] == {"contaminated": 0, "recycled": 0, "review": 0, "boilerplate": 0}
    [benchmark] = audit["benchmarks"]
    assert benchmark["name"] == "held-out"
    assert benchmark["items_expected"] == benchmark["items_indexed"] == 24
    undetermined = [row for row in EXPECTED if row["expected"] == "undetermined"]
    assert benchmark["items_undetermined"] == len(undetermined) == 1


@pytest.mark.parametrize(
    "plant", [row for row in EXPECTED if row["expected"] != "undetermined"], ids=lambda r: r["id"]
)
def test_every_planted_row_is_treated_as_expected(plant, kept, dropped):
    reasons = [row["dropped_by"] for row in dropped if row["id"] == plant["id"]]
    kept_rows = [row for row in kept if row["id"] == plant["id"]]
    if plant["expected"] == "kept":
        assert (reasons, len(kept_rows)) == ([], 1)
    elif plant["expected"] == "duplicate.id":
        assert (reasons, len(kept_rows)) == (["duplicate.id"], 1)
    else:
        assert (reasons, kept_rows) == ([plant["expected"]], [])


def test_nothing_but_the_planted_rows_is_dropped(dropped):
    planted = {row["id"] for row in EXPECTED if row["expected"] not in ("kept", "undetermined")}
    assert {row["id"] for row in dropped} == planted


def test_the_three_bad_lines_are_quarantined(demo_run, read_lines):
    found = read_lines(demo_run / "quarantine.jsonl")
    assert [(row["file"], row["line"]) for row in found] == [
        ("broken/broken.jsonl", 2),
        ("broken/broken.jsonl", 4),
        ("broken/broken.jsonl", 6),
    ]
    assert found[0]["error"].startswith("not JSON")
    assert found[1]["error"] == "answers: 'g' is beyond the 5 choices"
    assert found[2]["error"] == "text: expected text, found a number"


def test_the_ledger_adds_up_stage_by_stage(demo_run, read_json, kept, dropped):
    ledger = read_json(demo_run / "ledger.json")
    assert ledger["rows_in"] == 100
    assert ledger["rows_in"] == ledger["kept"] + ledger["dropped"] + ledger["quarantined"]
    assert (ledger["kept"], ledger["dropped"]) == (len(kept), len(dropped))
    rows = ledger["rows_in"] - ledger["quarantined"]
    for stage in ledger["stages"]:
        assert stage["in"] == rows
        rows -= sum(stage["dropped"].values())
        assert stage["out"] == rows
    assert rows == len(kept)
    assert all(row["dropped_by"] for row in dropped)


def test_a_duplicate_names_its_survivor(dropped):
    survivors = {row["id"]: row["survivor_id"] for row in dropped if row["survivor_id"]}
    assert survivors == {"16A12": "14A4", "17A12": "15A5", "15B2": "15B2"}


def test_kept_rows_are_rendered(kept):
    question = next(row for row in kept if row["id"] == "14A1")
    assert question["rendered"].startswith("Question: スケートで転んで")
    assert "a: 舟状骨\n" in question["rendered"]
    assert question["rendered"].rstrip().endswith(" Answer:a")
    page = next(row for row in kept if row["id"] == "tb01")
    assert page["rendered"] == page["text"]


def test_a_second_run_says_that_it_is_done_and_changes_nothing(demo_copy, cli, contents):
    before = contents(demo_copy)
    again = cli("demo", "--out", demo_copy)
    assert again.code == 0
    assert again.out.startswith("Already done, nothing to do\n")
    assert contents(demo_copy) == before


def test_two_folders_hold_the_same_bytes_but_for_the_manifest(demo_run, cli, contents, tmp_path):
    assert cli("demo", "--out", tmp_path / "other").code == 0
    one, two = contents(demo_run), contents(tmp_path / "other")
    assert one.keys() == two.keys()
    assert {name for name in one if one[name] != two[name]} == {"manifest.json"}


def test_clock_and_host_stand_in_the_manifest_alone(demo_run, read_json, contents):
    manifest = read_json(demo_run / "manifest.json")
    assert manifest["status"] == "done"
    assert manifest["exit"] == 0
    assert manifest["host"]
    told = {name: data for name, data in contents(demo_run).items() if name != "manifest.json"}
    for word in (manifest["started"], manifest["finished"], str(demo_run.parent)):
        assert not [name for name, data in told.items() if word.encode() in data]


def test_json_is_one_object_with_run_and_verdict(demo_run, cli):
    told = cli("demo", "--out", demo_run, "--format", "json")
    assert (told.code, told.err) == (0, "")
    assert told.out.count("\n") == 1
    assert told.data["run"] == str(demo_run)
    assert told.data["verdict"] == "pass"
    assert told.data["exit"] == 0


def test_quiet_prints_nothing(tmp_path, cli):
    told = cli("demo", "--out", tmp_path / "quiet", "--format", "quiet")
    assert (told.code, told.out, told.err) == (0, "", "")


def test_people_are_told_the_next_command_on_stderr(demo_run, cli):
    told = cli("demo", "--out", demo_run)
    assert "rows in         100\n" in told.out
    pairs = demo_run.with_name(f"{demo_run.name}-pairs")
    reports = f"{demo_run / 'report.html'} and {pairs / 'report.html'}"
    assert told.err == f"Next: open {reports}, then: curate verify {pairs}\n"


def test_without_out_it_writes_to_runs_demo_in_a_process_of_its_own(python, names, tmp_path):
    told = python("-m", "curate", "demo", "--format", "json", cwd=tmp_path)
    assert told.code == 0
    assert told.data["run"] == "runs/demo"
    assert "manifest.json" in names(tmp_path / "runs" / "demo")
