"""How time and memory grow with a corpus: the whole of `build-corpus`, over one and two gigabytes.

`python -m perf.scale` writes Japanese documents as JSON Lines, builds a corpus of each (year, length, exact
duplicates, leakage against IgakuQA, render) in a process of its own, and prints a table. The memory is that
of the command and all its workers together (RSS, so that what they share counts several times), ten times a
second. It needs $JMLE_DATA, a few minutes and seven times the larger corpus on the disk of --folder.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from perf.leakage.corpora import prose, write
from perf.leakage.data import open_data

MEMORY_MIB = 1_500_000_000 / (1 << 20)
GROWTH = 2.2
_EVERY = 0.1
_PAGE = os.sysconf("SC_PAGE_SIZE")
_RECIPE = """recipe: corpus/1
name: scale
sources: [{path: corpus.jsonl, layout: documents, published: unknown}]
max_year: 2017
stages:
  - {stage: year, unknown: keep}
  - {stage: length, min_chars: 10, max_chars: 20000}
  - {stage: exact_duplicates}
  - {stage: leakage, drop: [contaminated, recycled, review], power_floor: 0.95}
  - {stage: render, template: question}
"""


class Measured(NamedTuple):
    """One run."""

    megabytes: float
    seconds: float
    peak_mib: float
    exit: int


def main() -> int:
    args = _arguments()
    where, sentences = prose(open_data())
    with tempfile.TemporaryDirectory(dir=args.folder) as name:
        runs = [_measure(Path(name), sentences, size, args.workers) for size in args.megabytes]
    print(f"Documents made of {where}; {args.workers} workers.\n")
    print("| corpus | time | speed | peak memory of all processes | exit |")
    print("|---|---|---|---|---|")
    for run in runs:
        speed = run.megabytes / run.seconds
        told = f"{run.seconds:.0f} s | {speed:.1f} MB/s | {run.peak_mib:,.0f} MiB | {run.exit}"
        print(f"| {run.megabytes:,.0f} MB | {told} |")
    first, last = runs[0], runs[-1]
    allowed = GROWTH * last.megabytes / first.megabytes / 2
    growth = last.seconds / first.seconds
    small = all(run.peak_mib < MEMORY_MIB for run in runs)
    print(
        f"\nThe time grows {growth:.2f} times (at most {allowed:.2f}); memory within bounds: {small}."
    )
    return int(growth > allowed or not small or any(run.exit for run in runs))


def _measure(folder: Path, sentences: list[str], megabytes: float, workers: int) -> Measured:
    corpus, recipe, out = folder / "corpus.jsonl", folder / "scale.yaml", folder / "run"
    written = write(corpus, sentences, megabytes, "scale")
    recipe.write_text(_RECIPE, encoding="utf-8")
    benchmark = f"igakuqa={os.environ['JMLE_DATA']}/igakuqa"
    words = ["build-corpus", "--recipe", str(recipe), "--benchmark", benchmark]
    words += ["--years", "2018-2022", "--workers", str(workers), "--format", "quiet"]
    started, peak = time.perf_counter(), 0
    with subprocess.Popen([sys.executable, "-m", "curate", *words, "--out", str(out)]) as process:
        while process.poll() is None:
            peak = max(peak, sum(map(_resident, _family(process.pid))))
            time.sleep(_EVERY)
    seconds = time.perf_counter() - started
    shutil.rmtree(out)
    corpus.unlink()
    return Measured(written / 1e6, seconds, peak / (1 << 20), process.returncode)


def _family(pid: int) -> list[int]:
    """Returns a process and all that it started."""
    found = [pid]
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in _text(thread).split():
            found += _family(int(child))
    return found


def _resident(pid: int) -> int:
    pages = _text(Path(f"/proc/{pid}/statm")).split()
    return int(pages[1]) * _PAGE if pages else 0


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except OSError:  # it ended meanwhile
        return ""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, nargs="+", default=[1000.0, 2000.0])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="where the corpora are written")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
