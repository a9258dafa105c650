"""Faults of real life, end to end: full disks, huge lines, deep nests, damaged tables, crowds of files."""

import base64
import gzip
import json
import os
import random
import resource
import subprocess
import sys
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from pyarrow.parquet import encryption

from curate.corpus import pipeline
from curate.jobs import dry_run
from curate.reports import build

ROOT = Path(__file__).resolve().parents[2]
DEPTHS = [10_000, 1_000_000]
TEXT = "血液は肺静脈を通って左心房に戻る。"


def _document(number, **fields):
    return {"id": f"d{number}", "text": f"{number}番目の文章。{TEXT}", "year": 2010, **fields}


def _lines(rows):
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


@pytest.fixture
def corpus(cli, tmp_path):
    """Builds a corpus without a benchmark, so that a whole run ends with 4; in tmp_path/run."""

    def corpus(path, *more, out=tmp_path / "run"):
        return cli("build-corpus", path, "--max-year", 2017, "--out", out, *more)

    return corpus


@pytest.fixture
def accounts(read_json, read_lines, tmp_path):
    """The ledger's totals, which must add up, and the lines and errors of the quarantine."""

    def accounts(run=tmp_path / "run"):
        told = read_json(run / "ledger.json")
        assert told["rows_in"] == told["kept"] + told["dropped"] + told["quarantined"]
        bad = read_lines(run / "quarantine.jsonl")
        assert len(bad) == told["quarantined"]
        return told["rows_in"], [(row["line"], row["error"]) for row in bad]

    return accounts


def _mounted(folder, size):
    folder.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk")


def test_a_full_disk_is_told_and_the_run_goes_on_once_there_is_room(
    corpus, write, tmp_path, contents, monkeypatch
):
    monkeypatch.setattr(pipeline, "SHARD_ROWS", 500)
    rows = [_document(n, year=2010 + n % 10) for n in range(1_500)]
    path = write("d.jsonl", _lines(rows) + "{\n" * 200)
    assert corpus(path, "--max-bad", 500, out=tmp_path / "whole").code == 4
    whole = contents(tmp_path / "whole")
    disk, sizes = tmp_path / "disk", range(1 << 14, 1 << 21, 40_000)
    _mounted(disk, sizes[0])
    refused = set()
    try:
        for size in sizes:
            remount = ["mount", "-o", f"remount,size={size}", str(disk)]
            subprocess.run(remount, check=True)
            told = corpus(path, "--max-bad", 500, out=disk / "run")
            if told.code != 3:
                break
            assert "No space left on device" in told.err
            assert "the same command again: it goes on from here" in told.err
            assert not {p.name for p in (disk / "run").iterdir() if p.suffix == ".tmp"}
            refused.add(told.err.partition("writing ")[2].partition(":")[0])
        assert told.code == 4
        again = contents(disk / "run")
    finally:
        subprocess.run(["umount", str(disk)], check=True)
    assert {name: data for name, data in again.items() if name != "manifest.json"} == {
        name: data for name, data in whole.items() if name != "manifest.json"
    }
    assert any(name.endswith("-rows.parquet") for name in refused)
    assert refused & set(whole)


