"""Drops told apart by year, section and stratum."""

from collections.abc import Iterator
from typing import Final

import polars as pl

from curate.evaluation.answers import Answers
from curate.evaluation.items import human_bin
from curate.evaluation.paired import Draws, joined
from curate.evaluation.statistics import Ratio
from curate.models import Bounded, GroupDrop


def _yes(name: str) -> pl.Expr:
    return pl.when(name).then(pl.lit("yes")).otherwise(pl.lit("no"))


GROUPS: Final[dict[str, pl.Expr]] = {
    "year": pl.col("year").cast(pl.String),
    "section": pl.col("section"),
    "image": _yes("has_image"),
    "serial_without_vignette": _yes("serial"),
    "numeric": _yes("numeric"),
    "answers": pl.col("n_answers").cast(pl.String),
    "category": pl.col("category").fill_null("unknown"),
    "human_accuracy": pl.col("human_accuracy").map_elements(
        human_bin, return_dtype=pl.String, skip_nulls=False
    ),
}
"""In what respects drops are told apart."""

STRATA: Final = pl.struct(
    [told.alias(name) for name, told in GROUPS.items() if name not in ("year", "section")]
).alias("strata")
"""The values of an item in those respects that neither its year nor its section tells."""


def group_rows(one: Answers, other: Answers, how: Draws) -> Iterator[GroupDrop]:
    """Yields the drops by year, section and stratum, of the first metric that both have."""
    metric = next((name for name in one.metrics if name in other.metrics), None)
    if metric is None:
        return
    both = joined(one.scored(metric), other.scored(metric))
    told = one.first.select("item_id", **GROUPS)
    both = both.join(told, on="item_id", maintain_order="left")
    kinds = [
        (by, value)
        for by in GROUPS
        for value in sorted(both[by].drop_nulls().unique().to_list())
        if both[by].n_unique() > 1
    ]
    if not kinds:
        return
    masks = [(both[by] == value).fill_null(value=False) for by, value in kinds]
    ratios = [
        Ratio((both[side] * mask).to_list(), (both["weight"] * mask).to_list())
        for mask in masks
        for side in ("earned", "earned_other")
    ]
    minus = [(2 * at, 2 * at + 1) for at in range(len(masks))]
    found = how.intervals(ratios, both["case"].to_list(), minus)
    for at, (by, value) in enumerate(kinds):
        own = both.filter(masks[at])
        one_case = own["case"].n_unique() < 2  # noqa: PLR2004 (nothing can be drawn from one)
        drop = found[len(ratios) + at]
        yield GroupDrop(
            benchmark=one.key.benchmark,
            language=one.key.language,
            baseline=one.key.mode,
            mode=other.key.mode,
            by=by,
            value=value,
            items=own.height,
            baseline_rate=found[2 * at].value,
            mode_rate=found[2 * at + 1].value,
            drop=Bounded(value=drop.value) if one_case else drop,
            right_wrong=own.filter(pl.col("right") & ~pl.col("right_other")).height,
            wrong_right=own.filter(~pl.col("right") & pl.col("right_other")).height,
        )
