"""Benchmarks, decisions and run folders: which exit code, and what is left behind."""

import fcntl
import os
import shutil

import pytest

from curate.tables import share

PROBLEM = "is incomplete, so there is no verdict: "


@pytest.fixture
def old_file(write, old):
    return write("old.jsonl", old())


@pytest.fixture
def no_verdict(run, names, corpus_files, read_json):
    """Asserts that a run ended without a verdict, with everything written."""

    def no_verdict(folder=run):
        assert names(folder) == corpus_files
        audit = read_json(folder / "audit.json")
        assert audit["verdict"] == "none"
        return audit

    return no_verdict


def test_without_a_benchmark_there_is_no_verdict(cli, old_file, run, no_verdict, read_json):
    told = cli("build-corpus", old_file, "--max-year", 2017, "--out", run)
    assert told.code == 4
    assert "error: there is no verdict: no benchmark was given\n" in told.err
    assert no_verdict()["benchmarks"] == []
    assert read_json(run / "manifest.json")["status"] == "done"
    again = cli("build-corpus", old_file, "--max-year", 2017, "--out", run)
    assert again.code == 4
    assert again.out.startswith("Already done, nothing to do\n")


def test_without_a_year_filter_that_is_said(cli, old_file, held_out, run):
    told = cli("build-corpus", old_file, "--benchmark", f"own={held_out}", "--out", run)
    assert told.code == 0
    assert "note: no year filter: give --max-year\n" in told.err


def test_a_benchmark_of_nothing_checkable(build, cli, write, items, old_file, run, no_verdict):
    bench = write("short.jsonl", [{**items()[0], "text": "何か。", "choices": ["あ"]}])
    told = cli("build-corpus", old_file, "--benchmark", f"own={bench}", "--out", run)
    assert told.code == 4
    assert "error: there is no verdict: no item of the benchmark could be checked\n" in told.err
    [benchmark] = no_verdict()["benchmarks"]
    assert benchmark["items_indexed"] == benchmark["items_undetermined"] == 1


def test_a_benchmark_path_that_is_not_there(build, cli, old_file, run, tmp_path, no_verdict):
    words = ("--benchmark", f"igakuqa={tmp_path / 'nowhere'}")
    told = cli("build-corpus", old_file, *words, "--out", run)
    assert told.code == 3
    assert f"error: {tmp_path / 'nowhere'}: igakuqa {PROBLEM}there is no such file" in told.err
    [benchmark] = no_verdict()["benchmarks"]
    assert benchmark["items_indexed"] == 0
    assert benchmark["absent_years"] == [2018, 2019, 2020, 2021, 2022]


def test_a_benchmark_with_a_broken_line(build, cli, held_out, old_file, run, no_verdict):
    lines = held_out.read_bytes().splitlines()
    held_out.write_bytes(b"\n".join([lines[0], lines[1][:50], lines[2]]))
    told = build(old_file)
    assert told.code == 3
    assert f"error: held-out/held_out.jsonl:2: held-out {PROBLEM}not " in told.err
    [benchmark] = no_verdict()["benchmarks"]
    assert (benchmark["items_expected"], benchmark["items_indexed"]) == (3, 2)


def test_a_mended_benchmark_is_looked_at_again(build, held_out, old_file, tmp_path, cli):
    folder = tmp_path / "bench"
    folder.mkdir()
    gz = folder / "items.jsonl.gz"
    gz.write_bytes(b"\x1f\x8b broken")
    words = ("build-corpus", old_file, "--benchmark", f"own={folder}", "--out", tmp_path / "run")
    assert cli(*words).code == 3
    gz.unlink()
    shutil.copy(held_out, folder / "items.jsonl")
    mended = cli(*words)
    assert mended.code == 0
    assert cli(*words).out.startswith("Already done")
    shutil.copy(old_file, folder / "more.jsonl")
    changed = cli(*words)
    assert changed.code == 2
    assert "the folder holds a run with other input files" in changed.err


def test_years_pick_the_items_of_a_benchmark(build, old_file, run, read_json):
    assert build(old_file, "--years", "2021").code == 0
    [benchmark] = read_json(run / "audit.json")["benchmarks"]
    assert (benchmark["years"], benchmark["items_expected"]) == ([2021], 1)


@pytest.fixture
def little_igakuqa(write, items):
    """A folder with one section of one year of the known benchmark: the others are missing."""

    def little(count):
        rows = []
        for number in range(1, count + 1):
            item = items()[number % 3]
            rows.append(
                {
                    "problem_id": f"112E{number}",
                    "problem_text": f"{item['text']}{number}",
                    "choices": item["choices"],
                    "text_only": True,
                    "answer": ["a"],
                    "points": "1",
                }
            )
        return write("igakuqa/data/2018/112-E.jsonl", rows).parents[2]

    return little


