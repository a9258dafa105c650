"""Damaged files of every layout: records, quarantined rows and errors with a place come out, nothing else.

`make fuzz` reads 10,000 of each; CURATE_FUZZ_INPUTS sets how many.
"""

import os
import zlib
from contextlib import contextmanager

import pytest
from fuzz_files import DAMAGE, DECISIONS, LAYOUTS, RECIPE, damaged, text_of
from hypothesis import given, settings

from curate.corpus.frame import Part, parts_frame
from curate.errors import CurateError
from curate.jobs.build_corpus import build_corpus
from curate.jobs.decisions import read_decisions
from curate.jobs.overlay import Options
from curate.jobs.plan import make_plan
from curate.leakage import BenchmarkRef, read_benchmark
from curate.models import RAW_LIMIT, Document, Quarantined, Question
from curate.runs import verify_run
from curate.sources import (
    Limits,
    RunSource,
    check_file,
    cut,
    detect_layout,
    read_block,
    read_source,
    source_files,
)

INPUTS = int(os.environ.get("CURATE_FUZZ_INPUTS", "100"))
SMALL = Limits(2, 300)
IN_FRAMES = 32  # one input of so many is read into frames, too: they take longest
FUZZ = settings(max_examples=INPUTS, derandomize=INPUTS == 100)


def _write(folder, files):
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


@contextmanager
def refusals(place=None):
    """Lets pass what a user can act on: errors with words and, where one is asked for, a place."""
    try:
        yield
    except CurateError as exc:
        error = exc
    else:
        return
    assert error.message
    assert place is None or (error.where and error.where.startswith(place))


def _rows(source):
    """Reads a source whole; None where it is refused."""
    with refusals(""):
        files = source_files(source)
        return files, list(read_source(source, files))
    return None


def _accounted(source, files, rows, *, frames):
    """What blocks give, and frames of them, is what reading from end to end gives."""
    bad = [row for row in rows if isinstance(row, Quarantined)]
    assert all(isinstance(row, Quarantined | Question | Document) for row in rows)
    assert all(row.error and row.file and row.line and len(row.raw) <= RAW_LIMIT for row in bad)
    limits = SMALL if not source.rows_depend else Limits(1 << 40, 1 << 40)
    found = []
    for number, file in enumerate(files):
        check_file(source, file)
        parts = [Part(number, file, block) for block in cut(source, file, limits)]
        here = [row for part in parts for row in read_block(source, file, part.block)]
        found += here
        if frames and parts:
            frame, unread = parts_frame(source, parts)
            assert unread == [row for row in here if isinstance(row, Quarantined)]
            records = [row[1] for row in here if not isinstance(row, Quarantined)]
            assert frame["id"].to_list() == [record.id for record in records]
    assert [row for row in found if isinstance(row, Quarantined)] == bad
    assert len(found) == len(rows)


def _counted(data, rows, file):
    """Every line that is not blank is one row; what a broken stream lost is one more."""
    text = text_of(data)
    if text is None or file.endswith(".parquet"):
        return
    lines = [line for line in text.removeprefix(b"\xef\xbb\xbf").split(b"\n") if line.strip()]
    assert len(rows) == len(lines)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_a_damaged_source(layout, tmp_path):
    _write(tmp_path, layout.files)
    path, good = tmp_path / layout.path, layout.files[layout.damaged]
    source = layout.kind(path=str(path), name="own", **layout.keys)
    whole = _rows(source)
    assert whole
    assert not [row for row in whole[1] if isinstance(row, Quarantined)]

    @FUZZ
    @given(DAMAGE)
    def read(steps):
        data = damaged(good, steps)
        (tmp_path / layout.damaged).write_bytes(data)
        with refusals(""):
            detect_layout(path)
        told = _rows(source)
        if told:
            _accounted(source, *told, frames=zlib.crc32(data) % IN_FRAMES == 0)
            here = [row for row in told[1] if _place(row).endswith(layout.damaged)]
            _counted(data, here, layout.damaged)

    read()


def _place(row):
    return row.file if isinstance(row, Quarantined) else row.provenance.path


def test_a_damaged_recipe(tmp_path):
    _write(tmp_path, LAYOUTS[0].files)
    path = tmp_path / "own.yaml"

    @FUZZ
    @given(DAMAGE)
    def read(steps):
        path.write_bytes(damaged(RECIPE, steps))
        with refusals():
            make_plan("build-corpus", [], Options(recipe=path))

    path.write_bytes(RECIPE)
    make_plan("build-corpus", [], Options(recipe=path))
    read()


def test_damaged_decisions(tmp_path):
    path = tmp_path / "decisions.jsonl"

    @FUZZ
    @given(DAMAGE)
    def read(steps):
        path.write_bytes(damaged(DECISIONS * 3, steps))
        with refusals(f"{path}:"):
            read_decisions([path])

    path.write_bytes(DECISIONS)
    assert len(read_decisions([path])) == 1
    read()


@pytest.mark.parametrize("name", ["questions", "questions-parquet", "igakuqa"])
def test_a_damaged_benchmark(name, tmp_path):
    layout = next(layout for layout in LAYOUTS if layout.name == name)
    _write(tmp_path, layout.files)
    ref = BenchmarkRef(name=name, path=str(tmp_path / layout.path))

    @FUZZ
    @given(DAMAGE)
    def read(steps):
        (tmp_path / layout.damaged).write_bytes(damaged(layout.files[layout.damaged], steps))
        benchmark = read_benchmark(ref)
        assert benchmark.items or benchmark.gaps

    assert read_benchmark(ref).items
    read()


@pytest.mark.parametrize("name", ["kept.parquet", "manifest.json"])
def test_a_damaged_run(name, tmp_path):
    _write(tmp_path, LAYOUTS[0].files)
    run = tmp_path / "run"
    build_corpus([str(tmp_path / "d.jsonl")], Options(), run, lambda *_: None)
    good = (run / name).read_bytes()
    source = RunSource(path=str(run), name="own")

    @FUZZ
    @given(DAMAGE)
    def read(steps):
        data = damaged(good, steps)
        (run / name).write_bytes(data)
        told = _rows(source)
        if told:
            _accounted(source, *told, frames=zlib.crc32(data) % IN_FRAMES == 0)
        with refusals(""):
            verify_run(run)

    assert _rows(source)
    read()
