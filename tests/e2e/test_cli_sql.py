"""`curate sql`: a run's tables and nothing else, for reading only, and cells that are shown, never obeyed."""

import csv
import io
import json

import polars as pl
import pytest

from curate.tables import ROW_SCHEMA

TABLES = ["kept", "dropped", "findings", "ledger", "quarantine"]
OUTSIDE = [
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT content FROM read_blob('/etc/passwd')",
    "SELECT * FROM read_json('/etc/passwd')",
    "SELECT * FROM read_parquet('{outside}/secret.parquet')",
    "SELECT * FROM '{outside}/secret.parquet'",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM read_csv('{run}/../secret.csv')",
    "SELECT content FROM read_text('{run}/manifest.json')",
    "SELECT * FROM glob('/etc/*')",
    "SELECT * FROM sniff_csv('/etc/passwd')",
    "SELECT * FROM parquet_metadata('{outside}/secret.parquet')",
    "SELECT * FROM read_csv('http://127.0.0.1:9/a.csv')",
    "SELECT * FROM query('COPY kept TO ''{outside}/out.csv''')",
    "SELECT getenv('HOME')",
    "SELECT * FROM duckdb_secrets()",
    "SELECT * FROM frame",
]
WRITING = [
    "COPY kept TO '{outside}/out.csv'",
    "COPY kept TO '{run}/kept.parquet' (FORMAT parquet)",
    "COPY (SELECT 1) TO '{run}/new.csv'",
    "EXPORT DATABASE '{outside}/out'",
    "ATTACH '{outside}/out.db'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET enable_external_access=true",
    "RESET lock_configuration",
    "PRAGMA memory_limit='100GB'",
    "PRAGMA show_tables",
    "CALL pragma_version()",
    "CREATE TABLE mine AS SELECT 1",
    "CREATE SECRET s (TYPE http, BEARER_TOKEN 'x')",
    "CREATE MACRO f() AS 1",
    "INSERT INTO kept SELECT * FROM kept",
    "DELETE FROM kept",
    "DROP VIEW kept",
    "EXPLAIN ANALYZE COPY kept TO '{outside}/out.csv'",
    "PREPARE p AS SELECT 1",
    "SELECT 1; SELECT 2",
    "SELECT 1; COPY kept TO '{outside}/out.csv'",
    "CHECKPOINT",
]


@pytest.fixture
def sql(cli, demo_run):
    """Asks the demo's run."""
    return lambda *words: cli("sql", demo_run, *words)


def test_without_a_query_the_tables_are_listed(sql, demo_run):
    told = sql("--format", "json")
    assert told.code == 0
    assert [one["table"] for one in told.data["tables"]] == TABLES
    assert {one["table"]: one["rows"] for one in told.data["tables"]} == {
        "kept": 75, "dropped": 22, "findings": 14, "ledger": 6, "quarantine": 3,
    }  # fmt: skip
    assert told.data["tables"][0]["columns"] == pl.read_parquet(demo_run / "kept.parquet").columns
    assert told.data["missing"] == ["responses", "pairs", "evaluation"]
    assert sql().err == f"Next: curate sql {demo_run} 'FROM kept LIMIT 5'\n"


def test_a_query_for_people(sql):
    told = sql("SELECT dropped_by AS why, count(*) AS rows FROM dropped GROUP BY ALL ORDER BY ALL")
    assert (told.code, told.err) == (0, "")
    assert told.out.splitlines()[:3] == [
        "why                   rows",
        "────────────────────  ────",
        "duplicate.exact       2",
    ]


def test_a_query_as_json_csv_and_quiet(sql):
    query = "SELECT id, answers, points, survivor_id FROM dropped WHERE survivor_id IS NOT NULL"
    as_json = sql(f"{query} ORDER BY id", "--format", "json")
    assert as_json.data["columns"] == ["id", "answers", "points", "survivor_id"]
    assert as_json.data["more"] is False
    rows = as_json.data["rows"]
    assert len(rows) == 3
    assert isinstance(rows[0][1][0][0], str)
    as_csv = list(csv.reader(io.StringIO(sql(f"{query} ORDER BY id", "--csv").out)))
    assert as_csv[0] == as_json.data["columns"]
    assert [row[0] for row in as_csv[1:]] == [row[0] for row in rows]
    assert json.loads(as_csv[1][1]) == rows[0][1]
    quiet = sql(f"{query} ORDER BY id", "--format", "quiet")
    assert (quiet.code, quiet.err) == (0, "")
    assert [line.split("\t")[0] for line in quiet.out.splitlines()] == [row[0] for row in rows]