def test_missing_sections_of_a_known_benchmark(cli, old_file, run, little_igakuqa, no_verdict):
    words = ("--benchmark", f"igakuqa={little_igakuqa(51)}")
    told = cli("build-corpus", old_file, *words, "--out", run)
    assert told.code == 3
    assert f"igakuqa {PROBLEM}2018 section A has 0 items, expected 75\n" in told.err
    [benchmark] = no_verdict()["benchmarks"]
    assert (benchmark["items_expected"], benchmark["items_indexed"]) == (400, 51)
    assert benchmark["absent_years"] == [2019, 2020, 2021, 2022]


@pytest.mark.data
def test_one_section_file_removed_from_the_real_benchmark(
    cli, old_file, run, real_data, tmp_path, no_verdict
):
    copy = tmp_path / "igakuqa"
    shutil.copytree(real_data / "igakuqa" / "data" / "2018", copy / "data" / "2018")
    (copy / "data" / "2018" / "112-D.jsonl").unlink()
    told = cli("build-corpus", old_file, "--benchmark", f"igakuqa={copy}", "--out", run)
    assert told.code == 3
    assert f"igakuqa {PROBLEM}2018 section D has 0 items, expected 75\n" in told.err
    [benchmark] = no_verdict()["benchmarks"]
    assert (benchmark["items_expected"], benchmark["items_indexed"]) == (400, 325)


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ('{"record_id": "10A1"}', "benchmark: Field required"),
        ("{", "not JSON"),
        (
            '{"record_id": "a", "benchmark": "b", "item_id": "c", "decision": "no", "by": "d", "at": "2025"}',
            "decision: Input should be ",
        ),
        ("[]", "Input should be"),
    ],
)
def test_an_unreadable_decision_line(build, write, old_file, run, line, error):
    good = (
        '{"record_id": "10A1", "benchmark": "held-out", "item_id": "30A1", '
        '"decision": "accepted", "by": "reader", "at": "2025-01-01"}'
    )
    told = build(old_file, "--decisions", write("decisions.jsonl", f"{good}\n\n{line}\n"))
    assert told.code == 3
    assert told.err.startswith("error: /")
    assert "decisions.jsonl:3: " in told.err
    assert error in told.err
    assert not run.exists()


def test_decisions_that_are_not_there(build, old_file, tmp_path):
    told = build(old_file, "--decisions", tmp_path / "no.jsonl")
    assert told.code == 3
    assert f"error: {tmp_path / 'no.jsonl'}: reading the decisions: No such file" in told.err


def test_a_run_folder_of_other_arguments_stays_as_it_is(build, old_file, run, contents):
    assert build(old_file).code == 0
    before = contents(run)
    told = build(old_file, "--max-bad", 7)
    assert told.code == 2
    assert f"error: {run}: the folder holds a run with other arguments (max_bad)\n" in told.err
    assert contents(run) == before


def test_a_run_folder_of_another_command(cli, demo_copy, old_file, contents):
    before = contents(demo_copy)
    told = cli("audit", old_file, "--out", demo_copy)
    assert told.code == 2
    assert "the folder holds a run with other arguments: it is a build-corpus run" in told.err
    assert contents(demo_copy) == before


def test_a_run_folder_of_another_input(build, write, old, old_file, run):
    assert build(old_file).code == 0
    write("old.jsonl", old()[:2])
    told = build(old_file)
    assert told.code == 2
    assert f"error: {run}: the folder holds a run with other input files\n" in told.err


@pytest.mark.parametrize("name", ["notes.txt", ".work/mine.txt", "folder/deep.txt"])
def test_a_folder_with_foreign_files_stays_as_it_is(build, write, old_file, run, name):
    write(f"run/{name}", "mine")
    told = build(old_file)
    assert told.code == 2
    foreign = name.partition("/")[0]
    assert told.err.startswith(
        f"error: {run}: the folder is not empty and holds no run (it has {foreign!r})"
    )
    assert [path.relative_to(run).as_posix() for path in run.rglob("*") if path.is_file()] == [name]
    assert (run / name).read_text(encoding="utf-8") == "mine"


def test_an_empty_folder_is_taken(build, old_file, run):
    run.mkdir()
    assert build(old_file).code == 0


