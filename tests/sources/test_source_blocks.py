"""However a file is cut, its blocks hold its rows: each once, in order, under its number."""

import gzip
import tempfile
from pathlib import Path

import orjson
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.corpus.frame import FILE_ROWS, Part, parts_frame, shard_frame
from curate.models import Quarantined
from curate.sources import (
    WHOLE,
    DocumentsSource,
    Limits,
    TextsSource,
    cut,
    format_of,
    read_source,
    source_files,
)
from curate.sources.rows import read_rows

LINES = st.lists(
    st.sampled_from(
        [
            b'{"id":"a"}',
            b'{"id":"b"}\r',
            b"",
            b" ",
            b"\r",
            b"{",
            b"[]",
            b"\xff",
            b'"x"',
            b"y" * 9001,
        ]
    ),
    max_size=12,
)
LIMITS = st.builds(Limits, st.integers(1, 5), st.integers(1, 60))


def _blocks_hold_the_rows(path, limits):
    form = format_of(path)
    blocks = list(form.cut(path, limits))
    numbers = [block.first + at for block in blocks for at in range(block.rows)]
    assert numbers == list(range(1, len(numbers) + 1))
    found = [row for block in blocks for row in form.rows(path, block, "own/f")]
    assert found == list(read_rows(path, "own/f"))
    return blocks


@given(LINES, LIMITS, st.booleans(), st.sampled_from([7, 1 << 18]), st.sampled_from(["", ".gz"]))
def test_blocks_of_lines_hold_all_of_them(lines, limits, ended, chunk, suffix):
    content = b"\n".join(lines) + (b"\n" if ended and lines else b"")
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr("curate.sources.formats.lines.CHUNK", chunk)
        patch.setattr("curate.sources.lines.RANGE_CHUNK", chunk)
        patch.setattr("curate.sources.lines.LINE_LIMIT", 9000)
        path = Path(folder, f"f.jsonl{suffix}")
        path.write_bytes(gzip.compress(content) if suffix else content)
        blocks = _blocks_hold_the_rows(path, limits)
        assert all(block.rows <= limits.rows for block in blocks)
        ends = content.count(b"\n") + (not content.endswith((b"\n",)) and content != b"")
        assert sum(block.rows for block in blocks) == ends


@pytest.mark.parametrize("limits", [WHOLE, Limits(2, 1 << 20), Limits(100, 1)])
def test_blocks_of_parquet_hold_all_rows(tmp_path, limits):
    path = tmp_path / "f.parquet"
    pl.DataFrame({"id": [f"{n}" for n in range(11)]}).write_parquet(path, row_group_size=3)
    blocks = _blocks_hold_the_rows(path, limits)
    assert len(blocks) == {WHOLE: 1, Limits(2, 1 << 20): 6, Limits(100, 1): 11}[limits]
    pl.DataFrame(schema={"id": pl.String}).write_parquet(path)
    assert _blocks_hold_the_rows(path, limits) == []


@pytest.mark.parametrize("content", [b"\xef\xbb\xbf", b"", b"\n\n"])
def test_a_byte_order_mark_and_blank_lines_are_no_rows(tmp_path, content):
    path = tmp_path / "f.jsonl"
    path.write_bytes(content)
    _blocks_hold_the_rows(path, Limits(1, 1))
    path.write_bytes(content + b'{"id": 1}\n{"id": 2}')
    assert len(_blocks_hold_the_rows(path, Limits(1, 1))) >= 2


def test_a_lost_end_of_a_gzip_stream_is_in_the_last_block(tmp_path):
    path = tmp_path / "f.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"id":"a"}\n' * 2000)[:-12])
    blocks = _blocks_hold_the_rows(path, Limits(100, 1 << 20))
    assert isinstance(blocks[-1].lines[-1], Quarantined)


CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["", "a", "心臓", " ", "2015", "2015-04-01", "x\n\0\u2028", "９９９"]),
    st.lists(st.sampled_from(["胃", 1, None]), max_size=2),
    st.just({"role": "user", "content": ["肺"]}),
)
ROWS = st.lists(
    st.one_of(
        st.dictionaries(st.sampled_from(["id", "text", "year", "choices", "other"]), CELLS),
        st.fixed_dictionaries({"id": st.sampled_from("ab"), "text": st.just("章"), "year": CELLS}),
        st.just([]),
    ),
    max_size=8,
)
SOURCES = [
    (DocumentsSource, {}),
    (DocumentsSource, {"fields": {"text": "other", "year": "text"}, "licence": "CC0"}),
    (DocumentsSource, {"published": "unknown", "name": "pages"}),
    (DocumentsSource, {"year": {"exam_plus": 1906}}),
    (TextsSource, {}),
    (TextsSource, {"columns_read": ["other", "text"]}),
]
HEAD = {"id": "first", "text": "一", "year": 2011, "other": "二"}


@pytest.mark.parametrize(("layout", "keys"), SOURCES)
@given(ROWS)
def test_documents_in_columns_are_the_documents_as_records(layout, keys, rows):
    """A frame of documents skips their models: it must be the frame that the models give."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("e.jsonl", "f.jsonl"):
            path = Path(folder, name)
            path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in [HEAD, *rows]))
        source = layout(path=folder, **keys)
        parts = [
            Part(number, file, *cut(source, file, WHOLE))
            for number, file in enumerate(source_files(source))
        ]
        frame, bad = parts_frame(source, parts)
        read = list(read_source(source, [part.file for part in parts]))
    records = [row for row in read if not isinstance(row, Quarantined)]
    numbers = {"e.jsonl": 0, "f.jsonl": 1 << FILE_ROWS}
    places = [record.provenance for record in records]
    expected = shard_frame(records, [numbers[place.path] + place.line for place in places])
    assert frame.schema == expected.schema
    assert frame.equals(expected)
    assert bad == [row for row in read if isinstance(row, Quarantined)]
