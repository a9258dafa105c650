"""How time and memory grow with a corpus, with workers, with runners and with the benchmark.

`python -m perf.scale` writes Japanese documents as JSON Lines, 0.1, 1 and 10 GB of them in ten files, and
runs a command over each in a process of its own: the whole of `build-corpus` (year, length, exact duplicates,
leakage against IgakuQA, render) and of `audit`, with 1 and 2 workers, and on every runner that is there. The
command's own process has as many threads of Polars as there are workers: a worker stands for a core. Then it
audits one corpus against 2,000, 20,000 and 200,000 benchmark items, made of pieces of IgakuQA's. It prints
Markdown: of each run the time, the processor's time of all its processes, the most memory of one of them and
of all together (RSS, so that what they share counts several times; both looked at ten times a second), of
each series its slopes, and whether all runs over one corpus wrote the same bytes. Settings are measured by
turns, several times where the corpus is small enough, and judged by their fastest: a machine that is shared
is slower in one hour than in another (*stolen* tells how much the host took). The corpus is read before each
run, since what the one before left in the page cache may cost the next as much as another runner. It needs
$JMLE_DATA, a quiet machine, and three times the largest corpus on the disk of --folder.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import orjson

from perf.leakage.corpora import more_items, prose, write
from perf.leakage.data import open_data

MEMORY = 1_500_000_000
LINEAR = 1.1
SPEED_UP = 1.8
OVERHEAD = 0.15
_LARGE = 2000.0
_WARM = 1.0
_FILES = 10
_COLUMNS = (
    *("command", "runner", "workers", "corpus", "items", "time", "processor", "one process", "all"),
    *("stolen", "exit"),
)
_STEAL = 7
_EVERY = 0.1
_READ = 1 << 20
_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICKS = os.sysconf("SC_CLK_TCK")
_RECIPE = """recipe: corpus/1
name: scale
sources: [{path: corpus, layout: documents, published: unknown}]
max_year: 2017
stages:
  - {stage: year, unknown: keep}
  - {stage: length, min_chars: 10, max_chars: 20000}
  - {stage: exact_duplicates}
  - {stage: leakage, drop: [contaminated, recycled, review], power_floor: 0.95}
  - {stage: render, template: question}