def test_a_query_from_stdin(sql, monkeypatch):
    monkeypatch.setattr(
        "sys.stdin", io.StringIO("-- how many?\nSELECT count(*) AS n\nFROM kept;\n")
    )
    assert sql("-", "--format", "json").data["rows"] == [[75]]


def test_what_is_not_shown_is_said(sql):
    told = sql("FROM kept SELECT id", "--limit", "2")
    assert len(told.out.splitlines()) == 4
    assert told.err == "note: only the first 2 rows are shown; --limit shows more\n"
    as_json = sql("FROM kept SELECT id", "--limit", "2", "--format", "json")
    assert (len(as_json.data["rows"]), as_json.data["more"]) == (2, True)
    assert sql("FROM kept SELECT id LIMIT 2", "--limit", "2").err == ""
    assert len(sql("FROM kept SELECT id").out.splitlines()) == 52


@pytest.mark.parametrize("query", OUTSIDE)
def test_nothing_but_the_tables_is_read(sql, demo_run, tmp_path, query):
    pl.DataFrame({"a": ["secret"]}).write_parquet(tmp_path / "secret.parquet")
    (tmp_path / "secret.csv").write_text("a\nsecret\n")
    told = sql(query.format(run=demo_run, outside=tmp_path))
    assert (told.code, told.out) == (2, "")
    assert "secret\n" not in told.err
    assert "root:" not in told.err


@pytest.mark.parametrize("query", WRITING)
def test_nothing_but_a_select_is_let_through(cli, demo_copy, tmp_path, query, contents, names):
    before, beside = contents(demo_copy), names(tmp_path)
    told = cli("sql", demo_copy, query.format(run=demo_copy, outside=tmp_path))
    assert (told.code, told.out) == (2, "")
    assert "only a SELECT" in told.err
    assert contents(demo_copy) == before
    assert names(tmp_path) == beside


WRONG = {
    "SELECT idd FROM kept": (
        "query:1:8: Binder Error: Referenced column \"idd\" not found in FROM clause! Did you mean 'id'?"
    ),
    "SELECT id\nFROM kpt": "query:2:6: Catalog Error: Table with name kpt does not exist! Did you mean 'k",
    "FROM pairs": "This run has no pairs.parquet. There are: kept, dropped, findings, ledger, quarantine.",
    "SELECT * FRM kept": "query:1:14: Parser Error: syntax error",
    " ": "the query is empty",
    "SELECT " + "id, " * 200 + "idx FROM kept": "query:1:808: Binder Error",
    "SELECT id FROM kept WHERE " + "idx AND " * 90 + "idx": "query:1:27: Binder Error",
    "SELECT list(range) FROM range(1000000000)": "wants more memory than it may have",
    "SELECT now()": "Cast it with ::VARCHAR.",
}


@pytest.mark.parametrize("query", WRONG)
def test_a_wrong_query_is_told_with_its_place(sql, query):
    told = sql(query)
    assert (told.code, told.out) == (2, "")
    assert WRONG[query] in told.err


HOSTILE = "\x1b]0;owned\x07 赤\u202eevil\u202c \x9b31m\r\n\ttail"


@pytest.fixture
def hostile(demo_copy):
    """A run in which somebody wrote what a terminal or a spreadsheet would obey."""
    rows = {"id": ["=HYPERLINK(1)", "-5", "x"], "text": [HOSTILE, "＠SUM(1)", HOSTILE * 50]}
    pl.DataFrame(rows).write_parquet(demo_copy / "kept.parquet")
    return demo_copy


