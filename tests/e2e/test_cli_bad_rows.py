"""Bad input files and rows: told with file, line and field, set aside, and never lost."""

import gzip
import json

import pytest


def _lines(rows):
    return [json.dumps(row, ensure_ascii=False).encode() for row in rows]


@pytest.fixture
def ledger(run, read_json):
    """Returns the ledger's totals, which must add up."""

    def ledger():
        told = read_json(run / "ledger.json")
        assert told["rows_in"] == told["kept"] + told["dropped"] + told["quarantined"]
        return tuple(told[name] for name in ("rows_in", "kept", "dropped", "quarantined"))

    return ledger


@pytest.fixture
def quarantine(run, read_lines):
    return lambda: read_lines(run / "quarantine.jsonl")


def test_good_rows_pass(build, write, old, ledger, run, names, corpus_files):
    told = build(write("old.jsonl", old()))
    assert (told.code, told.err) == (0, f"Next: curate verify {run}\n")
    assert ledger() == (3, 3, 0, 0)
    assert names(run) == corpus_files


def test_a_line_that_is_not_utf8(build, write, old, ledger, quarantine, run, names, corpus_files):
    good = _lines(old())
    broken = b'{"id": "10A9", "text": "' + "肺".encode("cp932") + b'"}'
    told = build(write("old.jsonl", b"\n".join([good[0], broken, *good[1:]])))
    assert told.code == 3
    assert "error: questions/old.jsonl:2: 1 rows could not be read (--max-bad 0)" in told.err
    assert "not UTF-8 at byte 25" in told.err
    assert ledger() == (4, 3, 0, 1)
    [row] = quarantine()
    assert (row["file"], row["line"], row["error"]) == (
        "questions/old.jsonl",
        2,
        "not UTF-8 at byte 25",
    )
    assert "\\x94" in row["raw"]
    assert names(run) == corpus_files


def test_a_file_in_utf16_is_refused(build, write, old):
    path = write("old.jsonl", "\n".join(map(json.dumps, old())).encode("utf-16"))
    told = build(path)
    assert told.code == 3
    assert f"error: {path}: is UTF-16, not UTF-8 text" in told.err


def test_a_byte_order_mark_is_no_part_of_the_first_row(build, write, old, ledger):
    told = build(write("old.jsonl", b"\xef\xbb\xbf" + b"\n".join(_lines(old()))))
    assert told.code == 0
    assert ledger() == (3, 3, 0, 0)


def test_blank_lines_are_no_rows_but_count_as_lines(build, write, old, ledger, quarantine):
    good = _lines(old())
    told = build(write("old.jsonl", b"\n".join([good[0], b"", b"  ", b"[1]", *good[1:], b""])))
    assert told.code == 3
    assert ledger() == (4, 3, 0, 1)
    assert [(row["line"], row["error"]) for row in quarantine()] == [
        (4, "expected a JSON object, found a list")
    ]


def test_a_broken_line_in_the_middle_costs_only_itself(build, write, old, ledger, quarantine):
    good = _lines(old())
    cut = good[1].decode()[:60]
    told = build(write("old.jsonl", b"\n".join([good[0], cut.encode(), good[2]])))
    assert told.code == 3
    assert "questions/old.jsonl:2: " in told.err
    assert "not JSON" in told.err
    assert ledger() == (3, 2, 0, 1)
    [row] = quarantine()
    assert row["raw"] == cut


def test_a_truncated_gzip_keeps_what_it_could_read(build, write, old, ledger, quarantine):
    whole = gzip.compress(b"\n".join(_lines(old())) + b"\n", mtime=0)
    path = write("old.jsonl", [])
    path = path.rename(path.with_name("old.jsonl.gz"))
    path.write_bytes(whole[:-20])
    told = build(path)
    assert told.code == 3
    rows_in, kept, _, quarantined = ledger()
    assert (rows_in, quarantined) == (kept + 1, 1)
    [row] = quarantine()
    assert row["file"] == "questions/old.jsonl.gz"
    assert row["error"] == "the gzip stream ends early"


def test_a_whole_gzip_is_read(build, write, old, ledger):
    assert build(write("old.jsonl.gz", old())).code == 0
    assert ledger() == (3, 3, 0, 0)


def test_a_missing_column(build, write, old, run, names):
    rows = [{name: value for name, value in row.items() if name != "id"} for row in old()]
    told = build(write("old.jsonl", rows))
    assert told.code == 3
    assert (
        "error: questions/old.jsonl:1: no column 'id' in the first rows; found: exam," in told.err
    )
    assert not names(run) & {"audit.json", "kept.parquet"}