"""


class Setting(NamedTuple):
    """How a run is made."""

    command: str
    runner: str
    workers: int


class Measured(NamedTuple):
    """One run: megabytes of corpus, items of the benchmark, seconds by clock and processor, bytes at most.

    `stolen` is the share of the machine's processors that its host gave to others meanwhile, `wrote` are the
    hashes of the run's files.
    """

    setting: Setting
    megabytes: float
    items: int
    seconds: float
    processor: float
    one: int
    all: int
    stolen: float
    exit: int
    wrote: str


def main() -> int:
    args = _arguments()
    data = open_data()
    where, sentences = prose(data)
    items_of = data.igakuqa(2018, 2022)
    runners = [name for name in args.runners if name == "local" or find_spec(name)]
    settings = [
        Setting(command, runner, workers)
        for command in args.commands
        for runner in runners
        for workers in args.workers
    ]
    print(f"Documents made of {where}.\n")
    print(f"| {' | '.join(_COLUMNS)} |\n|{'---|' * len(_COLUMNS)}", flush=True)
    runs: list[Measured] = []
    by_items: list[Measured] = []
    if args.folder:
        args.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=args.folder) as name:
        folder = Path(name)
        (folder / "scale.yaml").write_text(_RECIPE, encoding="utf-8")
        igakuqa = f"igakuqa={os.environ['JMLE_DATA']}/igakuqa"
        for command in args.commands:  # what is compiled once is not counted
            warm = Setting(command, "local", 1)
            _measured(folder, _corpus(folder, sentences, _WARM), warm, igakuqa, len(items_of))
        for size in args.megabytes:
            corpus = _corpus(folder, sentences, size)
            times = 1 if size > _LARGE else args.times
            for setting in [setting for _ in range(times) for setting in settings]:
                runs.append(_measured(folder, corpus, setting, igakuqa, len(items_of)))
                _say(runs[-1])
        corpus = _corpus(folder, sentences, args.megabytes[0]) if args.items else folder
        for items in args.items:
            made = more_items(items_of, -(-items // len(items_of)), copies=False)
            lines = (one.question.model_dump(mode="json") for one in made[:items])
            with (folder / "items.jsonl").open("wb") as file:
                file.writelines(orjson.dumps(line) + b"\n" for line in lines)
            setting = Setting("audit", "local", max(args.workers))
            benchmark = f"made={folder / 'items.jsonl'}"
            by_items.append(_measured(folder, corpus, setting, benchmark, items))
            _say(by_items[-1])
    return _judged(runs, by_items)


def _judged(runs: Sequence[Measured], by_items: Sequence[Measured]) -> int:
    """Prints what grows how; returns 1 where something is out of its bounds."""
    best = [min(same, key=lambda run: run.seconds) for same in _repeated(runs).values()]
    findings = [*_growth(best), *_by_items(by_items), *_against(best), *_alike(runs)]
    print("\n| what | measured | asked |\n|---|---|---|")
    for what, told, asked, _ in findings:
        print(f"| {what} | {told} | {asked} |")
    return int(not all(fine for *_, fine in findings))


Finding = tuple[str, str, str, bool]


def _repeated(runs: Sequence[Measured]) -> dict[tuple[Setting, float], list[Measured]]:
    """Returns the runs of one setting over one corpus together."""
    found: dict[tuple[Setting, float], list[Measured]] = defaultdict(list)
    for run in runs:
        found[run.setting, run.megabytes].append(run)
    return found


def _growth(runs: Sequence[Measured]) -> Iterator[Finding]:
    """Tells by setting the seconds for a gigabyte between each two sizes, and the memory at most."""
    for setting in dict.fromkeys(run.setting for run in runs):
        some = [run for run in runs if run.setting == setting]
        slopes = [
            1000 * (after.seconds - before.seconds) / (after.megabytes - before.megabytes)
            for before, after in pairwise(some)
        ]
        name = f"{setting.command}, {setting.runner}, {setting.workers} workers"
        if len(slopes) > 1:
            growth = slopes[-1] / slopes[0]
            told = " then ".join(f"{slope:.1f} s/GB" for slope in slopes)
            yield f"{name}: slope", f"{told} ({growth:.2f} times)", "1.10 times", growth <= LINEAR
        elif slopes:
            yield f"{name}: slope", f"{slopes[0]:.1f} s/GB", "", True
        most = max((run.one for run in some), default=0)
        yield f"{name}: one process", f"{most / 1e6:,.0f} MB", "1,500 MB", most < MEMORY


def _by_items(runs: Sequence[Measured]) -> Iterator[Finding]:
    """Tells the cost of more benchmark items."""
    for before, after in pairwise(runs):
        more = (after.items - before.items) / 1000
        seconds, memory = after.seconds - before.seconds, after.one - before.one
        told = f"{seconds / more:.3f} s and {memory / 1e6 / more:.1f} MB a thousand"
        yield f"items, from {before.items:,} to {after.items:,}", told, "", True


def _against(runs: Sequence[Measured]) -> Iterator[Finding]:
    """Tells at each size how much faster two workers are, and how much slower another runner is."""
    by = {(run.setting, run.megabytes, run.items): run.seconds for run in runs}
    for (setting, size, items), seconds in by.items():
        alone = by.get((setting._replace(workers=1), size, items))
        if alone and setting.workers == 2:
            name = f"{setting.command}, {setting.runner}, {size:,.0f} MB: 2 workers"
            yield (
                name,
                f"{alone / seconds:.2f} times as fast",
                f"{SPEED_UP}",
                alone / seconds >= SPEED_UP,
            )
        local = by.get((setting._replace(runner="local"), size, items))
        if local and setting.runner != "local":
            over = seconds / local - 1
            name = f"{setting.command}, {size:,.0f} MB, {setting.workers} workers: {setting.runner}"
            yield name, f"{over:+.0%}", "+15%", over <= OVERHEAD


def _alike(runs: Sequence[Measured]) -> Iterator[Finding]:
    """Tells of each command and corpus whether all runs wrote the same bytes."""
    for command, megabytes in dict.fromkeys((run.setting.command, run.megabytes) for run in runs):
        wrote = [
            run.wrote
            for run in runs
            if (run.setting.command, run.megabytes) == (command, megabytes)
        ]
        same = wrote.count(wrote[0]) == len(wrote)
        told = f"{len(wrote)} runs, {len(set(wrote))} content"
        yield f"{command}, {megabytes:,.0f} MB: bytes written", told, "all the same", same


def _say(run: Measured) -> None:
    """Prints a run's line as soon as it is measured."""
    print(
        f"| {run.setting.command} | {run.setting.runner} | {run.setting.workers}"
        f" | {run.megabytes:,.0f} MB | {run.items:,} | {run.seconds:.1f} s | {run.processor:.1f} s"
        f" | {run.one / 1e6:,.0f} MB | {run.all / 1e6:,.0f} MB | {run.stolen:.0%} | {run.exit} |",
        flush=True,
    )


