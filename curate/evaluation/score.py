"""Tallies of judged predictions: by year, by section, by stratum, and of all together."""

from collections.abc import Mapping
from typing import Any, Literal

import polars as pl

from curate.evaluation.items import Item, Items
from curate.evaluation.judge import GESTALT, PUBLISHED, TOLERANT, Verdicts
from curate.evaluation.statistics import Interval, rate_interval
from curate.intervals import wilson
from curate.models import Score, Scores, Stratum, Tally

_OTHERS: tuple[Literal["tolerant", "gestalt"], ...] = (TOLERANT, GESTALT)
_SUMS = {
    "score": pl.col("points").filter("right").sum(),
    "total": pl.col("points").sum(),
    "correct": pl.col("right").sum(),
    "count": pl.len(),
    "required": pl.col("points").filter(pl.col("right") & pl.col("required")).sum(),
    "general": pl.col("points").filter(pl.col("right") & ~pl.col("required")).sum(),
    "kinki": pl.when(pl.col("forbidden").has_nulls().not_()).then(pl.col("forbidden").sum()),
}
_SCHEMA = pl.Schema(
    {
        "id": pl.String(),
        "cluster": pl.String(),
        "year": pl.Int64(),
        "section": pl.String(),
        "points": pl.Int64(),
        "required": pl.Boolean(),
        "right": pl.Boolean(),
        "forbidden": pl.Boolean(),
        "image": pl.String(),
        "serial_without_vignette": pl.String(),
        "numeric": pl.String(),
        "answers": pl.String(),
        "category": pl.String(),
        "human_accuracy": pl.String(),
    }
)
STRATA = _SCHEMA.names()[8:]


def judged_frame(verdicts: Mapping[str, Verdicts], items: Items, metric: str) -> pl.DataFrame:
    """Returns the items that the metric scores, one a row, in the order of the predictions."""
    rows = [
        _row(items.by_id[id_], one, metric)
        for id_, one in verdicts.items()
        if metric in one.by_metric
    ]
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row")


def score_of(verdicts: Mapping[str, Verdicts], items: Items) -> Score:
    """Returns the score of predictions that cover every section that occurs."""
    frame = judged_frame(verdicts, items, PUBLISHED)
    published = _scores(frame, items)
    return Score(
        benchmark=items.name,
        years=published.years,
        pooled=published.pooled,
        sections=_tallies(frame, "section"),
        metrics={one: _scores(judged_frame(verdicts, items, one), items) for one in _OTHERS},
        strata=[
            _stratum(name, value, tally)
            for name in STRATA
            for value, tally in sorted(_tallies(frame, name).items())
        ],
        absent=_absent(verdicts, items),
    )


def points_interval(verdicts: Mapping[str, Verdicts], items: Items, seed: int) -> Interval | None:
    """Returns the published points rate of all years with its interval; None of fewer than two cases."""
    frame = judged_frame(verdicts, items, PUBLISHED)
    if frame["cluster"].n_unique() < 2:  # noqa: PLR2004 (nothing can be drawn from one)
        return None
    earned = frame["points"] * frame["right"]
    return rate_interval(
        earned.to_list(), frame["points"].to_list(), frame["cluster"].to_list(), seed=seed
    )


def _row(item: Item, one: Verdicts, metric: str) -> tuple[Any, ...]:
    question, judged = item.question, one.by_metric[metric]
    return (
        question.id,
        repr(item.cluster),
        question.year,
        item.section,
        item.points,
        question.required,
        judged.right,
        judged.forbidden,
        *item.strata().values(),
    )


def _scores(frame: pl.DataFrame, items: Items) -> Scores:
    years = {
        year: _passed(int(year), tally, items)
        for year, tally in _tallies(frame.drop_nulls("year"), "year").items()
    }
    return Scores(years=years, pooled=_tally(frame.select(**_SUMS).row(0, named=True)))


def _passed(year: int, tally: Tally, items: Items) -> Tally:
    """Returns the tally of a year, and, where it is of all items, whether it passes."""
    whole = sum(one.question.year == year and one.is_scored for one in items.by_id.values())
    if items.marks is None or tally.count < whole:
        return tally
    return tally.model_copy(update={"passed": items.marks.passed(year, tally)})


def _tallies(frame: pl.DataFrame, by: str) -> dict[str, Tally]:
    groups = frame.group_by(by).agg(**_SUMS).sort(by)
    return {str(row.pop(by)): _tally(row) for row in groups.iter_rows(named=True)}


def _tally(row: Mapping[str, Any]) -> Tally:
    count, total = row["count"], row["total"]
    return Tally(
        **row,
        accuracy=row["correct"] / count if count else None,
        points_rate=row["score"] / total if total else None,
    )


def _stratum(name: str, value: str, tally: Tally) -> Stratum:
    _, low, high = wilson(tally.correct, tally.count)
    return Stratum(stratum=name, value=value, low=low, high=high, **tally.model_dump())


def _absent(verdicts: Mapping[str, Verdicts], items: Items) -> list[str]:
    """Returns the years without a prediction, and the sections without one of the other years."""
    said = [items.by_id[id_] for id_ in verdicts]
    sections, years = {one.section for one in said}, {one.question.year for one in said}
    there = {one.question.year for one in items.by_id.values()}
    lacking = sorted({*items.absent_years, *(year for year in there - years if year is not None)})
    left = [
        section
        for section, some in items.sections.items()
        if section not in sections and some[0].question.year not in lacking
    ]
    return [*map(str, lacking), *left]
