"""A stage that something happens to. The driver of these tests puts it around each row stage of a run.

What happens lies in a folder, as files named by what and to the shard of which row: `kill` (its process,
once), `die` (its process, every time), `fail` (an error, every time), `wait` (until there is `go`). A file
`full` names a node whose processes may write no file of more than its size. Each table that is written after
such a stage is a line of `done`; each that waits has a file that names its process and its node.
"""

import os
import resource
import signal
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import ray

from curate.corpus.stage import RowStage
from curate.runs import WorkFolder


class Fault(RowStage):
    """Another stage, and what happens while it runs."""

    stage: Literal["fault"] = "fault"
    inner: Any
    folder: Path
    number: int

    def apply(self, shard):
        self._limit()
        ids = shard["id"].to_list()
        for path in sorted(self.folder.glob(f"*@{self.number}@*")):
            what, _, id_ = path.name.split("@")
            if id_ in ids:
                getattr(self, f"_{what}")(path)
        _folders.add(self.folder)
        return self.inner.apply(shard)

    def _limit(self):
        full = self.folder / "full"
        node, _, size = full.read_text().partition(" ") if full.exists() else ("", "", "")
        limit = int(size) if node and node == _node() else resource.RLIM_INFINITY
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))

    def _kill(self, path):
        path.unlink()
        os.kill(os.getpid(), signal.SIGKILL)

    def _die(self, path):
        with path.open("a") as file:
            file.write("x")
        os.kill(os.getpid(), signal.SIGKILL)

    def _fail(self, path):
        raise ValueError(path.read_text())

    def _wait(self, _path):
        note = self.folder / f"waiting-{time.time_ns()}"
        note.with_suffix(".tmp").write_text(f"{os.getpid()} {_node()}")
        note.with_suffix(".tmp").rename(note)
        while not (self.folder / "go").exists():
            time.sleep(0.02)


def _node():
    return ray.get_runtime_context().get_node_id() if ray.is_initialized() else ""


def with_faults(step, folder):
    """Returns a step of a run whose row stages may fail."""
    rows = [(n, Fault(inner=stage, folder=folder, number=n)) for n, stage in step.rows]
    return replace(step, rows=tuple(rows))


_folders = set()
_write = WorkFolder.write_table


def _written(self, name, frame):
    made = _write(self, name, frame)
    for folder in _folders:
        with (folder / "done").open("a") as file:
            file.write(f"{name}\n")
    return made


WorkFolder.write_table = _written
