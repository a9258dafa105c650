"""One contract for every format: the same rows, whatever they are written in and however it is cut."""

import csv
import gzip
import io
from typing import get_args

import orjson
import polars as pl
import pytest
import zstandard

from curate.models import Quarantined, Question
from curate.sources import (
    WHOLE,
    DocumentsSource,
    Limits,
    QuestionsSource,
    count_rows,
    cut,
    detect_layout,
    format_of,
    raw_rows,
    read_block,
    read_source,
    source_files,
)
from curate.sources.formats import AnyFormat

QUESTIONS = [
    {
        "id": f"112A{n}",
        "text": f"赤い,のは\nどれか。{n}" if n % 3 else "",
        "choices": ["火", '"水"', f"土{n}"],
        "answers": [["a"], ["b"]] if n % 2 else [["a", "c"]],
        "year": 2010 + n,
        "has_image": n % 2 == 0,
        "explanation": None if n == 4 else f"火は赤い。\n{n}",
    }
    for n in range(1, 24)
]


def _csv(rows, delimiter=","):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(rows[0])
    for row in rows:
        writer.writerow(
            orjson.dumps(value).decode() if isinstance(value, list) else value
            for value in row.values()
        )
    return out.getvalue().encode()


def _lines(rows):
    return b"".join(orjson.dumps(row) + b"\n" for row in rows)


def _parquet(rows):
    out = io.BytesIO()
    pl.DataFrame(rows).write_parquet(out, row_group_size=5)
    return out.getvalue()


def _frames(content):
    """Returns zstd frames with one to be skipped between them."""
    half = len(content) // 2
    packed = [zstandard.compress(part) for part in (content[:half], content[half:])]
    return b"\x50\x2a\x4d\x18\x03\0\0\0abc".join(packed)


TEXTS = {
    "jsonl": _lines,
    "ndjson": _lines,
    "csv": _csv,
    "tsv": lambda rows: _csv(rows, "\t"),
    "json": lambda rows: orjson.dumps(rows, option=orjson.OPT_INDENT_2),
}
FILES = {
    **{f"q.{name}": write for name, write in TEXTS.items()},
    **{f"q.{n}.gz": lambda rows, w=w: gzip.compress(w(rows)) for n, w in TEXTS.items()},
    **{f"q.{n}.zst": lambda rows, w=w: _frames(w(rows)) for n, w in TEXTS.items()},
    "lines.json": _lines,
    "by_id.json": lambda rows: orjson.dumps(
        {row["id"]: row for row in rows}, option=orjson.OPT_INDENT_2
    ),
    "Q.CSV": lambda rows: b"\xef\xbb\xbf" + _csv(rows),
    "q.parquet": _parquet,
    "saved": None,
}


@pytest.fixture(params=FILES)
def written(request, tmp_path):
    """Writes rows in one format, and returns the path."""

    def write(rows):
        path = tmp_path / request.param
        if FILES[request.param] is None:
            datasets = pytest.importorskip("datasets")
            datasets.disable_progress_bars()
            datasets.Dataset.from_list(rows).save_to_disk(path, num_shards=3)
        else:
            path.write_bytes(FILES[request.param](rows))
        return path

    return write


def _said(record):
    return record.model_dump(exclude={"provenance"})


def test_every_format_is_written_here(tmp_path):
    (tmp_path / "saved").mkdir()
    for name in ("state.json", "dataset_info.json"):
        (tmp_path / "saved" / name).write_bytes(b"{}")
    for name, pack in FILES.items():
        if pack:
            (tmp_path / name).write_bytes(pack(QUESTIONS))
    assert {type(format_of(tmp_path / name)) for name in FILES} == set(get_args(AnyFormat))


def test_the_records_do_not_depend_on_the_format(written, write, read):
    path = written(QUESTIONS)
    assert detect_layout(path) == "questions"
    found = read(QuestionsSource, path)
    expected = read(QuestionsSource, write("expected.jsonl", QUESTIONS))
    assert [_said(row) for row in found] == [_said(row) for row in expected]
    places = [row.provenance.line for row in found]
    assert places == sorted(set(places))
    assert {row.provenance.path for row in found} == {path.name}


