"""Zstandard: bounded in memory, and what a broken stream lost is one quarantined row."""

import os
from hashlib import sha256

import pytest
import zstandard

from curate.errors import InputError
from curate.models import Quarantined
from curate.sources import Csv, DocumentsSource, JsonDocument, read_lines
from curate.sources import gzips as gzips_module
from curate.sources.formats import JsonLines

GOOD = b'{"id": "a", "text": "b"}\n'
SKIPPED = b"\x5f\x2a\x4d\x18\x04\0\0\0\0\0\0\0"
LINES = [b'{"id": "%d", "text": "%s"}\n' % (n, sha256(b"%d" % n).hexdigest().encode() * 40)
         for n in range(400)]  # fmt: skip


def _packed(content, **keys):
    return zstandard.ZstdCompressor(**keys).compress(content)


def test_zstd_by_suffix_and_by_content(write, read):
    packed = SKIPPED + _packed(GOOD) + SKIPPED + _packed(b"") + _packed(GOOD, write_checksum=True)
    rows = read(DocumentsSource, write("d.jsonl.zst", packed))
    assert [row.provenance.line for row in rows] == [1, 2]
    rows = read(DocumentsSource, write("d.jsonl", packed[len(SKIPPED) :]))
    assert [row.provenance.line for row in rows] == [1, 2]


@pytest.mark.parametrize("level", [1, 3, 19])
@pytest.mark.parametrize("sized", [True, False])
def test_all_ways_of_packing_give_the_same_bytes(write, level, sized):
    content = b"".join(LINES) + os.urandom(300_000).hex().encode() + b"x" * 300_000
    packer = zstandard.ZstdCompressor(level=level, write_content_size=sized, write_checksum=True)
    if sized:
        packed = packer.compress(content)
    else:
        stream = packer.compressobj()
        packed = stream.compress(content) + stream.flush(zstandard.COMPRESSOBJ_FLUSH_FINISH)
    lines = read_lines(write("d.jsonl.zst", packed))
    assert b"\n".join(line.raw for line in lines) == content


@pytest.mark.parametrize("keep", [0.01, 0.2, 0.5, 0.9, 0.9999])
def test_a_truncated_stream_loses_one_row(write, read, keep):
    packed = _packed(b"".join(LINES), write_checksum=True)
    packed = packed[: int(len(packed) * keep)]
    *rows, lost = read(DocumentsSource, write("d.jsonl.zst", packed))
    assert [row.id for row in rows] == [str(n) for n in range(len(rows))]
    assert isinstance(lost, Quarantined)
    assert (lost.line, lost.error) == (len(rows) + 1, "the zstd stream ends early")
    assert b"".join(LINES[len(rows) :]).startswith(lost.raw[:2000].encode())


@pytest.mark.parametrize("cut", [1, 3, 6, 20])
def test_a_stream_cut_at_any_place_is_no_crash(write, cut):
    packed = _packed(GOOD * 9, write_checksum=True) + _packed(GOOD)
    *_, last = read_lines(write("d.jsonl.zst", packed[:-cut]))
    assert isinstance(last, Quarantined)
    assert last.error.startswith("the zstd stream ")


@pytest.mark.parametrize("damage", ["checksum", "tail", "block"])
def test_a_corrupt_stream_loses_one_row(write, read, damage):
    packed = _packed(GOOD * 9, write_checksum=True)
    packed = {
        "checksum": packed[:-1] + bytes([packed[-1] ^ 1]),
        "tail": packed + b"junk",
        "block": packed[:9] + b"\xff" * 8 + packed[17:],
    }[damage]
    *_, lost = read(DocumentsSource, write("d.jsonl.zst", packed))
    assert lost.error.startswith("the zstd stream ")


def test_an_empty_stream_is_a_loss(write, read):
    write("in/d.jsonl", GOOD)
    _, lost = read(DocumentsSource, write("in/e.jsonl.zst", b"").parent)
    assert (lost.file, lost.line, lost.error) == ("own/e.jsonl.zst", 1, "the zstd stream is empty")


def test_a_wrong_header_stops(write, read):
    with pytest.raises(InputError, match="zstd header is damaged"):
        read(DocumentsSource, write("d.jsonl.zst", GOOD))


@pytest.mark.parametrize(("log", "reads"), [(27, True), (28, False)])
def test_a_long_window_is_read_up_to_a_limit(write, log, reads):
    settings = zstandard.ZstdCompressionParameters(window_log=log, enable_ldm=True)
    stream = zstandard.ZstdCompressor(compression_params=settings).compressobj()
    packed = stream.compress(GOOD * 9) + stream.flush()
    path = write("d.jsonl.zst", packed)
    if reads:
        assert len(list(read_lines(path))) == 9
    else:
        with pytest.raises(InputError, match=r"needs a window of 268,435,456 bytes"):
            list(read_lines(path))


def test_a_bomb_stops(write, monkeypatch):
    monkeypatch.setattr(gzips_module, "BOMB_FLOOR", 1 << 20)
    path = write("d.jsonl.zst", _packed(b"\0" * (1 << 24)))
    with pytest.raises(InputError, match="1000 times"):
        list(read_lines(path))


@pytest.mark.parametrize("form", [JsonLines(), Csv(("a", "b")), JsonDocument()])
def test_whatever_the_format_a_loss_is_one_row(write, form):
    content = {
        JsonLines: b"".join(LINES),
        Csv: b"".join(b"%d,%s\n" % (n, line.split(b'"')[7]) for n, line in enumerate(LINES)),
        JsonDocument: b"[" + b",".join(LINES) + b"]",
    }[type(form)]  # fmt: skip
    path = write("d.zst", _packed(content)[:-2000])
    *rows, lost = form(path, "own/d.zst")
    assert len(rows) > 100
    assert not any(isinstance(row, Quarantined) for row in rows)
    assert (lost.file, "ends early" in lost.error) == ("own/d.zst", True)
    assert lost.line == len(rows) + 1