def _corpus(folder: Path, sentences: list[str], megabytes: float) -> Path:
    corpus = folder / "corpus"
    corpus.mkdir(exist_ok=True)
    for number in range(_FILES):
        write(corpus / f"{number}.jsonl", sentences, megabytes / _FILES, f"scale-{number}")
    return corpus


def _measured(folder: Path, corpus: Path, setting: Setting, benchmark: str, items: int) -> Measured:
    """Returns what a run over the corpus takes."""
    words = [sys.executable, "-m", "curate", setting.command, "--benchmark", benchmark]
    words += ["--workers", str(setting.workers), "--format", "quiet", "--out", str(folder / "run")]
    if setting.command == "build-corpus":
        words += ["--recipe", str(folder / "scale.yaml")]
    else:
        words.append(str(corpus))
    if setting.runner != "local":
        words += ["--runner", setting.runner]
    if benchmark.startswith("igakuqa="):
        words += ["--years", "2018-2022"]
    _read(corpus)
    started, one, together, before = time.perf_counter(), 0, 0, _jiffies()
    spent: dict[int, int] = {}
    threads = {"POLARS_MAX_THREADS": str(setting.workers)}
    with subprocess.Popen(words, env={**os.environ, **threads}) as process:
        while process.poll() is None:
            family = _family(process.pid)
            spent |= {pid: max(spent.get(pid, 0), _ticks(pid)) for pid in family}
            sizes = [_resident(pid) for pid in family]
            one, together = max([one, *sizes]), max(together, sum(sizes))
            time.sleep(_EVERY)
    seconds, after = time.perf_counter() - started, _jiffies()
    stolen = (after[_STEAL] - before[_STEAL]) / max(1, sum(after) - sum(before))
    manifest = folder / "run" / "manifest.json"
    wrote = orjson.loads(manifest.read_bytes())["outputs"] if manifest.exists() else []
    shutil.rmtree(folder / "run", ignore_errors=True)
    used = sum(spent.values()) / _TICKS
    size = sum(file.stat().st_size for file in corpus.iterdir()) / 1e6
    told = orjson.dumps(wrote).decode()
    code = process.returncode
    return Measured(setting, size, items, seconds, used, one, together, stolen, code, told)


def _read(corpus: Path) -> None:
    """Reads all files, so that every run finds the same of them in the page cache."""
    os.sync()
    for path in sorted(corpus.iterdir()):
        with path.open("rb", buffering=0) as file:
            while file.read(_READ):
                pass


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


def _jiffies() -> list[int]:
    """Returns what all processors did since the machine started: user, nice, system, ..., stolen."""
    return [int(field) for field in _text(Path("/proc/stat")).splitlines()[0].split()[1:9]]


def _ticks(pid: int) -> int:
    """Returns the processor's time of a process, its own and the system's for it."""
    fields = _text(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12]) if fields else 0


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except OSError:  # it ended meanwhile
        return ""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, nargs="+", default=[100.0, 1000.0, 10_000.0])
    parser.add_argument("--times", type=int, default=3, help=f"runs of each up to {_LARGE:,.0f} MB")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--runners", nargs="+", default=["local", "ray"])
    parser.add_argument("--commands", nargs="+", default=["build-corpus", "audit"])
    parser.add_argument("--items", type=int, nargs="*", default=[2_000, 20_000, 200_000])
    parser.add_argument("--folder", type=Path, help="where the corpora are written")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
