"""Prints the grader's figures as a Markdown table: `python -m perf.grading` (reads $JMLE_DATA)."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from curate.grading import Grader
from perf.grading.accuracy import PUBLISHED, Share, agreement, points
from perf.grading.real import FRESH, LABELS, Real, labels
from perf.grading.speed import SHARD, speed
from perf.grading.written import cases

SETS = (
    ("dev", LABELS, "dev"),
    ("held", LABELS, "held"),
    ("fresh", FRESH, None),
    ("fresh dev", FRESH, "dev"),
    ("fresh held", FRESH, "held"),
)
"""Figures by labels, and by half of them; `fresh` is both of its halves."""


def main() -> None:
    folder = os.environ.get("JMLE_DATA")
    if not folder:
        sys.exit("perf.grading needs the real data: set JMLE_DATA to its folder")
    print("| figure | value |\n|---|---|")
    for name, value in _rows(Real(Path(folder))):
        print(f"| {name} | {value} |")


def _rows(real: Real) -> Iterator[tuple[str, str]]:
    invented = {}
    for name, path, split in SETS:
        ours = [label for label in labels(path) if split in (None, label.split)]
        right, invented[f"real, {name}"] = agreement(real, ours)
        sure, _ = agreement(real, [label for label in ours if not label.doubtful])
        yield f"right answer and grade, {name}", str(right)
        yield f"the same without doubtful labels, {name}", str(sure)
    written = [(case, Grader(case.question).grade(case.text)) for case in cases()]
    fitting = sum(
        (case.grade, case.answer) == (graded.grade and graded.grade.value, "".join(graded.answer))
        for case, graded in written
    )
    yield "written strings as expected", f"{fitting} of {len(written)}"
    answerless = [graded for case, graded in written if not case.answer]
    made_up = Share(sum(bool(graded.answer) for graded in answerless), len(answerless))
    invented["written"] = made_up
    for name, share in invented.items():
        yield f"answers invented, {name}", str(share)
    del invented["real, fresh"]
    total = Share(*(sum(column) for column in zip(*invented.values(), strict=True)))
    yield "answers invented, all without an answer", str(total)
    for model, (strict, tolerant) in points(real).items():
        yield f"strict points of 2,485, {model} (published {PUBLISHED[model]})", str(strict)
        yield f"tolerant points of 2,485, {model}", str(tolerant)
    took = speed(real)
    micro = took.seconds / took.rows * 1e6
    yield (
        f"processor time for {took.rows:,} responses of {took.characters:.0f} characters, one core",
        f"{took.seconds:.0f} s ({micro:.0f} µs each, {took.rows / took.seconds:,.0f} a second)",
    )
    yield f"peak memory, shards of {SHARD:,}", f"{took.gib:.2f} GiB"


if __name__ == "__main__":
    main()