def test_a_misspelled_column(build, write, old):
    rows = [{"idd": row.pop("id"), **row} for row in old()]
    told = build(write("old.jsonl", rows))
    assert told.code == 3
    assert "questions/old.jsonl:1: no column 'id'" in told.err
    assert "Did you mean 'idd'?" in told.err


def test_a_misspelled_column_of_a_recipe(cli, write, old, tmp_path):
    rows = [{"problem_text": row.pop("text"), **row} for row in old()]
    source = write("old.jsonl", rows)
    recipe = write(
        "own.yaml",
        "recipe: corpus/1\n"
        "sources:\n"
        "  - {path: old.jsonl, layout: questions, fields: {text: problm_text}}\n"
        "stages: [{stage: render}]\n",
    )
    told = cli("build-corpus", source, "--recipe", recipe, "--out", tmp_path / "run")
    assert told.code == 3
    assert "no column 'problm_text' (for text)" in told.err
    assert "Did you mean 'problem_text'?" in told.err


def test_an_unknown_layout_names_the_file(build, write):
    path = write("words.jsonl", [{"word": "心臓"}])
    told = build(path)
    assert told.code == 3
    assert f"error: {path}: its layout is not a known one" in told.err


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("text", 5, "text: expected text, found a number"),
        ("id", ["10A2"], "id: expected an id, found a list"),
        ("choices", "心臓", "choices: expected a list of texts, found text"),
        ("choices", ["心臓", 2], "choices[2]: expected text, found a number"),
        ("answers", [["z"]], "answers: is neither letters a-j nor one number"),
        ("answers", [["e"]], "answers: 'e' is beyond the 4 choices"),
        ("points", 1.5, "points: 1.5 is not a whole number"),
        ("points", 1e300, "points: the number is too large"),
        ("number", 2**64 - 1, "number: the number is too large"),
        ("required", "yes", "required: expected true or false, found text"),
        ("year", [2010], "year: expected a year, found a list"),
    ],
)
def test_a_value_of_the_wrong_type(build, write, old, ledger, quarantine, field, value, error):
    rows = old()
    rows[1][field] = value
    told = build(write("old.jsonl", rows))
    assert told.code == 3
    assert (
        f"questions/old.jsonl:2: 1 rows could not be read (--max-bad 0); the first: {error}"
        in told.err
    )
    assert ledger() == (3, 2, 0, 1)
    [row] = quarantine()
    assert (row["file"], row["line"], row["error"]) == ("questions/old.jsonl", 2, error)
    assert json.loads(row["raw"]) == rows[1]


def test_an_id_that_repeats_with_equal_content(build, write, old, ledger, run, table):
    rows = old()
    told = build(write("old.jsonl", [*rows, rows[0], rows[0]]))
    assert told.code == 0
    assert ledger() == (5, 3, 2, 0)
    dropped = table(run / "dropped.parquet")
    assert [(row["id"], row["dropped_by"], row["survivor_id"]) for row in dropped] == [
        ("10A1", "duplicate.id", "10A1")
    ] * 2
    assert [row["provenance"]["line"] for row in dropped] == [4, 5]


def test_an_id_that_repeats_with_other_content(build, write, old, ledger, quarantine, run, table):
    rows = old()
    clash = {**rows[0], "text": rows[0]["text"] + "１つ選べ。"}
    path = write("old.jsonl", [*rows, clash])
    told = build(path)
    assert told.code == 3
    assert "questions/old.jsonl:1: 2 rows could not be read (--max-bad 0)" in told.err
    assert "id.conflict: id '10A1' of exam 10" in told.err
    assert ledger() == (4, 2, 0, 2)
    assert [(row["file"], row["line"]) for row in quarantine()] == [
        ("questions/old.jsonl", 1),
        ("questions/old.jsonl", 4),
    ]
    assert [json.loads(row["raw"]) for row in quarantine()] == [rows[0], clash]
    assert all(row["error"].startswith("id.conflict: ") for row in quarantine())
    assert {row["id"] for row in table(run / "kept.parquet")} == {"10A2", "10A3"}


def test_one_id_in_two_exams_is_no_clash(build, write, old, ledger):
    rows = [{**row, "id": "A1", "exam": str(n)} for n, row in enumerate(old(), start=10)]
    assert build(write("old.jsonl", rows)).code == 0
    assert ledger() == (3, 3, 0, 0)


