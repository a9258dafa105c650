"""Runs the main job in small shards, and kills it where it is told to.

    kill_driver.py run ARGUMENT...           the command line, whole
    kill_driver.py points FOLDER ARGUMENT... one run whole; for every point of stdin one killed and resumed
    kill_driver.py moments FOLDER ARGUMENT... the same, but one run is killed at all moments of stdin

A point is "MODE N": at the N-th file of the run, with half of the temporary file written (`half`), before
the rename (`before`) or after it (`after`). A moment is a part of the time that the whole run took.
Every run is a process of its own, forked before any thread; with several workers, only the files of the
main process count.
"""

import os
import signal
import sys
from pathlib import Path
from time import monotonic, sleep

from curate.cli import main
from curate.corpus import pipeline
from curate.runs import code_sha256, folder
from curate.text import fold

SHARD_ROWS = 20
_replace = os.replace


def kill_at(mode, number):
    """Makes this process kill itself at its `number`-th rename."""
    seen = 0

    def replace(source, target):
        nonlocal seen
        seen += 1
        if seen == number and mode == "half":
            os.truncate(source, Path(source).stat().st_size // 2)
        if seen != number or mode == "after":
            _replace(source, target)
        if seen == number:
            os.kill(os.getpid(), signal.SIGKILL)

    os.replace = replace


def forked(arguments, point=None, seconds=None):
    """Runs the command line in a process of its own; returns its exit code, or minus the signal.

    It is killed at the point, or after so many seconds.
    """
    child = os.fork()
    if child == 0:
        if point:
            kill_at(*point)
        try:
            main(arguments)
        except SystemExit as exc:
            os._exit(exc.code or 0)
    until = monotonic() + (1e9 if seconds is None else seconds)
    ended, status = 0, 0
    while not ended:
        sleep(0.002)
        if monotonic() > until:
            os.kill(child, signal.SIGKILL)
        ended, status = os.waitpid(child, os.WNOHANG)
    return os.waitstatus_to_exitcode(status)


def whole(out, arguments):
    """Does a run that nothing kills; returns how many seconds it took."""
    code_sha256()  # once for all of them
    fold("")  # it loads the compiled loops
    start = monotonic()
    assert forked([*arguments, "--out", str(Path(out, "whole"))]) == 0
    return monotonic() - start


def points(out, arguments):
    whole(out, [*arguments, "--workers", "1"])  # which gives the same bytes sooner
    for number, line in enumerate(sys.stdin):
        mode, at = line.split()
        command = [*arguments, "--out", str(Path(out, str(number)))]
        killed = forked(command, (mode, int(at)))
        sys.stdout.write(f"{killed} {forked(command)}\n")
        sys.stdout.flush()


def moments(out, arguments):
    lasted = whole(out, arguments)
    command = [*arguments, "--out", str(Path(out, "killed"))]
    killed = [forked(command, seconds=lasted * float(line)) for line in sys.stdin]
    sys.stdout.write(f"{killed} {forked(command)}\n")


if __name__ == "__main__":
    pipeline.SHARD_ROWS = SHARD_ROWS
    pipeline.FEW_BYTES = 0
    folder.git_state = lambda: (None, None)
    if sys.argv[1] == "run":
        main(sys.argv[2:])
    {"points": points, "moments": moments}[sys.argv[1]](sys.argv[2], sys.argv[3:])
