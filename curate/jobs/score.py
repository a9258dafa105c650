"""Scores recorded predictions on a benchmark."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from curate.errors import UsageError
from curate.evaluation import (
    Interval,
    Items,
    Verdicts,
    judge_all,
    points_interval,
    read_predictions,
    score_of,
)
from curate.jobs.benchmark_option import parse_benchmark
from curate.jobs.scored_items import read_items
from curate.leakage import Benchmark, BenchmarkRef
from curate.models import Grade, Score


class Scored(NamedTuple):
    """A score, what is to be said of it, and what it was made of."""

    score: Score
    notes: Sequence[str]
    items: Items
    verdicts: Mapping[str, Verdicts]

    def interval(self, seed: int) -> Interval | None:
        """Returns the published points rate of all years with its interval; None of fewer than two cases."""
        return points_interval(self.verdicts, self.items, seed)


def score(
    predictions: Sequence[Path],
    benchmark: str,
    years: tuple[int, int] | None = None,
    label: str | None = None,
) -> Scored:
    """Scores predictions on the benchmark NAME=PATH; `label` stands before the answer in every text.

    Raises:
        UsageError: The benchmark is not NAME=PATH.
        InputError: The benchmark is incomplete, or the predictions are not one to an item of each section
            that occurs.
    """
    read = read_items(_ref(benchmark, years))
    items = read.items
    verdicts = judge_all(read_predictions(predictions), items, label)
    found = score_of(verdicts, items)
    return Scored(found, [*_notes(read.benchmark, items, verdicts, found)], items, verdicts)


def _ref(benchmark: str, years: tuple[int, int] | None) -> BenchmarkRef:
    given = parse_benchmark(benchmark) | {"years": list(years) if years else None}
    try:
        return BenchmarkRef.model_validate(given)
    except ValidationError as exc:
        first = exc.errors(include_url=False, include_input=False)[0]
        key = ".".join(map(str, first["loc"]))
        raise UsageError(f"--benchmark: {key}: {first['msg']}") from exc


def _notes(
    read: Benchmark, items: Items, verdicts: Mapping[str, Verdicts], found: Score
) -> Iterator[str]:
    yield from read.notes
    unscored = sum(not items.by_id[id_].is_scored for id_ in verdicts)
    if unscored:
        yield f"{unscored:,} items without a key, or dropped from the exam, are not scored"
    answered = (Grade.CORRECT, Grade.INCORRECT, None)
    grades = Counter(one.grade.value for one in verdicts.values() if one.grade not in answered)
    if grades:
        listed = ", ".join(f"{name} {count:,}" for name, count in sorted(grades.items()))
        yield f"predictions that are no answer of the right form, to the tolerant grader: {listed}"
    told = any(tally.passed is not None for tally in found.years.values())
    if told and items.marks and not items.marks.confirmed:
        yield f"the pass marks want confirming (source: {items.marks.source})"