def test_ids_that_clash_between_two_runs(cli, write, old, tmp_path, read_json, read_lines):
    rows = old()
    one = write("one.jsonl", rows)
    two = write("two.jsonl", [{**rows[0], "text": "膵臓から出て血糖を下げるホルモンはどれか。"}])
    for name, source in (("ONE", one), ("TWO", two)):
        cli("build-corpus", source, "--max-year", 2017, "--out", tmp_path / name)
    told = cli("build-corpus", tmp_path / "ONE", tmp_path / "TWO", "--out", tmp_path / "both")
    assert told.code == 3
    ledger = read_json(tmp_path / "both" / "ledger.json")
    assert (ledger["rows_in"], ledger["kept"], ledger["quarantined"]) == (4, 2, 2)
    quarantined = read_lines(tmp_path / "both" / "quarantine.jsonl")
    assert [json.loads(row["raw"])["id"] for row in quarantined] == ["10A1", "10A1"]


@pytest.mark.parametrize(
    ("year", "rule"),
    [
        ("2017?", "field:year: '2017?' is not a year"),
        (None, "field:year: no value"),
        (99999, "field:year: 99999 is not a year"),
    ],
)
def test_a_year_that_is_none_drops_the_row_and_says_why(
    build, write, old, ledger, run, table, year, rule
):
    rows = old()
    rows[1]["year"] = year
    assert build(write("old.jsonl", rows)).code == 0
    assert ledger() == (3, 2, 1, 0)
    [row] = table(run / "dropped.parquet")
    assert (row["id"], row["dropped_by"], row["year_rule"]) == ("10A2", "year.unknown", rule)


def test_an_empty_text_is_dropped(build, write, old, ledger, run, table):
    rows = old()
    rows[1]["text"] = " 　"
    assert build(write("old.jsonl", rows)).code == 0
    assert ledger() == (3, 2, 1, 0)
    assert [row["dropped_by"] for row in table(run / "dropped.parquet")] == ["text.empty"]


def test_max_bad_allows_that_many_and_no_more(build, write, old, ledger, tmp_path, quarantine):
    rows = [*_lines(old()), b"{", b"{{"]
    path = write("old.jsonl", b"\n".join(rows))
    refused = build(path, "--max-bad", 1, out=tmp_path / "refused")
    assert refused.code == 3
    assert "questions/old.jsonl:4: 2 rows could not be read (--max-bad 1)" in refused.err
    assert build(path, "--max-bad", 2).code == 0
    assert ledger() == (5, 3, 0, 2)
    assert len(quarantine()) == 2


def test_a_run_that_failed_runs_again(build, write, old, run, read_json):
    path = write("old.jsonl", b"\n".join([*_lines(old()), b"{"]))
    assert build(path).code == 3
    first = read_json(run / "manifest.json")
    assert (first["status"], first["exit"]) == ("failed", 3)
    again = build(path)
    assert again.code == 3
    assert not again.out.startswith("Already done")


@pytest.mark.parametrize("content", ["", "\n\n \n"])
def test_no_rows_at_all(build, write, content):
    told = build(write("old.jsonl", content), "--set", "sources.0.layout=questions")
    assert told.code == 3
    assert "is empty" in told.err or "no rows in any source" in told.err


def test_no_row_kept_is_no_error_but_is_said(build, write, old, ledger, run, table):
    told = build(write("new.jsonl", old(year=2019)))
    assert told.code == 0
    assert "note: no row was kept\n" in told.err
    assert ledger() == (3, 0, 3, 0)
    assert table(run / "kept.parquet") == []


def test_an_absent_source(build, tmp_path, run):
    told = build(tmp_path / "nowhere.jsonl")
    assert told.code == 3
    assert f"error: {tmp_path / 'nowhere.jsonl'}: there is no such file or folder\n" in told.err
    assert not run.exists()


def test_a_parquet_file_that_is_none(build, write, cli, tmp_path, run):
    path = write("old.parquet", b"PAR1 and no more")
    told = build(path)
    assert told.code == 3
    assert f"error: {path}: cannot be read as Parquet" in told.err
    planned = cli(
        "build-corpus", path, "--set", "sources.0.layout=documents", "--dry-run", "--out", run
    )
    assert planned.code == 3
    assert f"error: {path}: cannot be read as Parquet" in planned.err