@pytest.mark.parametrize("limit", [2_000, 20_000, 60_000])
def test_a_file_that_may_not_grow_further_is_told(write, tmp_path, limit):
    path = write("d.jsonl", _lines(_document(n) for n in range(900)))
    done = subprocess.run(
        [sys.executable, "-m", "curate", "build-corpus", path, "--out", tmp_path / "run"],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3, done.stderr
    assert "File too large" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_line_of_200_megabytes_costs_itself_and_little_memory(write, tmp_path, accounts):
    path = write("d.jsonl", _lines([_document(1)]))
    with path.open("ab") as file:
        file.write(b'{"id": "long", "text": "')
        file.writelines(["あ".encode() * (1 << 20)] * 67)
        file.write(b'"}\n' + _lines([_document(2)]).encode())
    assert path.stat().st_size > 200_000_000
    assert _kilobytes_of(path, tmp_path / "run") < 1_500_000
    assert accounts() == (3, [(2, "the line is longer than 167,772,160 bytes")])


def test_a_field_of_200_megabytes_costs_its_row_and_little_memory(tmp_path, accounts):
    path = tmp_path / "d.csv.zst"
    choose = random.Random(0)  # noqa: S311  # of text that packs too well the file is refused
    pieces = [choose.randbytes(1 << 19).hex().encode() for _ in range(200)]
    pack = zstandard.ZstdCompressor().stream_writer
    with path.open("wb") as file, pack(file) as text:
        text.write(f"id,text,year\nd1,{TEXT}1,2010\nlong,".encode())
        for piece in pieces:
            text.write(piece)
        text.write(f",2010\nd3,{TEXT}3,2010\n".encode())
    assert _kilobytes_of(path, tmp_path / "run") < 1_500_000
    assert accounts() == (3, [(3, "the line is longer than 167,772,160 bytes")])


def test_an_item_in_fifty_million_characters_is_found_in_little_memory(
    tmp_path, write, items, held_out, table
):
    half = "血液は肺静脈を通って左心房に戻る。" * (25_000_000 // 17)
    text = half + "\n".join([items()[0]["text"], *items()[0]["choices"]]) + half
    path = write("d.jsonl", _lines([{"id": "long", "text": text}]))
    words = ("audit", path, "--benchmark", f"b={held_out}", "--set", "stages.leakage.power_items=0")
    assert _kilobytes(tmp_path / "run", *words) < 1_500_000
    assert {row["item_id"] for row in table(tmp_path / "run" / "findings.parquet")} == {"30A1"}


def _kilobytes_of(path, out):
    """Builds a corpus in a process of its own, one bad row allowed; returns its peak memory."""
    return _kilobytes(out, "build-corpus", path, "--max-bad", "1")


def _kilobytes(out, *words):
    """Runs a command that ends without a verdict in a process of its own; returns its peak memory."""
    code = (
        "import resource, sys\n"
        "from curate.cli import main\n"
        "try:\n    main(sys.argv[1:])\n"
        "finally:\n    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, words), "--out", out, "--format", "quiet"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 4, done.stderr
    return int(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_a_deep_nest_costs_its_row(corpus, write, accounts, depth, opening):
    closing = "]" if opening == "[" else "}"
    deep = f'{{"id": "x", "text": "t", "meta": {opening * depth}1{closing * depth}}}\n'
    assert (
        corpus(write("d.jsonl", _lines([_document(1)]) + deep + _lines([_document(2)]))).code == 3
    )
    rows, [(line, error)] = accounts()
    assert (rows, line) == (3, 2)
    assert error.startswith("not JSON: depth limit exceeded")


@pytest.mark.parametrize("depth", DEPTHS)
def test_a_deep_nest_elsewhere_is_told(cli, corpus, write, tmp_path, depth):
    source = write("d.jsonl", _lines([_document(1)]))
    deep = "[" * depth
    decisions = write("decisions.jsonl", deep + "\n")
    told = corpus(source, "--decisions", decisions)
    assert (told.code, f"{decisions}:1: not JSON: " in told.err) == (3, True)
    recipe = write("own.yaml", f"recipe: corpus/1\nstages: {deep[:900_000]}\n")
    told = corpus(source, "--recipe", recipe)
    assert (told.code, "own.yaml:2: nested more than 50 deep" in told.err) == (2, True)
    told = corpus(source, "--set", f"name={deep}")
    assert (told.code, "--set name: the value is not YAML" in told.err) == (2, True)


ODD_ROWS = {
    "a number without end": '{"id": "x", "text": "t", "year": 1e400}',
    "not a number": '{"id": "x", "text": "t", "year": NaN}',
    "infinity": '{"id": "x", "text": "t", "year": -Infinity}',
    "5,000 digits": '{"id": "x", "text": "t", "year": 1' + "0" * 5000 + "}",
    "half a surrogate pair": '{"id": "x", "text": "\\udc00"}',
    "a boolean for an id": '{"id": true, "text": "t"}',
    "no id": '{"id": null, "text": "t"}',
    "a fraction for an id": '{"id": 1.5, "text": "t"}',
    "zero bytes": "\0" * 9000,
}


@pytest.mark.parametrize("row", ODD_ROWS.values(), ids=ODD_ROWS)
def test_an_odd_row_costs_itself(corpus, write, accounts, row):
    around = _lines([_document(1)]), _lines([_document(2)])
    assert corpus(write("d.jsonl", f"{around[0]}{row}\n{around[1]}")).code == 3
    rows, [(line, _)] = accounts()
    assert (rows, line) == (3, 2)


@pytest.mark.parametrize(
    "row",
    [
        {"id": -0, "year": -0},
        {"id": 2**63},
        {"id": "1\n2\x1b[31m"},
        {"id": "長" * 300_000},
        {"k" * 1_000_000: 1},
        {f"k{n}": n for n in range(100_000)},
    ],
    ids=["minus zero", "2^63", "controls", "a long id", "a long key", "100,000 keys"],
)
def test_an_odd_row_that_can_be_read_is_read(corpus, write, accounts, row):
    rows = [_document(1), {**_document(2), **row}]
    assert corpus(write("d.jsonl", _lines(rows))).code == 4
    assert accounts() == (2, [])


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "utf-32-be", "cp932"])
def test_another_encoding_is_no_silent_loss(corpus, write, encoding):
    told = corpus(write("d.jsonl", _lines([_document(1)]).encode(encoding, "replace")))
    assert told.code == 3
    assert "UTF-8" in told.err


@pytest.mark.parametrize("content", ["", "\ufeff", "\n \n\r\n", "\0"])
def test_a_file_that_says_nothing_is_told(corpus, write, content):
    assert corpus(write("d.jsonl", content)).code == 3


def test_rows_that_end_with_carriage_returns_alone_are_told(corpus, write):
    told = corpus(write("d.jsonl", _lines([_document(1), _document(2)]).replace("\n", "\r")))
    assert told.code == 3


def test_a_gzip_bomb_is_not_read_further(corpus, write, tmp_path):
    path = tmp_path / "d.jsonl.gz"
    with gzip.open(path, "wb") as file:
        file.writelines([b"\0" * (1 << 20)] * 300)
    told = corpus(path)
    assert told.code == 3
    assert "inflates to more than 1000 times its size" in told.err


def test_a_parquet_bomb_is_not_read_further(corpus, tmp_path):
    path = tmp_path / "d.parquet"
    frame = pl.DataFrame({"id": [str(n) for n in range(300)], "text": [TEXT * 20_000] * 300})
    frame.write_parquet(path)
    assert path.stat().st_size < 300_000
    told = corpus(path)
    assert told.code == 3
    assert "inflates to more than 1000 times its size" in told.err


def test_a_parquet_row_over_the_limit_costs_itself(corpus, tmp_path, accounts, monkeypatch):
    monkeypatch.setattr("curate.sources.formats.parquet.LINE_LIMIT", 10_000)
    rows = [_document(1), _document(2, text=TEXT * 300), _document(3)]
    pl.DataFrame(rows).write_parquet(tmp_path / "d.parquet")
    assert corpus(tmp_path / "d.parquet").code == 3
    assert accounts() == (3, [(2, "the row is longer than 10,000 bytes")])


class _OneKey(encryption.KmsClient):
    """Wraps no key at all: enough to write a file that nobody reads without a key."""

    def __init__(self, _config):
        super().__init__()

    def wrap_key(self, key, _master):
        return base64.b64encode(key)


def _encrypted(table, path):
    keys = encryption.EncryptionConfiguration(footer_key="f", column_keys={"c": ["text"]})
    made = encryption.CryptoFactory(_OneKey).file_encryption_properties(
        encryption.KmsConnectionConfig(), keys
    )
    with pq.ParquetWriter(path, table.schema, encryption_properties=made) as writer:
        writer.write_table(table)


def _cut_short(table, path):
    pq.write_table(table, path)
    os.truncate(path, path.stat().st_size // 2)


def _damaged(table, path):
    pq.write_table(table, path)
    data = bytearray(path.read_bytes())
    data[10:200] = bytes(190)
    path.write_bytes(data)


@pytest.mark.parametrize("make", [_encrypted, _cut_short, _damaged])
def test_a_parquet_file_that_cannot_be_read_is_told(corpus, tmp_path, make):
    make(pa.Table.from_pylist([_document(n) for n in range(99)]), tmp_path / "d.parquet")
    told = corpus(tmp_path / "d.parquet")
    assert (told.code, "cannot be read as Parquet" in told.err) == (3, True)


def test_a_parquet_file_without_rows_is_told(corpus, tmp_path):
    pl.DataFrame(schema={"id": pl.String, "text": pl.String}).write_parquet(tmp_path / "d.parquet")
    told = corpus(tmp_path / "d.parquet")
    assert (told.code, "no rows: empty or blank" in told.err) == (3, True)


def test_many_small_files_give_what_one_file_gives(corpus, write, tmp_path, read_json, table):
    for number in range(2_000):
        write(f"many/{number // 100}/{number:05d}.jsonl", [_document(number)])
    write("many/3/00350.jsonl", "{\n")
    told = corpus(tmp_path / "many", "--max-bad", 9)
    assert told.code == 4
    kept = table(tmp_path / "run" / "kept.parquet")
    assert len({row["provenance"]["path"] for row in kept}) == len(kept) == 1_999
    assert {row["provenance"]["line"] for row in kept} == {1}
    inputs = read_json(tmp_path / "run" / "manifest.json")["inputs"]
    assert [entry["rows"] for entry in inputs] == [1] * 2_000


def test_of_many_inputs_the_report_shows_some_and_the_manifest_all(
    corpus, write, tmp_path, read_json, monkeypatch
):
    monkeypatch.setattr(build, "INPUTS", 20)
    for number in range(50):
        write(f"many/{number:05d}.jsonl", [_document(number)])
    assert corpus(tmp_path / "many").code == 4
    redo = read_json(tmp_path / "run" / "report.json")["redo"]
    assert (len(redo["inputs"]), redo["inputs_left_out"]) == (20, 30)
    page = (tmp_path / "run" / "report.html").read_text()
    assert "50 files read; the first 20 are shown, manifest.json names all" in page
    inputs = read_json(tmp_path / "run" / "manifest.json")["inputs"]
    assert [entry["path"] for entry in inputs] == [f"documents/{n:05d}.jsonl" for n in range(50)]


def test_of_many_inputs_a_dry_run_tells_some_and_the_sums_of_the_others(
    corpus, write, tmp_path, monkeypatch
):
    monkeypatch.setattr(dry_run, "INPUTS", 3)
    for number in range(5):
        path = write(f"many/{number}.jsonl", [_document(number)] * (number + 1))
    size = sum((tmp_path / "many" / f"{number}.jsonl").stat().st_size for number in (3, 4))
    told = corpus(tmp_path / "many", "--dry-run", "--format", "json").data
    assert [one["rows"] for one in told["inputs"]] == [1, 2, 3]
    assert told["inputs_left_out"] == {"files": 2, "bytes": size, "rows": 9}
    assert "inputs_left_out" not in corpus(path, "--dry-run", "--format", "json").data


def _few_rows(write, number):
    rows = [_document(f"{number}-{n}") for n in range(number % 4)] + [_document(number % 25)]
    write(f"many/{number:02d}.jsonl", rows)


def _text(write, number):
    write(f"many/{number:02d}.txt", f"{TEXT}\n" * (number % 4) + f"{number % 25}番目の文章。{TEXT}")


@pytest.mark.parametrize("write_one", [_few_rows, _text])
def test_small_files_share_shards_without_changing_a_byte(
    corpus, write, tmp_path, contents, monkeypatch, write_one
):
    for number in range(30):
        write_one(write, number)
    runs, shards = [], []
    begin = pipeline.Job.begin
    monkeypatch.setattr(pipeline.Job, "begin", lambda *a: shards.append(a[1]) or begin(*a))
    for rows in (1, 7, 10_000):
        monkeypatch.setattr(pipeline, "SHARD_ROWS", rows)
        out = tmp_path / f"run{rows}"
        assert corpus(tmp_path / "many", "--max-bad", 99, "--workers", 1, out=out).code == 4
        runs.append({n: data for n, data in contents(out).items() if n != "manifest.json"})
    assert runs[0] == runs[1] == runs[2]
    assert len(shards[-1].parts) == 30


@pytest.mark.parametrize("format_", ["human", "json"])
def test_a_name_is_no_command_to_the_terminal(tmp_path, format_):
    name = os.fsdecode(b"\xff\n\x1b[31m.jsonl")
    done = subprocess.run(
        [sys.executable, "-m", "curate", "audit", name, "--out", "run", "--format", format_],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 2  # a recipe, which the run keeps, holds Unicode alone
    assert b"\x1b" not in done.stdout + done.stderr
    assert b"Traceback" not in done.stderr
    if format_ == "json":
        assert json.loads(done.stdout)["exit"] == 2