@pytest.mark.parametrize("limits", [Limits(1, 1 << 20), Limits(4, 1 << 20), Limits(99, 1), WHOLE])
def test_however_a_file_is_cut_its_blocks_hold_its_rows(written, limits):
    source = QuestionsSource(path=str(written(QUESTIONS)), name="own")
    (file,) = source_files(source)
    blocks = list(cut(source, file, limits))
    numbers = [block.first + at for block in blocks for at in range(block.rows)]
    assert numbers == list(range(1, len(numbers) + 1))
    rows = [row for block in blocks for row in read_block(source, file, block)]
    assert [record for _, record in rows] == list(read_source(source, [file]))
    assert all(number == record.provenance.line for number, record in rows)
    assert count_rows(source, file) == len(QUESTIONS)
    if limits.rows == 1:
        assert len(blocks) >= len(QUESTIONS)


def test_a_bad_row_is_set_aside_with_its_place_and_text(written, read):
    rows = [{**row} for row in QUESTIONS]
    rows[6]["answers"] = [["j"]]
    path = written(rows)
    found = read(QuestionsSource, path)
    bad = found[6]
    assert [isinstance(row, Quarantined) for row in found].count(True) == 1
    assert (bad.file, bad.error) == (f"own/{path.name}", "answers: 'j' is beyond the 3 choices")
    assert found[5].provenance.line < bad.line < found[7].provenance.line
    assert "112A7" in bad.raw
    source = QuestionsSource(path=str(path))
    (file,) = source_files(source)
    lines = [found[2].provenance.line, found[9].provenance.line]
    assert all(
        f"112A{n}" in raw for n, raw in zip((3, 10), raw_rows(source, file, lines), strict=True)
    )


def test_documents_do_not_depend_on_the_format(written, write, read):
    rows = [{"id": f"d{n}", "text": f"章\n{n}" if n else "", "year": 2000 + n} for n in range(9)]
    path = written(rows)
    assert detect_layout(path) == "documents"
    found = read(DocumentsSource, path)
    expected = read(DocumentsSource, write("expected.jsonl", rows))
    assert [_said(row) for row in found] == [_said(row) for row in expected]


def test_a_folder_of_json_objects_alone_is_read(tmp_path, read):
    (tmp_path / "in").mkdir()
    (tmp_path / "in/q.json").write_bytes(FILES["by_id.json"](QUESTIONS))
    assert detect_layout(tmp_path / "in") == "questions"
    assert len(read(QuestionsSource, tmp_path / "in")) == len(QUESTIONS)


def test_formats_mix_in_a_folder_in_the_order_of_their_names(tmp_path, read):
    parts = {"a.csv": 0, "b/q.json": 5, "c.jsonl.zst": 9, "d.parquet": 14, "e.tsv.gz": 20}
    starts = [*parts.values(), len(QUESTIONS)]
    (tmp_path / "in/b").mkdir(parents=True)
    for (name, start), stop in zip(parts.items(), starts[1:], strict=True):
        write = FILES["q." + name.split(".", 1)[1]]
        (tmp_path / "in" / name).write_bytes(write(QUESTIONS[start:stop]))
    (tmp_path / "in/settings.json").write_bytes(b'{\n "a": 1\n}')
    (tmp_path / "in/rows.xlsx").write_bytes(b"PK")
    (tmp_path / "in/README.md").write_bytes(b"#")
    assert detect_layout(tmp_path / "in") == "questions"
    found = read(QuestionsSource, tmp_path / "in")
    assert all(isinstance(row, Question) for row in found)
    assert [row.id for row in found] == [row["id"] for row in QUESTIONS]
    assert list(dict.fromkeys(row.provenance.path for row in found)) == list(parts)
    source = QuestionsSource(path=str(tmp_path / "in"))
    assert source.left_out(source_files(source)) == ["rows.xlsx", "settings.json"]
