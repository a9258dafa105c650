"""`curate schema`, and every file of a run against the schema of its records."""

import json
import shutil

import pytest
from jsonschema import Draft202012Validator

from curate.tables import share

NAMES = [path.name.removesuffix(".schema.json") for path in share("schemas").glob("*.schema.json")]


@pytest.fixture(scope="module")
def validator(cli):
    """Returns the validator of a record, from what `curate schema NAME` prints."""
    return lambda name: Draft202012Validator(cli("schema", name).data)


@pytest.fixture
def drifting(monkeypatch, tmp_path):
    """A copy of schemas/ that the command takes for the real one."""
    copy = tmp_path / "schemas"
    shutil.copytree(share("schemas"), copy)
    monkeypatch.setattr("curate.jobs.schema.share", lambda *_: copy)
    return copy


def test_the_records_are_listed(cli):
    told = cli("schema", "--format", "json")
    assert told.code == 0
    assert sorted(told.data["records"]) == sorted(NAMES)


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_schema_is_valid_json_schema(cli, name):
    told = cli("schema", name)
    assert (told.code, told.err) == (0, "")
    Draft202012Validator.check_schema(told.data)
    assert told.data["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_the_schema_files_agree_with_the_code(cli):
    told = cli("schema", "--check")
    assert (told.code, told.out.splitlines()[0]) == (0, "Schemas agree")


def test_a_schema_that_drifted(cli, drifting):
    path = drifting / "question.schema.json"
    path.write_text(path.read_text("utf-8").replace("stem", "root"), encoding="utf-8")
    told = cli("schema", "--check")
    assert told.code == 4
    assert "error: schemas/ differs from the models: question\n" in told.err
    assert cli("schema", "--check", "question").code == 4
    assert cli("schema", "--check", "audit").code == 0


def test_a_schema_file_too_few_or_too_many(cli, drifting):
    (drifting / "audit.schema.json").unlink()
    (drifting / "stray.schema.json").write_text("{}", encoding="utf-8")
    told = cli("schema", "--check", "--format", "json")
    assert told.code == 4
    assert told.data["drifted"] == ["audit", "stray.schema.json"]


def test_writing_mends_the_drift(cli, drifting):
    (drifting / "audit.schema.json").unlink()
    assert cli("schema", "--write").code == 0
    assert cli("schema", "--check").code == 0


@pytest.mark.parametrize("words", [("questoin",), ("--check", "questoin")])
def test_a_record_that_is_none(cli, words):
    told = cli("schema", *words)
    assert told.code == 2
    assert "error: no record 'questoin'. Did you mean 'question'?" in told.err


@pytest.mark.parametrize("name", ["audit", "ledger", "manifest", "report"])
def test_a_document_of_the_run_fits_its_schema(demo_run, read_json, validator, name):
    assert list(validator(name).iter_errors(read_json(demo_run / f"{name}.json"))) == []


@pytest.mark.parametrize(
    ("file", "name"), [("findings.parquet", "finding"), ("quarantine.jsonl", "quarantined")]
)
def test_the_rows_of_the_run_fit_their_schema(demo_run, table, read_lines, validator, file, name):
    rows = table(demo_run / file) if file.endswith("parquet") else read_lines(demo_run / file)
    assert rows
    assert [error for row in rows for error in validator(name).iter_errors(row)] == []


@pytest.mark.parametrize("file", ["kept.parquet", "dropped.parquet"])
def test_questions_and_documents_of_the_run_fit_their_schema(demo_run, table, validator, file):
    checks = {name: validator(name) for name in ("question", "document")}
    rows = table(demo_run / file)
    assert {row["kind"] for row in rows} == set(checks)
    for row in rows:
        check = checks[row["kind"]]
        record = {name: row[name] for name in check.schema["properties"]}
        assert not {n for n, value in row.items() if n not in record and value not in (None, [])} - {
            "rendered", "dropped_by", "survivor_id",
        }  # fmt: skip
        assert list(check.iter_errors(json.loads(json.dumps(record)))) == []
