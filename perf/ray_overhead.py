"""What `--runner ray` costs over local workers: one corpus, the same number of processes, on this machine.

`python -m perf.ray_overhead` writes Japanese documents as JSON Lines and builds a corpus of them (year,
length, exact duplicates, leakage against IgakuQA, render) by turns with local workers and with a Ray of its
own. It prints medians of the clock, of the CPU time of all processes (looked at ten times a second, Ray's own
among them) and of the largest process, and whether both wrote the same bytes. It needs $JMLE_DATA.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from perf.leakage.corpora import prose, write
from perf.leakage.data import open_data
from perf.scale import _RECIPE, _family, _resident, _text

_EVERY = 0.1
_TICKS = os.sysconf("SC_CLK_TCK")
_RUNNERS = ("local", "ray")


class Measured(NamedTuple):
    """One run: seconds by the clock, seconds of CPU, and the most memory of one process in MiB."""

    clock: float
    cpu: float
    largest: float


def main() -> int:
    args = _arguments()
    where, sentences = prose(open_data())
    found: dict[str, list[Measured]] = {runner: [] for runner in _RUNNERS}
    wrote = []
    with tempfile.TemporaryDirectory(dir=args.folder) as name:
        folder = Path(name)
        written = write(folder / "corpus.jsonl", sentences, args.megabytes, "scale")
        (folder / "scale.yaml").write_text(_RECIPE, encoding="utf-8")
        for runner in _RUNNERS:  # compiles, and fills the caches
            _measured(folder, runner, args.workers)
            shutil.rmtree(folder / "run")
        for _ in range(args.times):
            for runner in _RUNNERS:
                found[runner].append(_measured(folder, runner, args.workers))
                wrote.append(_contents(folder / "run"))
                shutil.rmtree(folder / "run")
    same = all(one == wrote[0] for one in wrote)
    medians = [
        [statistics.median(some) for some in zip(*runs, strict=True)] for runs in found.values()
    ]
    print(
        f"{written / 1e6:,.0f} MB made of {where}; {args.workers} workers; medians of {args.times}.\n"
    )
    print("| runner | clock | CPU time | largest process |")
    print("|---|---|---|---|")
    for runner, (clock, cpu, largest) in zip(_RUNNERS, medians, strict=True):
        print(f"| {runner} | {clock:.1f} s | {cpu:.1f} s | {largest:,.0f} MiB |")
    local, ray = medians
    more = f"{ray[0] - local[0]:+.1f} s ({ray[0] / local[0] - 1:+.0%}) and {ray[1] - local[1]:+.1f} CPU s"
    print(f"\nRay takes {more}; the bytes are the same: {same}.")
    return int(not same)


def _measured(folder: Path, runner: str, workers: int) -> Measured:
    benchmark = f"igakuqa={os.environ['JMLE_DATA']}/igakuqa"
    words = ["build-corpus", "--recipe", str(folder / "scale.yaml"), "--benchmark", benchmark]
    words += ["--years", "2018-2022", "--workers", str(workers), "--runner", runner]
    words += ["--format", "quiet", "--out", str(folder / "run")]
    spent: dict[int, int] = {}
    started, largest = time.perf_counter(), 0
    with subprocess.Popen([sys.executable, "-m", "curate", *words]) as process:
        while process.poll() is None:
            for pid in _family(process.pid):
                spent[pid] = max(spent.get(pid, 0), _ticks(pid))
                largest = max(largest, _resident(pid))
            time.sleep(_EVERY)
    seconds = time.perf_counter() - started
    return Measured(seconds, sum(spent.values()) / _TICKS, largest / (1 << 20))


def _ticks(pid: int) -> int:
    """Returns the CPU time of a process, its own and the system's for it."""
    fields = _text(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12]) if fields else 0


def _contents(run: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in run.iterdir() if p.name != "manifest.json"}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=200.0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where the corpus is written")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
