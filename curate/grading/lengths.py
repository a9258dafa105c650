"""Statistics of the texts in pairs: lengths, the gap between sides, how varied each tier is."""

from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise
from typing import Literal, NamedTuple

import polars as pl

from curate.grading.estimates import mean_interval
from curate.models import Distinct, LengthGap, Lengths, PairKind, Tier, TierRow

__all__ = ["TierTable", "pair_kinds", "round_step", "tier_table"]

BINS = 30
DISTINCT_CHARACTERS = 200_000
"""Most characters of a tier that n-grams are counted in."""

NGRAMS = (1, 2, 3)

_QUANTILES = {"p5": 0.05, "p25": 0.25, "median": 0.5, "p75": 0.75, "p95": 0.95}
_SIDES: tuple[Literal["chosen", "rejected"], ...] = ("chosen", "rejected")


class TierTable(NamedTuple):
    """The tiers, best first; the edges of their histograms, and how many characters n-grams were counted in."""

    rows: list[TierRow]
    edges: list[int]
    distinct_characters: int


def tier_table(pairs: pl.DataFrame) -> TierTable:
    """Returns a row for each tier with a text in the pairs (columns of the record `Pair`)."""
    sides = _sides(pairs)
    if sides.is_empty():
        return TierTable([], [], 0)
    edges = _edges(sides["characters"])
    tiers = [(tier, sides.filter(tier=tier.value)) for tier in Tier]
    tiers = [(tier, own) for tier, own in tiers if not own.is_empty()]
    budget = min([DISTINCT_CHARACTERS, *(int(own["characters"].sum()) for _, own in tiers)])
    rows = [
        TierRow(
            tier=tier,
            texts=own.height,
            questions=own["question_id"].n_unique(),
            preferred=own["preferred"].sum(),
            dispreferred=own["dispreferred"].sum(),
            characters=_lengths(own["characters"], "characters"),
            tokens=None if own["tokens"].has_nulls() else _lengths(own["tokens"], "tokens"),
            histogram=_histogram(own["characters"], edges),
            distinct=_distinct(own.sort("sha256")["text"], budget),
        )
        for tier, own in tiers
    ]
    return TierTable(rows, edges, budget)


def pair_kinds(pairs: pl.DataFrame) -> list[PairKind]:
    """Returns the pairs of each two tiers with their length gap: in tokens where all are known."""
    known = all(not pairs[f"{side}_tokens"].has_nulls() for side in _SIDES)
    unit: Literal["characters", "tokens"] = "tokens" if known else "characters"
    sizes = {
        side: pl.col(f"{side}_tokens") if known else pl.col(side).str.len_chars()
        for side in _SIDES
    }
    measured = pairs.select(
        "question_id",
        "chosen_tier",
        "rejected_tier",
        gap=sizes["chosen"].cast(pl.Int64) - sizes["rejected"].cast(pl.Int64),
    )
    kinds = []
    for better, worse in combinations(Tier, 2):
        own = measured.filter(chosen_tier=better.value, rejected_tier=worse.value)
        if own.is_empty():
            continue
        questions = own["question_id"].n_unique()
        kinds.append(
            PairKind(
                chosen_tier=better,
                rejected_tier=worse,
                pairs=own.height,
                questions=questions,
                gap=_gap(own, unit, questions),
            )
        )
    return kinds


def _gap(own: pl.DataFrame, unit: Literal["characters", "tokens"], questions: int) -> LengthGap:
    sign = pl.col("gap").sign()
    by_question = own.group_by("question_id").agg(sign.mean())
    # A sum depends on its order in the last digit, and groups come in any order.
    delta = by_question.sort("gap").select(pl.col("gap").mean()).item()
    shifted = mean_interval((delta + 1) / 2, questions)
    told = own.select(
        median=pl.col("gap").median(),
        longer=(sign > 0).sum(),
        equal=(sign == 0).sum(),
        shorter=(sign < 0).sum(),
    )
    return LengthGap(
        unit=unit,
        delta=2 * shifted.value - 1,
        low=2 * shifted.low - 1,
        high=2 * shifted.high - 1,
        **told.row(0, named=True),
    )


def _sides(pairs: pl.DataFrame) -> pl.DataFrame:
    """Returns the different texts of the pairs: tier, question, length, and how often each is which side."""
    both = pl.concat(
        pairs.select(
            "question_id",
            tier=f"{side}_tier",
            sha256=f"{side}_sha256",
            text=side,
            tokens=f"{side}_tokens",
            side=pl.lit(side),
        )
        for side in _SIDES
    )
    return (
        both.group_by("tier", "question_id", "sha256")
        .agg(
            pl.col("text").first(),
            pl.col("tokens").max(),
            preferred=(pl.col("side") == "chosen").sum(),
            dispreferred=(pl.col("side") == "rejected").sum(),
        )
        .with_columns(characters=pl.col("text").str.len_chars())
        .sort("tier", "question_id", "sha256")
    )


def _lengths(sizes: pl.Series, unit: Literal["characters", "tokens"]) -> Lengths:
    size = pl.col("size")
    told = sizes.to_frame("size").select(
        texts=pl.len(),
        mean=size.mean(),
        longest=size.max(),
        **{name: size.quantile(share, "linear") for name, share in _QUANTILES.items()},
    )
    return Lengths(unit=unit, **told.row(0, named=True))


def _edges(sizes: pl.Series) -> list[int]:
    """Returns edges at whole steps from 0 to beyond the 99th percentile; one long text must not flatten all."""
    top = sizes.to_frame("size").select(pl.col("size").quantile(0.99, "higher")).item()
    step = round_step(top / BINS)
    return list(range(0, step * (int(top // step) + 1) + 1, step))


def round_step(least: float) -> int:
    """Returns the smallest of 1, 2, 5, 10, 20, 50, ... that is not below `least`."""
    power = 1
    while power * 10 < least:
        power *= 10
    return next(step * power for step in (1, 2, 5, 10) if step * power >= least)


def _histogram(sizes: pl.Series, edges: Sequence[int]) -> list[int]:
    last = len(edges) - 2
    step = edges[1] - edges[0]
    bins: Mapping[int, int] = dict(
        (sizes // step).clip(upper_bound=last).value_counts().iter_rows()
    )
    return [bins.get(at, 0) for at, _ in enumerate(pairwise(edges))]


def _distinct(texts: pl.Series, budget: int) -> list[Distinct]:
    """Returns distinct-n of the first texts, `budget` characters of them: it falls with a sample's size."""
    grams: dict[int, set[str]] = {n: set() for n in NGRAMS}
    counted = dict.fromkeys(NGRAMS, 0)
    left = budget
    for whole in texts:
        text = whole[:left]
        left -= len(text)
        for n in NGRAMS:
            grams[n].update(text[at : at + n] for at in range(len(text) - n + 1))
            counted[n] += max(len(text) - n + 1, 0)
        if not left:
            break
    return [Distinct(n=n, share=len(grams[n]) / counted[n]) for n in NGRAMS if counted[n]]
