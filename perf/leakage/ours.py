"""Our detector, as the benchmark calls it: the only file that knows its methods' names."""

import atexit
import gc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import orjson
import polars as pl

from curate.leakage import BenchmarkItem, Detector
from curate.models import LEAKS, Document, Question, Verdict
from perf.leakage.data import PLACE

NAME = "curate"
BATCH = 2_000
Records = Sequence[Question | Document]


@dataclass(frozen=True)
class Found:
    """What was found in one record: items that leak, items shown for review."""

    leaks: frozenset[str]
    review: frozenset[str]


def build(items: Sequence[BenchmarkItem]) -> Callable[[Records], list[Found]]:
    """Returns a function that finds the items in records."""
    detector = Detector(items)

    def find(records: Records) -> list[Found]:
        return [
            Found(
                frozenset(f.item_id for f in findings if f.verdict in LEAKS),
                frozenset(f.item_id for f in findings if f.verdict is Verdict.REVIEW),
            )
            for findings in detector.find_many(records)
        ]

    return find


def build_scan(items: Sequence[BenchmarkItem]) -> Callable[[Path], tuple[int, int]]:
    """Returns a function from a JSON Lines file to the numbers of documents and of those with a leak."""
    detector = Detector(items)
    gc.freeze()  # as a run does while it reads
    atexit.register(gc.unfreeze)

    def scan(path: Path) -> tuple[int, int]:
        documents = flagged = 0
        for batch in batches(path):
            rows = [orjson.loads(line) for line in batch]
            found = detector.candidates(pl.Series([row["text"] for row in rows], dtype=pl.String))
            documents += len(rows)
            for number, places in found.items():
                row = rows[number]
                record = Document(id=str(row["id"]), text=row["text"], provenance=PLACE)
                flagged += any(f.verdict in LEAKS for f in detector.confirm(record, places))
        return documents, flagged

    return scan


def batches(path: Path) -> Iterator[list[bytes]]:
    """Yields the lines of a file, some at a time."""
    with path.open("rb") as file:
        while batch := list(islice(file, BATCH)):
            yield batch
