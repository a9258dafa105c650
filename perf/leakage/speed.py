"""Speed: every rule over the same files on one thread, beside the least that any rule has to do."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

import orjson

from perf.leakage import corpora, ours
from perf.leakage.data import Data
from perf.leakage.peers import PEERS, Peer
from perf.leakage.timed import BASELINE

WARM_LINES = 100
START_MB = 20.0
"""Enough that worker processes start for it, too."""
LINEAR = (1, 2, 4)
"""Fifths of `--mb` over which linearity is measured."""
ONE_THREAD = dict.fromkeys(
    ("POLARS_MAX_THREADS", "NUMBA_NUM_THREADS", "RAYON_NUM_THREADS", "OMP_NUM_THREADS"), "1"
)


@dataclass(frozen=True)
class Row:
    """One measurement; `seconds` are without start-up, and the processor's where `cpu_seconds` says so."""

    what: str
    corpus: str
    megabytes: float = 0.0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_mib: float = 0.0
    documents: int = 0
    flagged: int = 0
    ready_seconds: float = 0.0
    note: str = ""

    @property
    def rate(self) -> float:
        """Megabytes a second."""
        return self.megabytes / self.seconds if self.seconds > 0 else 0.0

    @property
    def cpu_rate(self) -> float:
        """Megabytes a second of processor time: what other programs on the machine do not change."""
        return self.megabytes / self.cpu_seconds if self.cpu_seconds > 0 else 0.0


@dataclass(frozen=True)
class Plan:
    """What to measure, and how long: sizes in megabytes, rounds of what is compared by turns."""

    megabytes: float
    exam_megabytes: float
    rounds: int
    peers: bool
    corpus: Path | None
    work: Path

    def size(self, corpus: str) -> float:
        """Returns the megabytes of one of the made corpora."""
        return self.exam_megabytes if corpus == "exam" else self.megabytes


def measure(data: Data, plan: Plan) -> Iterator[Row]:
    """Yields the rows as they are measured."""
    plan.work.mkdir(parents=True, exist_ok=True)
    for name, path, where in _files(data, plan):
        yield from _side_by_side(name, path, plan.rounds, where)
        yield from _audits(data, name, path, plan)
        for peer in PEERS if plan.peers else ():
            yield _peer(peer, name, path, plan.work)
    yield from _scaling(plan)


def _files(data: Data, plan: Plan) -> Iterator[tuple[str, Path, str]]:
    """Writes the made corpora, and yields every corpus's name, file and origin."""
    where, sentences = corpora.prose(data)
    exam = "sentences of the exams of 2025 and of the pharmacists"
    made = (("prose", sentences, where), ("exam", corpora.exam_sentences(data), exam))
    for name, pieces, origin in made:
        path = plan.work / f"{name}.jsonl"
        corpora.write(path, pieces, plan.size(name), name)
        yield name, path, origin
    if plan.corpus is not None:
        yield plan.corpus.name, plan.corpus, "the user's"


def _side_by_side(corpus: str, path: Path, rounds: int, where: str) -> Iterator[Row]:
    """Alternates baseline and detector, and yields the median of each."""
    pairs = [
        (_timed(BASELINE, corpus, path, note=f"from {where}"), _timed(ours.NAME, corpus, path))
        for _ in range(rounds)
    ]
    for rows in zip(*pairs, strict=True):
        yield _median(list(rows))


def _scaling(plan: Plan) -> Iterator[Row]:
    """Yields the detector's time over more text, and with ten times more items."""
    for name in ("prose", "exam"):
        path = plan.work / f"{name}.jsonl"
        for fifths in LINEAR:
            part = _prefix(path, plan.size(name) * fifths / 5, plan.work)
            yield _timed(ours.NAME, f"{name}, size", part)
        part = _prefix(path, plan.size(name) / 5, plan.work)
        for note, extra in (
            ("the benchmark's items", []),
            ("10 x items, recombined", ["--times", "10"]),
            ("10 x items, near-copies", ["--times", "10", "--copies"]),
        ):
            yield _timed(ours.NAME, f"{name}, items", part, extra, note)