@pytest.mark.parametrize("how", [[], ["--csv"], ["--format", "json"], ["--format", "quiet"]])
def test_hostile_cells_and_names_are_shown_harmless(cli, hostile, how):
    words = ('SELECT id AS "a\x1b[2J", text FROM kept', *how)
    told = cli("sql", hostile, *words)
    assert told.code == 0
    out = told.out.replace("\r\n", "\n")
    assert [c for c in out if c < " " and c not in "\n\t"] == []
    assert [c for c in out if c in "\x7f\x9b\u202e\u202c"] == []
    if how == ["--format", "json"]:
        assert told.data["rows"][0] == ["=HYPERLINK(1)", HOSTILE]
    if how == ["--csv"]:
        rows = list(csv.reader(io.StringIO(told.out)))
        assert [row[0] for row in rows[1:]] == ["'=HYPERLINK(1)", "-5", "x"]
        assert rows[2][1] == "'＠SUM(1)"


def test_hostile_cells_are_harmless_in_an_error(cli, hostile):
    told = cli("sql", hostile, "SELECT text::INTEGER FROM kept")
    assert told.code == 2
    assert "Conversion Error" in told.err
    assert [c for c in told.err if not c.isprintable() and c != "\n"] == []
    assert len(told.err) < 800


def test_a_table_is_cut_to_the_terminal(cli, hostile, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    told = cli("sql", hostile, "SELECT id, text FROM kept")
    lines = told.out.splitlines()
    assert all(len(line) <= 40 for line in lines)
    assert lines[2].endswith("…")
    wide = cli("sql", hostile, "SELECT '赤'::VARCHAR AS a, repeat('医', 50) AS b")
    assert wide.out.splitlines()[2] == "赤  " + "医" * 17 + "…"


def test_more_columns_than_fit_are_shown_a_row_at_a_time(sql, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    lines = sql("FROM kept LIMIT 2").out.splitlines()
    assert lines[0] == "── 1 ──"
    assert len(lines) == 2 * (1 + len(ROW_SCHEMA))
    assert lines[2].split() == ["id", "14A1"]


@pytest.mark.parametrize("name", ["o'ut", "r[1]*?", "医師 1"])
def test_runs_of_any_name_are_read(cli, demo_copy, name):
    run = demo_copy.rename(demo_copy.parent / name)
    told = cli("sql", run, "SELECT count(*) FROM kept", "--format", "json")
    assert told.data["rows"] == [[75]]


def test_a_table_that_is_a_link_out_of_the_run(cli, demo_copy, tmp_path):
    (demo_copy / "kept.parquet").rename(tmp_path / "kept.parquet")
    (demo_copy / "kept.parquet").symlink_to(tmp_path / "kept.parquet")
    told = cli("sql", demo_copy)
    assert told.code == 3
    assert "kept.parquet: is a link that leads out of the run" in told.err


@pytest.mark.parametrize("name", ["kept.parquet", "ledger.json", "quarantine.jsonl"])
def test_a_table_that_cannot_be_read(cli, demo_copy, name):
    (demo_copy / name).write_bytes(b"{broken")
    told = cli("sql", demo_copy)
    assert told.code == 3
    assert f"error: {demo_copy / name}: " in told.err


def test_no_run(cli, tmp_path):
    told = cli("sql", tmp_path)
    assert told.code == 3
    assert "Is this a run folder?" in told.err


def test_an_audit_has_fewer_tables_and_an_empty_quarantine(cli, write, old, held_out, tmp_path):
    run = tmp_path / "run"
    words = ("--benchmark", f"held-out={held_out}", "--out", run)
    assert cli("audit", write("old.jsonl", old()), *words).code == 0
    told = cli("sql", run, "--format", "json")
    assert [one["table"] for one in told.data["tables"]] == ["findings", "ledger", "quarantine"]
    assert cli("sql", run, "FROM quarantine", "--format", "json").data["rows"] == []


@pytest.mark.parametrize("words", [["--csv", "--format", "json"], ["--limit", "0"]])
def test_wrong_options_of_sql(sql, words):
    assert sql("SELECT 1", *words).code == 2


INTERRUPTED = """
import os, signal, sys, threading
from curate.cli import main
threading.Timer(4, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
main(["sql", sys.argv[1], "SELECT count(*) FROM range(100000000000000) t WHERE sin(t.range) = 2"])
"""


def test_an_interrupt_ends_a_long_query(python, demo_run):
    told = python("-c", INTERRUPTED, demo_run)
    assert (told.code, told.out) == (130, "")
    assert "error: interrupted\n" in told.err
