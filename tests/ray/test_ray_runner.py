"""`--runner ray` on this machine alone, and what it says where it cannot work."""

import subprocess
import sys
from pathlib import Path

import pytest
from ray_jobs import Tenfold, places
from test_ray_faults import LENGTH

from curate.corpus.runner import Runner
from curate.runs import WorkFolder

pytestmark = pytest.mark.ray


def test_a_ray_of_its_own_is_started_and_ended(local, whole, tmp_path):
    before = _folders()
    told = local.ran(
        "build-corpus", tmp_path / "ray", "--max-bad", 1, "--runner", "ray", "--workers", 2
    )
    assert (told.code, told.err.splitlines()[0]) == (
        4,
        whole.err.splitlines()[0],
    )  # and no word of Ray's
    assert told.files() == whole.files()
    again = local.ran("build-corpus", tmp_path / "ray", "--max-bad", 1)
    assert again.code == 4
    assert _folders() <= before


def test_a_run_that_is_told_to_end_ends_its_ray_and_goes_on(local, whole, tmp_path):
    before, out = _folders(), tmp_path / "ray"
    local.fault("wait", LENGTH, 45)
    words = ("build-corpus", out, "--max-bad", 1, "--runner", "ray", "--workers", 2)
    with local.started(*words) as process:
        local.waiting(process)
        process.terminate()
        process.communicate()
    assert process.returncode > 0, "it ends by itself"
    assert _folders() <= before
    assert not (out / "kept.parquet").exists()
    local.go()
    assert local.ran(*words[:4]).files() == whole.files()


def _folders():
    """Where each Ray of a run's own keeps its files, until it has ended."""
    return set(Path("/tmp").glob("curate-ray-*"))  # noqa: S108


@pytest.mark.parametrize(
    ("address", "code", "says"),
    [
        ("127.0.0.1:1", 5, "no Ray cluster can be used at 127.0.0.1:1: "),
        ("ray://host:1", 2, "--ray-address wants HOST:PORT"),
    ],
)
def test_an_address_without_a_cluster_is_told(local, tmp_path, address, code, says):
    words = ("--runner", "ray", "--ray-address", address)
    told = local.ran("build-corpus", tmp_path / "ray", *words)
    assert told.code == code
    assert says in told.err


def test_items_are_taken_only_a_few_ahead_by_processes_of_one_thread(two, tmp_path):
    taken = []

    def items():
        for number in range(30):
            taken.append(number)
            yield number

    with Runner(2, "ray", two.address).crew(Tenfold, few=True) as team:
        team.give(Tenfold(WorkFolder(tmp_path)))
        for done, (made, threads) in enumerate(team.map(Tenfold.made, items())):
            assert (made, threads) == (done * 10, 1)
            assert len(taken) - done <= 5
    assert made == 290


def test_each_worker_of_a_ray_of_ones_own_keeps_to_a_core(two_cores, two, tmp_path):
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, ray_jobs; print(ray_jobs.places(sys.argv[1]))",
            tmp_path,
        ],
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    assert said.stdout.strip() == str([(one,) for one in two_cores])


def test_workers_of_a_cluster_keep_to_none(two, tmp_path):
    assert all(len(cores) > 1 for cores in places(tmp_path, two.address))
