"""Files of all formats on the command line: what is read, what is not, and what to do then."""

import json

import pytest


@pytest.fixture
def audit(cli, held_out, tmp_path):
    """Audits a path against the small benchmark."""

    def audit(path, *more):
        words = ("--benchmark", f"held-out={held_out}", "--out", tmp_path / "audit", *more)
        return cli("audit", path, *words, "--format", "json")

    return audit


def _table(rows, options="ABCDE"):
    lines = ["id,exam,year,text," + ",".join(options) + ",answer"]
    for row in rows:
        cells = [*row["choices"], *[""] * (len(options) - len(row["choices"]))]
        plain = [row["id"], row["exam"], str(row["year"]), row["text"]]
        lines.append(",".join([*plain, *cells, row["answers"][0][0]]))
    return "\n".join(lines)


def test_a_leak_in_a_table_is_found(audit, write, items):
    told = audit(write("table.csv", _table(items())))
    assert told.code == 4
    assert told.data["findings"]["contaminated"] == len(items())


def test_files_that_nobody_reads_are_told(build, write, old, tmp_path):
    write("in/old.jsonl", old())
    write("in/more.xlsx", b"PK")
    write("in/a/settings.json", '{\n "a": 1\n}')
    write("in/README.md", "x")
    note = "questions: 2 other files are not read (a/settings.json, more.xlsx)"
    assert note in build(tmp_path / "in").err
    told = build(tmp_path / "in", "--dry-run", "--format", "json", out=tmp_path / "dry")
    assert note in told.err
    assert [one["rows"] for one in told.data["inputs"]] == [3]


def test_a_folder_of_nothing_that_is_read_says_what_is(build, write):
    told = build(write("in/rows.xlsx", b"PK").parent)
    assert told.code == 3
    assert "no file that can be read" in told.err
    assert ".jsonl" in told.err
    assert ".csv" in told.err


def test_a_table_without_a_header_is_not_taken_for_one_with_it(build, audit, write):
    path = write("t.csv", "心臓は何をするか。,打つ\n肺は何をするか。,吸う\n")
    for told in (build(path), audit(path)):
        assert told.code == 3
        assert "does not look like the names of columns" in told.out + told.err
        assert "columns: [" in told.out + told.err


def test_a_recipe_names_columns_and_options(cli, write, items, tmp_path):
    rows = _table(items()).split("\n", 1)[1]
    write("t.csv", rows)
    recipe = {
        "recipe": "corpus/1",
        "sources": [{
            "path": "t.csv",
            "layout": "questions",
            "columns": ["id", "exam", "year", "text", *"ABCDE", "answer"],
            "fields": {"choices": list("ABCDE")},
        }],
        "stages": [{"stage": "year"}],
    }  # fmt: skip
    path = write("recipe.yaml", json.dumps(recipe))
    told = cli("build-corpus", "--recipe", path, "--out", tmp_path / "run", "--format", "json")
    assert told.data["kept"] == len(items())


@pytest.mark.data
def test_reused_items_of_a_later_exam_are_found(real_data, cli, table, tmp_path):
    words = ("--benchmark", f"igakuqa={real_data}/igakuqa", "--max-bad", 3, "--out", tmp_path / "a")
    told = cli("audit", real_data / "igakuqa119", *words, "--format", "json")
    assert (told.code, told.data["rows_in"], told.data["quarantined"]) == (4, 400, 3)
    leaks = {
        (row["record_id"], row["item_id"])
        for row in table(tmp_path / "a/findings.parquet")
        if row["verdict"] == "contaminated"
    }
    assert leaks >= {
        ("119A46", "115A39"), ("119C75", "115C75"), ("119D64", "112D39"),
        ("119D68", "113A46"), ("119F53", "115C37"),
    }  # fmt: skip
