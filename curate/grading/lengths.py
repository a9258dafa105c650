"""Statistics of the texts in pairs: lengths, the gap between sides, how varied each tier is."""

from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise
from typing import Literal, NamedTuple

import polars as pl

from curate.grading.estimates import mean_interval
from curate.models import Distinct, LengthGap, Lengths, PairKind, Tier, TierRow

__all__ = ["TierTable", "lengths_of", "pair_kinds", "round_step", "tier_table"]

BINS = 30
DISTINCT_CHARACTERS = 200_000
"""Most characters of a tier that n-grams are counted in."""

NGRAMS = (1, 2, 3)

_QUANTILES = {"p5": 0.05, "p25": 0.25, "median": 0.5, "p75": 0.75, "p95": 0.95}
_Unit = Literal["characters", "tokens"]
_SIDES: tuple[Literal["chosen", "rejected"], ...] = ("chosen", "rejected")


class TierTable(NamedTuple):
    """The tiers, best first; the edges of their histograms; the characters that n-grams were counted in."""

    rows: list[TierRow]
    edges: list[int]
    distinct_characters: int


def tier_table(pairs: pl.LazyFrame) -> TierTable:
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
            characters=lengths_of(own["characters"], "characters"),
            tokens=None if own["tokens"].has_nulls() else lengths_of(own["tokens"], "tokens"),
            histogram=_histogram(own["characters"], edges),
            distinct=_distinct(_texts(pairs, own, budget), budget),
        )
        for tier, own in tiers
    ]
    return TierTable(rows, edges, budget)


def pair_kinds(pairs: pl.LazyFrame) -> list[PairKind]:
    """Returns the pairs of each two tiers with their length gap: in tokens where all are known."""
    measured = pairs.select(
        "question_id",
        "chosen_tier",
        "rejected_tier",
        tokens=pl.col("chosen_tokens") - pl.col("rejected_tokens"),
        characters=_characters("chosen") - _characters("rejected"),
    ).collect(engine="streaming")
    unit: _Unit = "characters" if measured["tokens"].has_nulls() else "tokens"
    measured = measured.with_columns(gap=unit)
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


def _gap(own: pl.DataFrame, unit: _Unit, questions: int) -> LengthGap:
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


def _sides(pairs: pl.LazyFrame) -> pl.DataFrame:
    """Returns the different texts of the pairs: tier, question, length, and how often each is which side.

    The texts themselves stay where they are: those of a million pairs are a good part of a machine's memory.
    """
    both = pl.concat(
        pairs.select(
            "question_id",
            tier=f"{side}_tier",
            sha256=f"{side}_sha256",
            characters=_characters(side),
            tokens=f"{side}_tokens",
            side=pl.lit(side),
        )
        for side in _SIDES
    )
    return (
        both.group_by("tier", "question_id", "sha256")
        .agg(
            pl.col("characters", "tokens").max(),
            preferred=(pl.col("side") == "chosen").sum(),
            dispreferred=(pl.col("side") == "rejected").sum(),
        )
        .sort("tier", "question_id", "sha256")
        .collect(engine="streaming")
    )


def _texts(pairs: pl.LazyFrame, own: pl.DataFrame, budget: int) -> list[str]:
    """Returns texts of one tier, in the order of their hashes, until `budget` characters are full."""
    first = own.unique("sha256").sort("sha256")
    before = pl.col("characters").cum_sum() - pl.col("characters")
    wanted = first.filter(before < budget)["sha256"].to_list()
    found = pl.concat(
        pairs.filter(pl.col(f"{side}_sha256").is_in(wanted)).select(
            sha256=f"{side}_sha256", text=side
        )
        for side in _SIDES
    )
    return found.unique("sha256").sort("sha256").collect()["text"].to_list()


def _characters(side: str) -> pl.Expr:
    return pl.col(side).str.len_chars().cast(pl.Int64)


def lengths_of(sizes: pl.Series, unit: _Unit) -> Lengths:
    """Returns the distribution of lengths, of which there is at least one."""
    size = pl.col("size")
    told = sizes.to_frame("size").select(
        texts=pl.len(),
        mean=size.mean(),
        longest=size.max(),
        **{name: size.quantile(share, "linear") for name, share in _QUANTILES.items()},
    )
    return Lengths(unit=unit, **told.row(0, named=True))


def _edges(sizes: pl.Series) -> list[int]:
    """Returns edges from 0 to beyond the 99th percentile: one long text must not flatten all."""
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


def _distinct(texts: Sequence[str], budget: int) -> list[Distinct]:
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
