"""Worker processes: the same order, the same bytes, and ends that are told."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from functools import partial
from itertools import chain
from pathlib import Path

import polars as pl
import pytest
from corpus_rows import build, document, question, write_lines

import curate
from curate.corpus import pipeline
from curate.corpus.workers import cores, crew
from curate.errors import InputError, SetupError

DRIVER = Path(__file__).with_name("kill_driver.py")
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(curate.__file__).parents[1])}


def _late(job, number):
    """The earlier, the slower."""
    time.sleep(0.05 * (4 - number) if number < 4 else 0)
    return job + number, os.getpid(), pl.thread_pool_size()


def _killed(job, number):
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return job + number


def _refused(job, number):
    if number == 2:
        raise InputError("is not what it was", where=f"line {job + number}", hint="Mend it.")
    return number


def _mapped(call, job):
    with crew(2, int) as team:
        team.give(job)
        return list(team.map(call, range(100)))


def test_results_come_in_order_from_several_processes_of_one_thread():
    with crew(2, int) as team:
        team.give(10)
        made = list(team.map(_late, range(12)))
        again = list(team.map(_late, range(4, 6)))
    assert [value for value, _, _ in made] == list(range(10, 22))
    processes = {process for _, process, _ in made}
    assert len(processes) == 2
    assert os.getpid() not in processes
    assert {threads for _, _, threads in made} == {1}
    assert {process for _, process, _ in again} <= processes
    assert "POLARS_MAX_THREADS" not in os.environ


def _cores_of_polars(_, number):
    """This process, and the cores that its threads of Polars may use."""
    time.sleep(0.2)  # so that no worker takes all
    pl.select(pl.repeat(number, 100_000).sum())
    threads = [task for task in Path("/proc/self/task").iterdir() if _is_of_polars(task)]
    assert threads
    return os.getpid(), tuple(
        sorted({*chain(*(os.sched_getaffinity(int(t.name)) for t in threads))})
    )


def _is_of_polars(task):
    return (task / "comm").read_text().startswith("polars")


@pytest.mark.parametrize(("workers", "apart"), [(2, True), (3, False)])
def test_each_of_as_many_workers_as_cores_keeps_to_its_own(two_cores, workers, apart):
    with crew(workers, int) as team:
        team.give(0)
        seen = set(team.map(_cores_of_polars, range(4 * workers)))
    found = sorted(cores for _, cores in seen)
    assert found == ([(one,) for one in two_cores] if apart else [tuple(two_cores)] * workers)


def test_a_crew_of_one_is_this_process():
    with crew(1, int) as team:
        team.give(0)
        assert {process for _, process, _ in team.map(_late, range(4, 8))} == {os.getpid()}


@pytest.mark.parametrize("workers", [1, 2])
def test_items_are_taken_only_a_few_ahead(workers):
    taken = []

    def items():
        for number in range(4, 40):
            taken.append(number)
            yield number

    with crew(workers, int) as team:
        team.give(0)
        for done, _ in enumerate(team.map(_late, items()), 1):
            assert len(taken) - done <= 2 * workers


def test_a_killed_worker_is_told():
    with pytest.raises(SetupError, match="a worker process was killed") as caught:
        _mapped(_killed, 0)
    assert "--workers" in caught.value.hint


def test_an_error_of_a_worker_keeps_its_place_and_hint():
    with pytest.raises(InputError) as caught:
        _mapped(_refused, 5)
    assert (caught.value.where, caught.value.hint) == ("line 7", "Mend it.")


def test_a_crew_without_a_job_ends():
    before = {process.pid for process in multiprocessing.active_children()}
    with crew(2, int):
        waiting = {process.pid for process in multiprocessing.active_children()} - before
    assert len(waiting) == 2
    assert all(_until(partial(_gone, worker)) for worker in waiting)


def test_there_are_cores():
    assert 1 <= cores() <= os.cpu_count()


@pytest.fixture
def sources(tmp_path):
    """Two files of questions and documents, bad rows among them, one of them compressed."""
    rows = [question(f"q{n}", f"{n % 30}番目に血液を送り出す臓器はどれか。") for n in range(50)]
    pages = [document(f"d{n}", f"{n % 40}番目の臓器についての短い文章である。") for n in range(60)]
    write_lines(tmp_path / "in" / "a.jsonl", [*rows[:20], b"{", b"", *rows[20:], rows[3]])
    return write_lines(tmp_path / "b.jsonl", [*pages, b"[]", document("d1", "別の文章である。")])


def test_the_number_of_workers_does_not_change_a_byte(tmp_path, sources, monkeypatch):
    monkeypatch.setattr(pipeline, "SHARD_ROWS", 9)
    monkeypatch.setattr(pipeline, "FEW_BYTES", 0)
    paths = [tmp_path / "in", sources]
    alone = build(tmp_path / "alone", *paths, workers=1)
    crew = build(tmp_path / "crew", *paths, workers=2)
    assert alone.ids() == crew.ids()
    assert len(alone.quarantine()) == 4
    assert alone.bytes() == crew.bytes()


def test_another_number_of_workers_goes_on_with_a_run(tmp_path, sources, monkeypatch):
    monkeypatch.setattr(pipeline, "SHARD_ROWS", 9)
    monkeypatch.setattr(pipeline, "FEW_BYTES", 0)
    whole = build(tmp_path / "whole", sources, workers=1)
    write = pipeline.write_atomically
    monkeypatch.setattr(
        pipeline, "write_atomically", lambda *_: (_ for _ in ()).throw(SetupError("x"))
    )
    with pytest.raises(SetupError):
        build(tmp_path / "run", sources, workers=2)
    monkeypatch.setattr(pipeline, "write_atomically", write)
    resumed = build(tmp_path / "run", sources, workers=1)
    assert resumed.bytes() == whole.bytes()
    again = build(tmp_path / "run", sources, workers=2)
    assert again.data["kept"] == whole.data["kept"]


def _children(pid):
    found = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in found.read_text().split()]


def _gone(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


def _until(condition):
    for _ in range(600):
        if condition():
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def running(tmp_path):
    """A run of two workers in a process of its own, and those workers; ended with the test."""
    rows = [document(f"d{n}", f"{n}番目の臓器についての文章である。" * 30) for n in range(20_000)]
    path = write_lines(tmp_path / "long.jsonl", rows)
    words = ["audit", str(path), "--workers", "2", "--out", str(tmp_path / "run")]
    process = subprocess.Popen(
        [sys.executable, str(DRIVER), "run", *words], env=ENVIRONMENT, stderr=subprocess.PIPE
    )
    with process:
        assert _until(lambda: len(list((tmp_path / "run" / ".work").glob("*-00.parquet"))) > 2)
        yield process, _children(process.pid)
        process.kill()


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -9)])
def test_workers_end_with_the_main_process(running, sent, code):
    process, workers = running
    assert len(workers) >= 2
    process.send_signal(sent)
    assert process.wait(30) == code
    assert all(_until(partial(_gone, worker)) for worker in workers)
    if code == 130:
        assert b"The same command goes on from here." in process.stderr.read()
