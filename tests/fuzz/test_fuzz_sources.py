"""Damaged files of every layout: records, quarantined rows and errors with a place come out, nothing else.

`make fuzz` reads 10,000 of each; CURATE_FUZZ_INPUTS sets how many, CURATE_FUZZ_SEED which. An input that
fails is told with its steps; of one that ends the process, the file is left in the temporary folder.
"""

import os
import resource
from contextlib import contextmanager
from functools import cache
from random import Random

import pytest
from fuzz_counts import accounted, rows_in
from fuzz_damage import damaged
from fuzz_files import DECISIONS, DOCUMENT_FILE, LAYOUTS, RECIPE
from fuzz_forks import forked

from curate.errors import CurateError
from curate.jobs.build_corpus import build_corpus
from curate.jobs.decisions import read_decisions
from curate.jobs.overlay import Options
from curate.jobs.plan import make_plan
from curate.leakage import BenchmarkRef, known_layout, read_benchmark
from curate.leakage.benchmarks import read as read_module
from curate.models import Quarantined
from curate.runs import verify_run
from curate.sources import RunSource, detect_layout, read_source, source_files

INPUTS = int(os.environ.get("CURATE_FUZZ_INPUTS", "100"))
SEED = os.environ.get("CURATE_FUZZ_SEED", "0")
IN_FRAMES = 32  # one input of so many is read into frames, too: they take longest
GONE = 0.01
MEMORY = 1 << 19  # KiB that no small file may need


def _write(folder, files):
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def _each(what, folder, files, read, names=None):
    """Damages one of the files by the names at a time and has it read: its name, its bytes, and how fully."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(INPUTS):
        random = Random(f"{what} {SEED} {number}")  # noqa: S311  # no secret
        name = random.choice(names or list(files))
        path = folder / name
        data, steps = damaged(name, files[name], random)
        path.write_bytes(data)
        os.utime(path, ns=(number, number))  # no two inputs look like one unchanged file
        if len(files) > 1 and random.random() < GONE:
            path.unlink()
            data, steps = b"", ["gone"]
        try:
            read(name, data, number % IN_FRAMES == 0)
        except BaseException as exc:
            exc.add_note(f"input {number} of {what}, seed {SEED}: {name}: {steps}; {data[:4000]!r}")
            raise
        if len(files) > 1:
            path.write_bytes(files[name])
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MEMORY


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


@pytest.mark.filterwarnings("ignore:This process")  # of its threads: the fork has no use for them
@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_a_damaged_source(layout, tmp_path, monkeypatch):
    monkeypatch.setattr("curate.sources.booklet.pages._run", forked)
    files = layout.files()
    _write(tmp_path, files)
    path = tmp_path / layout.path
    source = layout.kind(path=str(path), name="own", **layout.keys)
    whole = _rows(source)
    assert whole
    assert not [row for row in whole[1] if isinstance(row, Quarantined)]

    def read(name, data, fully):
        with refusals(""):
            detect_layout(path)
        told = _rows(source)
        if told:
            accounted(source, *told, fully=fully)
            here = [row for row in told[1] if f"{name}/".startswith(f"{_place(row)}/")]
            rows_in(name, data, here, source)

    _each(layout.name, tmp_path, files, read, layout.damaged)


def _place(row):
    return row.file.removeprefix("own/") if isinstance(row, Quarantined) else row.provenance.path


def test_a_damaged_recipe(tmp_path):
    _write(tmp_path, {"own.yaml": RECIPE, **DOCUMENT_FILE})
    path = tmp_path / "own.yaml"
    make_plan("build-corpus", [], Options(recipe=path))

    def read(*_):
        with refusals():
            make_plan("build-corpus", [], Options(recipe=path))

    _each("recipe", tmp_path, {path.name: RECIPE}, read)


def test_damaged_decisions(tmp_path):
    path = tmp_path / "decisions.jsonl"
    path.write_bytes(DECISIONS)
    assert len(read_decisions([path])) == 1

    def read(*_):
        with refusals(f"{path}:"):
            read_decisions([path])

    _each("decisions", tmp_path, {path.name: DECISIONS * 3}, read)


@pytest.mark.parametrize("name", ["questions", "questions-parquet", "igakuqa"])
def test_a_damaged_benchmark(name, tmp_path, monkeypatch):
    monkeypatch.setattr(read_module, "known_layout", cache(known_layout))  # takes most of the time
    layout = next(layout for layout in LAYOUTS if layout.name == name)
    files = layout.files()
    _write(tmp_path, files)
    ref = BenchmarkRef(name=name, path=str(tmp_path / layout.path))
    assert read_benchmark(ref).items

    def read(*_):
        benchmark = read_benchmark(ref)
        assert benchmark.items or benchmark.gaps

    _each(f"benchmark {name}", tmp_path, files, read, layout.damaged)


@pytest.mark.parametrize("name", ["kept.parquet", "manifest.json"])
def test_a_damaged_run(name, tmp_path):
    _write(tmp_path, DOCUMENT_FILE)
    run = tmp_path / "run"
    build_corpus([str(tmp_path / "d.jsonl")], Options(), run, lambda *_: None)
    source = RunSource(path=str(run), name="own")
    assert _rows(source)

    def read(name, data, fully):
        told = _rows(source)
        if told:
            accounted(source, *told, fully=fully)
            rows_in(name, data, told[1], source)
        with refusals(""):
            verify_run(run)

    _each(f"run {name}", run, {name: (run / name).read_bytes()}, read)
