"""Faults on a cluster of two nodes: nothing is lost, nothing done twice, and every byte is as without Ray.

Without a benchmark there is no verdict, so a whole run ends with 4.
"""

import os
import signal
import subprocess
import time

import pytest

pytestmark = pytest.mark.ray
ROWS = 131
LENGTH, RENDER = 2, 7
"""Places of row stages in the shipped recipe of build-corpus."""
LEAKAGE = 0
"""The place of an audit's one stage."""
ONE_BAD = ("--max-bad", 1)


@pytest.fixture
def out(tmp_path):
    """Where a run on the cluster is written."""
    return tmp_path / "ray"


@pytest.fixture
def is_whole(runs, whole):
    """Tells that a run ended as one without faults does, and no shard was done twice."""

    def is_whole(told):
        assert told.code == whole.code == 4, told.err
        assert told.files() == whole.files()
        assert told.ledger()["rows_in"] == ROWS
        assert len(runs.done()) == len(set(runs.done()))

    return is_whole


def test_a_killed_worker_costs_one_try(runs, out, is_whole):
    runs.fault("kill", LENGTH, 45)
    runs.fault("kill", RENDER, 100)
    is_whole(runs.ran("build-corpus", out, *ONE_BAD))
    assert not list(runs.faults.glob("kill*"))


def test_a_lost_node_costs_its_shards_in_flight(runs, out, is_whole, two):
    runs.fault("wait", LENGTH, 45)
    with runs.started("build-corpus", out, *ONE_BAD) as process:
        _, node = runs.waiting(process)
        two.lose(node)
        runs.go()
        err = process.communicate()[1]
    two.add()
    is_whole(runs.ended(process, out, err))


def test_a_slow_node_is_waited_for(runs, out, is_whole):
    runs.fault("wait", LENGTH, 45)
    with runs.started("build-corpus", out, *ONE_BAD) as process:
        pid, _ = runs.waiting(process)
        os.kill(pid, signal.SIGSTOP)
        runs.go()
        while len(runs.done()) < 3:  # the other node goes on meanwhile
            assert process.poll() is None
            time.sleep(0.05)
        os.kill(pid, signal.SIGCONT)
        err = process.communicate()[1]
    is_whole(runs.ended(process, out, err))


@pytest.mark.parametrize("elsewhere", [True, False], ids=["on Ray", "without Ray"])
def test_a_killed_driver_goes_on(runs, local, out, is_whole, elsewhere):
    runs.fault("wait", LENGTH, 85)
    with runs.started("build-corpus", out, *ONE_BAD) as process:
        runs.waiting(process)
        while len(runs.done()) < 3:
            time.sleep(0.05)
        process.kill()
    assert process.returncode == -signal.SIGKILL
    assert (out / "manifest.json").exists()
    assert not (out / "kept.parquet").exists()
    runs.go()
    is_whole((runs if elsewhere else local).ran("build-corpus", out, *ONE_BAD))


def _shard_of(row):
    """The ids of a shard of 20 lines; the 51st line is none."""
    lines = [f"d{n}" for n in range(50)] + [None] + [f"d{n}" for n in range(50, ROWS - 1)]
    first = lines.index(row) // 20 * 20
    return {id_ for id_ in lines[first : first + 20] if id_}


def test_shards_that_always_fail_are_quarantined_and_the_rest_is_done(runs, local, out, whole):
    runs.fault("fail", RENDER, 45, "中身は\n二行")
    here = local.ran("build-corpus", local.folder / "local")
    runs.fault("die", LENGTH, 85)
    told = runs.ran("build-corpus", out)
    assert (here.code, told.code) == (3, 3)
    kept = [row for row in whole.kept() if row not in _shard_of("d45")]
    assert here.kept() == kept
    assert told.kept() == [row for row in kept if row not in _shard_of("d85")]
    errors = {"shard.failed: ValueError: 中身は (pipeline.py:"}
    assert {bad["error"].rstrip(")0123456789") for bad in here.quarantine()[1:]} == errors


def test_shards_that_cannot_be_begun_are_quarantined_line_by_line(runs, local, out):
    runs.fault("fail", LEAKAGE, 45, "x")
    here = local.ran("audit", local.folder / "local")
    on_ray = runs.ran("audit", out)
    assert (here.code, on_ray.code) == (3, 3)
    assert on_ray.files() == here.files()
    runs.fault("die", LEAKAGE, 125)
    told = runs.ran("audit", out.with_name("dying"))
    bad = {row["line"]: row for row in told.quarantine()}
    assert told.ledger()["rows_in"] == ROWS
    assert set(bad) == {*range(41, 61), *range(121, 132)}
    assert {row["file"] for row in bad.values()} == {"texts/rows.jsonl"}
    assert '"d125"' in bad[127]["raw"]
    assert "every process that worked on this row's shard died" in bad[127]["error"]
    assert "JSON" in bad[51]["error"]
    assert len(next(runs.faults.glob("die*")).read_text()) == 4  # Ray's own number of tries


def test_a_full_disk_of_one_node_ends_the_run_which_goes_on(runs, out, is_whole):
    runs.fault("wait", LENGTH, 45)
    with runs.started("build-corpus", out, *ONE_BAD) as process:
        _, node = runs.waiting(process)
        (runs.faults / "full").write_text(f"{node} 1000")
        runs.go()
        err = process.communicate()[1]
    assert process.returncode == 3
    assert "the file may not grow" in err
    assert "(on node " in err
    assert "Make room" in err
    (runs.faults / "full").unlink()
    is_whole(runs.ran("build-corpus", out, *ONE_BAD))


def test_a_full_disk_of_all_nodes_ends_the_run_which_goes_on(runs, tmp_path, is_whole):
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=150k", "tmpfs", disk]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk")
    try:
        told = runs.ran("build-corpus", disk / "run", *ONE_BAD)
        assert told.code == 3
        assert "No space left on device" in told.err
        subprocess.run(["mount", "-o", "remount,size=50m", disk], check=True)
        is_whole(runs.ran("build-corpus", disk / "run", *ONE_BAD))
    finally:
        subprocess.run(["umount", disk], check=True)


@pytest.mark.parametrize(
    ("mode", "says"),
    [
        ("unseen", "does not see the run folder"),
        ("other", "has another version of polars"),
    ],
)
def test_a_node_that_cannot_help_is_told(runs, out, mode, says):
    told = runs.ran("build-corpus", out, *ONE_BAD, mode=mode)
    assert told.code == 5
    assert says in told.err