def test_a_run_that_is_being_written_is_left_alone(build, old_file, run):
    run.mkdir()
    handle = os.open(run, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        told = build(old_file)
    finally:
        os.close(handle)
    assert told.code == 2
    assert f"error: {run}: another process is writing this run\n" in told.err
    assert not list(run.iterdir())


def test_a_run_that_was_cut_short_goes_on(build, old_file, run, tmp_path, contents, monkeypatch):
    def cut(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("curate.jobs.execute._write", cut)
        assert build(old_file).code == 130
    assert (run / ".work").is_dir()
    assert build(old_file).code == 0
    assert build(old_file, out=tmp_path / "whole").code == 0
    one, two = contents(run), contents(tmp_path / "whole")
    assert {name for name in one | two if one.get(name) != two.get(name)} == {"manifest.json"}


def test_the_same_source_given_by_another_path_gives_the_same_bytes(
    build, old_file, tmp_path, contents
):
    moved = tmp_path / "elsewhere" / "old.jsonl"
    moved.parent.mkdir()
    shutil.copy(old_file, moved)
    assert build(old_file, out=tmp_path / "one").code == 0
    assert build(moved, out=tmp_path / "two").code == 0
    one, two = contents(tmp_path / "one"), contents(tmp_path / "two")
    assert {name for name in one if one[name] != two[name]} == {"manifest.json"}


def test_a_corpus_of_a_run_is_audited_as_itself(build, cli, write, old, run, tmp_path, read_json):
    rows = old()
    rows[2]["year"] = 2016
    assert build(write("old.jsonl", rows)).code == 0
    cut = tmp_path / "cut"
    assert build(run, "--set", "max_year=2012", out=cut).code == 0
    audit = read_json(cut / "audit.json")
    kept = {
        entry["path"]: entry["content_sha256"]
        for entry in read_json(cut / "manifest.json")["outputs"]
    }
    assert audit["rows"] == 2
    assert audit["content_sha256"] == kept["kept.parquet"]
    assert audit["content_sha256"] != read_json(run / "audit.json")["content_sha256"]


def test_a_leak_is_dropped_and_named(build, write, old, items, run, table):
    leak = {**items()[0], "id": "10A9", "exam": "10", "year": 2010}
    assert build(write("old.jsonl", [*old(), leak])).code == 0
    [row] = table(run / "dropped.parquet")
    assert (row["id"], row["dropped_by"]) == ("10A9", "leakage.recycled")
    findings = table(run / "findings.parquet")
    assert {(row["record_id"], row["item_id"], row["verdict"]) for row in findings} == {
        ("10A9", "30A1", "recycled")
    }


def test_a_leak_that_is_not_dropped_fails_the_run(build, write, old, items, run, read_json):
    leak = {**items()[0], "id": "10A9", "exam": "10", "year": 2010}
    path = write("old.jsonl", [*old(), leak])
    told = build(path, "--set", "stages.leakage.drop=[]")
    assert told.code == 4
    assert "error: the audit fails: 1 leak (0 contaminated, 1 recycled) in 4 rows\n" in told.err
    assert read_json(run / "audit.json")["verdict"] == "fail"
    assert build(path, "--set", "stages.leakage.drop=[]").code == 4


def test_a_decision_brings_a_row_back(build, write, old, items, run, tmp_path, table):
    path = write("old.jsonl", [*old(), {**items()[0], "id": "10A9", "exam": "10", "year": 2010}])
    decision = {
        "record_id": "10A9",
        "benchmark": "held-out",
        "item_id": "30A1",
        "decision": "false_positive",
        "by": "reader",
        "at": "2025-01-01",
    }
    assert build(path, "--decisions", write("decisions.jsonl", [decision])).code == 0
    assert {row["id"] for row in table(run / "kept.parquet")} == {"10A1", "10A2", "10A3", "10A9"}
    later = [decision, {**decision, "decision": "contaminated"}]
    words = ("--decisions", write("decisions.jsonl", later))
    assert build(path, *words, out=tmp_path / "later").code == 0
    [row] = table(tmp_path / "later" / "dropped.parquet")
    assert (row["id"], row["dropped_by"]) == ("10A9", "leakage.recycled")


def test_a_recipe_without_the_leakage_stage_gives_no_verdict(build, write, items, run, no_verdict):
    recipe = write("own.yaml", "recipe: corpus/1\nstages: [{stage: year}, {stage: render}]\n")
    leak = {**items()[0], "id": "10A9", "exam": "10", "year": 2010}
    told = build(write("old.jsonl", [leak]), "--recipe", recipe)
    assert told.code == 4
    assert "error: there is no verdict: the recipe has no leakage stage\n" in told.err
    assert no_verdict()["rows"] == 1


def test_the_recipe_of_an_audit_builds_no_corpus(build, old_file, run):
    told = build(old_file, "--recipe", share("pipelines", "audit.yaml"))
    assert told.code == 2
    assert "error: audit.yaml:2: `curate build-corpus` wants a recipe of kind corpus/1" in told.err
    assert not run.exists()
