"""Contamination beside accuracy: what is scored on items that the training corpus's audit found."""

from collections.abc import Iterator, Mapping
from typing import Final, Literal

import polars as pl

from curate.evaluation.answers import Answers, answers_of
from curate.evaluation.paired import Draws
from curate.evaluation.statistics import Ratio
from curate.models import Bounded, LeakRow

Fate = Literal["in_data", "dropped"]
Found = Mapping[tuple[str, str], Fate]
"""By (benchmark, item): whether a row that holds it is still in the training data."""

FATES: Final[tuple[Fate, ...]] = ("in_data", "dropped")


def leak_rows(evaluated: pl.DataFrame, found: Found, how: Draws | None = None) -> list[LeakRow]:
    """Returns each mode's score on the items that were found, beside those that were not."""
    how = how or Draws()
    return [row for one in answers_of(evaluated) for row in _rows(one, found, how)]


def _rows(one: Answers, found: Found, how: Draws) -> Iterator[LeakRow]:
    metric = one.metrics[0]
    table = one.scored(metric)
    fates = [found.get((one.key.benchmark, id_)) for id_ in table["item_id"]]
    told = table.with_columns(fate=pl.Series(fates, dtype=pl.String))
    others = told["fate"].is_null()
    for fate in FATES:
        own = (told["fate"] == fate).fill_null(value=False)
        if not own.any():
            continue
        ratios = [_ratio(told, own), _ratio(told, others)]
        rate, rest, gap = how.intervals(ratios, told["case"].to_list(), [(0, 1)])
        yield LeakRow(
            **one.key._asdict(),
            metric=metric,
            found=fate,
            items=int(own.sum()),
            rate=_of_cases(rate, told.filter(own)),
            others=int(others.sum()),
            others_rate=_of_cases(rest, told.filter(others)) if others.any() else None,
            difference=gap if others.any() else None,
        )


def _ratio(told: pl.DataFrame, own: pl.Series) -> Ratio:
    return Ratio((told["earned"] * own).to_list(), (told["weight"] * own).to_list())


def _of_cases(rate: Bounded, own: pl.DataFrame) -> Bounded:
    """Returns the rate, without its interval where one case is all there is."""
    alone = own["case"].n_unique() < 2  # noqa: PLR2004 (nothing can be drawn from one)
    return Bounded(value=rate.value) if alone else rate
