"""A job that is none of the product's."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from curate.corpus.runner import Runner
from curate.runs import WorkFolder


@dataclass(frozen=True)
class Tenfold:
    """Makes numbers."""

    work: WorkFolder

    def made(self, number):
        """Returns ten times a number, and how many threads Polars has."""
        return number * 10, pl.thread_pool_size()

    def place(self, _):
        """Returns this process, and the cores that it may use."""
        time.sleep(0.2)  # so that no worker takes all
        return os.getpid(), tuple(sorted(os.sched_getaffinity(0)))


def places(folder, address=None):
    """Returns the cores that each of two worker processes may use."""
    with Runner(2, "ray", address).crew(Tenfold, few=True) as team:
        team.give(Tenfold(WorkFolder(Path(folder))))
        return sorted(cores for _, cores in set(team.map(Tenfold.place, range(20))))
