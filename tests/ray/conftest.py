"""A cluster of two nodes on this machine, and runs of the command line on it, in processes of their own."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import orjson
import polars as pl
import pytest

ROOT = Path(__file__).resolve().parents[2]
DRIVER = Path(__file__).with_name("ray_driver.py")
ROWS = 130
sys.path.insert(0, str(DRIVER.parent))
_PATHS = os.pathsep.join([str(ROOT), str(DRIVER.parent)])
_QUICK = {"health_check_initial_delay_ms": 0, "health_check_period_ms": 500}
"""Ray asks its nodes more often than it would whether they live."""


@dataclass(frozen=True)
class Two:
    """A cluster: its address, how to add a node of one CPU, and how to lose one."""

    cluster: object
    nodes: list

    @property
    def address(self):
        return self.cluster.address

    def add(self):
        self.nodes.append(self.cluster.add_node(num_cpus=1, include_dashboard=False))
        self.cluster.wait_for_nodes()

    def lose(self, id_):
        node = next(node for node in self.nodes if node.node_id == id_)
        self.nodes.remove(node)
        self.cluster.remove_node(node, allow_graceful=False)


@pytest.fixture(scope="session")
def two():
    """Two nodes of one CPU each, and a head that works on nothing."""
    settings = {
        "PYTHONPATH": _PATHS,
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_memory_monitor_refresh_ms": "0",  # others use this machine's memory, too
        "POLARS_MAX_THREADS": "2",  # a node's own: a task has one CPU all the same
    }
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    from ray.cluster_utils import Cluster  # noqa: PLC0415 (collected without Ray, too)

    head = {"num_cpus": 0, "include_dashboard": False, "_system_config": _QUICK}
    two = Two(Cluster(initialize_head=True, head_node_args=head), [])
    two.add()
    two.add()
    yield two
    two.cluster.shutdown()
    for name, value in before.items():
        os.environ.pop(name) if value is None else os.environ.update({name: value})


@dataclass(frozen=True)
class Ended:
    """How a run ended."""

    out: Path
    code: int
    err: str

    def files(self):
        """The bytes of every file but the manifest."""
        return {p.name: p.read_bytes() for p in self.out.iterdir() if p.name != "manifest.json"}

    def ledger(self):
        told = orjson.loads((self.out / "ledger.json").read_bytes())
        assert told["rows_in"] == told["kept"] + told["dropped"] + told["quarantined"]
        return told

    def quarantine(self):
        lines = (self.out / "quarantine.jsonl").read_bytes().splitlines()
        return [orjson.loads(line) for line in lines]

    def kept(self):
        return pl.read_parquet(self.out / "kept.parquet")["id"].to_list()


@dataclass(frozen=True)
class Runs:
    """Runs of `build-corpus` and `audit` over one small file, in a folder with faults."""

    folder: Path
    source: Path
    address: str | None

    @property
    def faults(self):
        path = self.folder / "faults"
        path.mkdir(exist_ok=True)
        return path

    def fault(self, what, stage, row, text=""):
        """Lets something happen to the shard of a row in the row stage of a number."""
        (self.faults / f"{what}@{stage}@d{row}").write_text(text)

    def started(self, command, out, *words, mode="faults"):
        """Starts a run on the cluster, or on this machine where there is none."""
        where = ["--runner", "ray", "--ray-address", self.address] if self.address else []
        call = [sys.executable, DRIVER, self.faults, mode, command, self.source, *where]
        return subprocess.Popen(
            [*map(str, call), "--max-year", "2017", "--out", str(out), *map(str, words)]
            if command == "build-corpus"
            else [*map(str, call), "--out", str(out), *map(str, words)],
            env={**os.environ, "PYTHONPATH": _PATHS},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def ran(self, command, out, *words, mode="faults"):
        """Runs to the end."""
        with self.started(command, out, *words, mode=mode) as process:
            err = process.communicate()[1]
        return self.ended(process, out, err)

    def ended(self, process, out, err):
        """Returns how a run ended."""
        return Ended(Path(out), process.returncode, err)

    def waiting(self, process):
        """Returns process and node of the shard that waits, once one does."""
        notes = []
        while not notes:
            assert process.poll() is None, process.stderr.read()
            time.sleep(0.05)
            notes = list(self.faults.glob("waiting-*[0-9]"))
        pid, node = notes[0].read_text().split()
        return int(pid), node

    def go(self):
        (self.faults / "go").touch()

    def done(self):
        """The tables of shards that were written, each as often as it was."""
        path = self.faults / "done"
        return path.read_text().splitlines() if path.exists() else []


@pytest.fixture(scope="session")
def source(tmp_path_factory):
    """Documents of several years, some of them alike; the 51st line cannot be read."""
    path = tmp_path_factory.mktemp("ray") / "rows.jsonl"
    rows = [
        {
            "id": f"d{n}",
            "text": f"{n % 110}番目の、血液を送り出す臓器の文章。",
            "year": 2010 + n % 9,
        }
        for n in range(ROWS)
    ]
    lines = [orjson.dumps(row) for row in rows]
    path.write_bytes(b"\n".join([*lines[:50], b"{", *lines[50:], b""]))
    return path


@pytest.fixture
def runs(two, source, tmp_path):
    """Runs on the cluster."""
    return Runs(tmp_path, source, two.address)


@pytest.fixture
def local(source, tmp_path):
    """Runs of the same file on this machine, with the same faults."""
    return Runs(tmp_path, source, None)


@pytest.fixture(scope="session")
def whole(source, tmp_path_factory):
    """A run without faults, on this machine."""
    folder = tmp_path_factory.mktemp("whole")
    return Runs(folder, source, None).ran("build-corpus", folder / "run", "--max-bad", 1)
