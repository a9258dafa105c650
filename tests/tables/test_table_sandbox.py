"""The sandboxed DuckDB: one folder, nothing beside it, and no way to widen it."""

import duckdb
import polars as pl
import pytest

from curate.tables import Sandbox

ROWS = pl.DataFrame({"row": [0, 1, 2], "text": ["あ", "い", "う"]})


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "work"
    made.mkdir()
    ROWS.write_parquet(made / "rows.parquet")
    (tmp_path / "secret.csv").write_text("a\nsecret\n")
    ROWS.write_parquet(tmp_path / "secret.parquet")
    return made


@pytest.fixture
def db(folder):
    with Sandbox(folder) as sandbox:
        yield sandbox


OUTSIDE = [
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM read_blob('/etc/passwd')",
    "SELECT * FROM glob('/etc/*')",
    "SELECT * FROM read_csv('{folder}/../secret.csv')",
    "SELECT * FROM read_parquet('{folder}/../secret.parquet')",
    "SELECT * FROM read_csv('http://127.0.0.1:9/a.csv')",
    "COPY (SELECT 1) TO '{folder}/../written.csv'",
    "COPY (SELECT 1) TO '{outside}/written.csv'",
    "EXPORT DATABASE '{outside}/written'",
    "ATTACH '{outside}/written.db'",
    "ATTACH '{outside}/written.db' AS other (READ_ONLY)",
    "INSTALL httpfs",
    "LOAD httpfs",
    "CREATE PERSISTENT SECRET s (TYPE http, BEARER_TOKEN 'x')",
]


@pytest.mark.parametrize("statement", OUTSIDE)
def test_nothing_outside_the_folder_is_reached(db, folder, statement):
    before = sorted(p.name for p in folder.parent.iterdir())
    with pytest.raises(duckdb.Error):
        db.rows(statement.format(folder=folder, outside=folder.parent))
    assert sorted(p.name for p in folder.parent.iterdir()) == before


SETTINGS = [
    "SET enable_external_access=true",
    "RESET enable_external_access",
    "SET allowed_directories=['/']",
    "SET allowed_paths=['/etc/passwd']",
    "SET lock_configuration=false",
    "RESET lock_configuration",
    "SET memory_limit='100GB'",
    "SET GLOBAL temp_directory='/tmp'",
    "PRAGMA memory_limit='100GB'",
    "SET autoinstall_known_extensions=true",
]


@pytest.mark.parametrize("statement", SETTINGS)
def test_settings_are_locked(db, statement):
    with pytest.raises(duckdb.Error):
        db.rows(statement)


def test_a_symlink_in_the_folder_is_no_view_of_the_outside(db, folder):
    (folder / "link.parquet").symlink_to(folder.parent / "secret.parquet")
    with pytest.raises(duckdb.Error):
        db.view("leak", [folder / "link.parquet"])


def test_the_memory_limit_is_set(db):
    (row,) = db.rows("SELECT current_setting('memory_limit') AS it")
    assert row["it"] not in ("", "-1")
    (spill,) = db.rows("SELECT current_setting('temp_directory') AS it")
    assert spill["it"].endswith("/work/spill")


def test_a_view_holds_the_files_in_their_order_and_filters(db, folder):
    ROWS.with_columns(row=pl.col("row") + 3).write_parquet(folder / "a.parquet")
    db.view("corpus", [folder / "rows.parquet", folder / "a.parquet"], "row <> 1")
    assert [row["row"] for row in db.rows("SELECT * FROM corpus")] == [0, 2, 3, 4, 5]


def test_a_result_is_written_inside_the_folder(db, folder):
    db.view("corpus", [folder / "rows.parquet"])
    db.write("SELECT row FROM corpus ORDER BY row DESC;\n", folder / "out.parquet")
    assert pl.read_parquet(folder / "out.parquet")["row"].to_list() == [2, 1, 0]
    with pytest.raises(duckdb.Error):
        db.write("SELECT 1", folder.parent / "out.parquet")


def test_statements_cannot_be_smuggled_into_a_written_query(db, folder):
    with pytest.raises(duckdb.Error):
        db.write("SELECT 1) TO '/tmp/x.csv'; SELECT (1", folder / "out.parquet")


@pytest.mark.parametrize("name", ["o'ut", 'o"ut', "o ut", "医師", "a;b", "[2017]", "a*b?", "{x}"])
def test_folders_of_any_name_work(tmp_path, name):
    folder = tmp_path / name
    folder.mkdir()
    ROWS.write_parquet(folder / "rows.parquet")
    with Sandbox(folder) as db:
        db.view("corpus", [folder / "rows.parquet"])
        db.write("SELECT * FROM corpus", folder / "out.parquet")
    assert pl.read_parquet(folder / "out.parquet", glob=False).equals(ROWS)


def test_a_closed_sandbox_is_closed(folder):
    with Sandbox(folder) as db:
        pass
    with pytest.raises(duckdb.Error):
        db.rows("SELECT 1")


def test_the_next_sandbox_of_a_folder_has_nothing_of_the_one_before(folder):
    other = folder / "other.parquet"
    for rows in (ROWS, ROWS.head(1)):
        rows.write_parquet(other)
        with Sandbox(folder) as db:
            db.view("corpus", [other])
            db.keep("kept", "SELECT * FROM corpus")
            assert db.rows("SELECT count(*) AS n FROM kept") == [{"n": rows.height}]
    with Sandbox(folder) as db, pytest.raises(duckdb.Error):
        db.rows("SELECT * FROM kept")


def test_files_elsewhere_are_seen_where_they_are_named(folder):
    other = folder.parent / "secret.parquet"
    with Sandbox(folder, [other]) as db:
        db.view("other", [other])
        assert db.answer("SELECT row FROM other ORDER BY row", 2) == (["row"], [(0,), (1,)])
        with pytest.raises(duckdb.Error):
            db.view("csv", [folder.parent / "secret.csv"])


@pytest.mark.parametrize(
    "query",
    ["", ";", "SELECT 1; SELECT 2", "CREATE TABLE t AS SELECT 1", "COPY (SELECT 1) TO '{}'"],
)
def test_an_answer_is_of_one_select(db, folder, query):
    with pytest.raises(duckdb.ParserException):
        db.answer(query.format(folder / "out.csv"), 1)
    assert not (folder / "out.csv").exists()


def test_an_answer_draws_no_progress_bar(db):
    (row,) = db.rows("SELECT current_setting('enable_progress_bar') AS it")
    assert row["it"] is False