def _peer(peer: Peer, corpus: str, path: Path, work: Path) -> Row:
    missing = peer.missing()
    if missing:
        return Row(peer.name, corpus, note=f"not installed: {', '.join(missing)}")
    megabytes = path.stat().st_size / 1e6
    part = path if megabytes <= peer.mb * 1.01 else _prefix(path, peer.mb, work)
    note = "" if part is path else f"rate from {peer.mb:g} MB"
    return _timed(peer.name, corpus, part, note=note)


def _timed(rule: str, corpus: str, path: Path, extra: Sequence[str] = (), note: str = "") -> Row:
    """Runs `timed` in a process of its own, on one thread."""
    with tempfile.TemporaryDirectory() as folder:
        got = _child(rule, path, _head(path, Path(folder)), extra)
    return Row(
        what=rule,
        corpus=corpus,
        megabytes=got["bytes"] / 1e6,
        seconds=got["seconds"],
        cpu_seconds=got["cpu_seconds"],
        peak_mib=got["peak_mib"],
        documents=got["documents"],
        flagged=got["flagged"],
        ready_seconds=got["build_seconds"] + got["warm_up_seconds"],
        note=note,
    )


def _child(rule: str, path: Path, warm: Path, extra: Sequence[str]) -> dict[str, Any]:
    command = [sys.executable, "-m", "perf.leakage.timed", "--rule", rule, *extra]
    command += ["--corpus", str(path), "--warm", str(warm)]
    return _answer(command)


def _audits(data: Data, corpus: str, path: Path, plan: Plan) -> Iterator[Row]:
    """Alternates the whole command with one worker and with two, and yields the median of each."""
    turns = [
        [_audit_less_start(data, corpus, path, plan.work, workers) for workers in (1, 2)]
        for _ in range(plan.rounds)
    ]
    for rows in zip(*turns, strict=True):
        yield _median(list(rows))


def _audit_less_start(data: Data, corpus: str, path: Path, work: Path, workers: int) -> Row:
    """Returns the whole command, less a run over the file's first megabytes."""
    option = ["--workers", str(workers)]
    start = _audit(data, _prefix(path, START_MB, work), option)
    whole = _audit(data, path, option)
    return Row(
        what=f"curate audit, {workers} worker{'s' * (workers > 1)}",
        corpus=corpus,
        megabytes=path.stat().st_size / 1e6 - START_MB,
        seconds=whole["seconds"] - start["seconds"],
        cpu_seconds=whole["cpu_seconds"] - start["cpu_seconds"],
        peak_mib=whole["peak_mib"],
        ready_seconds=start["seconds"],
    )


def _audit(data: Data, path: Path, option: Sequence[str]) -> dict[str, float]:
    """Returns wall seconds, processor seconds and the largest process's MiB of one audit."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "perf.leakage.launched"]
        command += [sys.executable, "-m", "curate", "audit", str(path), *option]
        command += ["--benchmark", f"igakuqa={data.folder / 'igakuqa'}", "--out", f"{folder}/run"]
        got: dict[str, float] = _answer(command)
    # An audit that finds something ends with 4: that is a result here, not a failure.
    if got["exit_code"] not in (0, 4):
        sys.exit(f"curate audit {path.name} ended with exit code {got['exit_code']}")
    return got


def _answer(command: Sequence[str]) -> dict[str, Any]:
    """Returns the JSON object that a command prints; it runs on one thread."""
    done = subprocess.run(command, env=os.environ | ONE_THREAD, stdout=subprocess.PIPE, check=True)
    got: dict[str, Any] = orjson.loads(done.stdout)
    return got


def _head(path: Path, work: Path) -> Path:
    """Returns a file of the first lines, to warm up with."""
    with path.open("rb") as file:
        (work / "head.jsonl").write_bytes(b"".join(islice(file, WARM_LINES)))
    return work / "head.jsonl"


def _prefix(path: Path, megabytes: float, work: Path) -> Path:
    """Returns a file of the first whole lines of about so many megabytes."""
    part = work / f"{path.stem}.first-{megabytes:g}.jsonl"
    left = megabytes * 1e6
    with path.open("rb") as file, part.open("wb") as out:
        for line in file:
            left -= out.write(line)
            if left <= 0:
                break
    return part


def _median(rows: Sequence[Row]) -> Row:
    """Returns the row with the median processor time and wall time of all rounds."""
    first = asdict(rows[0])
    for name in ("seconds", "cpu_seconds", "peak_mib", "ready_seconds"):
        first[name] = median(getattr(row, name) for row in rows)
    return Row(**first)
