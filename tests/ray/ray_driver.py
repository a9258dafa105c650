"""Runs the command line in small shards, with the faults of a folder.

ray_driver.py FOLDER MODE ARGUMENT...

MODE is `faults`; or `unseen` or `other`, where a node sees another run folder, or has other code.
"""

import sys
from pathlib import Path

from ray_faults import with_faults

import curate.cli
from curate.corpus import pipeline, ray_crew
from curate.jobs import read
from curate.runs import folder as folders

SHARD_ROWS = 20


def main(folder, mode, *arguments):
    def steps_of(stages):
        return [with_faults(step, Path(folder)) for step in pipeline.steps_of(stages)]

    give = ray_crew.RayCrew.give

    def give_unseen(self, job):
        give(self, job)
        for mark in job.work.path.glob("*.seen"):
            mark.unlink()

    pipeline.SHARD_ROWS = SHARD_ROWS
    read.steps_of = steps_of
    folders.git_state = lambda: (None, None)
    if mode == "unseen":
        ray_crew.RayCrew.give = give_unseen
    if mode == "other":
        versions = dict(ray_crew._own_code()[1], polars="0.0")
        ray_crew._own_code = lambda: ("", versions)
    curate.cli.main(list(arguments))


if __name__ == "__main__":
    main(*sys.argv[1:])
