"""A score as tables for people."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from curate.evaluation import DRAWS, Interval
from curate.models import Score, Stratum, Tally

_EXAM = ("", "points", "rate", "right", "accuracy", "required", "general", "forbidden", "passed",
         "tolerant", "gestalt")  # fmt: skip
_STRATA = ("stratum", "value", "points", "rate", "right", "accuracy", "95 %")


class Table(NamedTuple):
    """A title, the columns and the rows."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


def score_tables(score: Score, interval: Interval | None) -> Iterator[Table]:
    """Yields the exam's table, with years, all of them and sections, and the strata's."""
    exams = [(year, tally, year) for year, tally in score.years.items()]
    rows = [_exam_row(score, name, tally, year) for name, tally, year in exams]
    rows.append(_exam_row(score, "pooled", score.pooled, None))
    yield Table(_title(score, interval), _EXAM, rows)
    sections = [(name, *_numbers(tally)) for name, tally in score.sections.items()]
    yield Table("By section", ("section", *_STRATA[2:-1]), sections)
    yield Table("By stratum", _STRATA, [_stratum_row(one) for one in score.strata])


def _title(score: Score, interval: Interval | None) -> str:
    title = f"{score.benchmark}, scored as published"
    if interval is not None:
        low, high = f"{interval.low:.3f}", f"{interval.high:.3f}"
        title += (
            f": {interval.value:.3f} of the points, 95 % [{low}, {high}] ({DRAWS:,} draws of cases)"
        )
    absent = f"; without predictions: {', '.join(score.absent)}" if score.absent else ""
    return title + absent


def _exam_row(score: Score, name: str, tally: Tally, year: str | None) -> tuple[str, ...]:
    others = {
        metric: scores.pooled if year is None else scores.years.get(year)
        for metric, scores in score.metrics.items()
    }
    return (
        name,
        *_numbers(tally),
        f"{tally.required:,}",
        f"{tally.general:,}",
        _word(tally.kinki),
        _word(tally.passed),
        _rate(others.get("tolerant"), "points_rate"),
        _rate(others.get("gestalt"), "accuracy"),
    )


def _stratum_row(one: Stratum) -> tuple[str, ...]:
    interval = f"[{one.low:.3f}, {one.high:.3f}]"
    return (one.stratum.replace("_", " "), one.value, *_numbers(one), interval)


def _numbers(tally: Tally) -> tuple[str, str, str, str]:
    return (
        f"{tally.score:,}/{tally.total:,}",
        _rate(tally, "points_rate"),
        f"{tally.correct:,}/{tally.count:,}",
        _rate(tally, "accuracy"),
    )


def _rate(tally: Tally | None, name: str) -> str:
    value = getattr(tally, name) if tally else None
    return "" if value is None else f"{value:.3f}"


def _word(value: Any) -> str:
    return (
        ""
        if value is None
        else {True: "yes", False: "no"}[value]
        if isinstance(value, bool)
        else f"{value:,}"
    )
