"""Assembles the report of `make-pairs` from its frames and accounts."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from curate.grading.lengths import pair_kinds, tier_table
from curate.grading.statistics import (
    flag_rows,
    grade_rows,
    human_comparison,
    outcome_rows,
    pass_rows,
    pattern_rows,
    votes,
)
from curate.models import Audit, FileEntry, PairLedger, PairsReport, SampledBy, Tier
from curate.reports.build import redo
from curate.reports.examples import examples

__all__ = ["PairsFacts", "pairs_report"]


@dataclass(frozen=True)
class PairsFacts:
    """The accounts of a `make-pairs` run.

    `audit` is of the run's own content, and its `parent` the corpus's. `human` (`question_id`,
    `human_accuracy` in [0, 1]) is there for some questions only.
    """

    name: str
    audit: Audit
    sampled: SampledBy
    policy: str
    command: str
    code_sha256: str
    inputs: Sequence[FileEntry]
    human: pl.DataFrame | None = None


def pairs_report(
    questions: pl.DataFrame,
    responses: pl.DataFrame,
    pairs: pl.DataFrame,
    ledger: PairLedger,
    facts: PairsFacts,
) -> PairsReport:
    """Returns the report of the pairs.

    `questions` has the columns of kept.parquet, the others those of their records; `ledger` says what
    became of everything that is in no pair.
    """
    responses = _with_tiers(responses, pairs)
    tiers = tier_table(pairs)
    paired = pairs["question_id"].unique()
    return PairsReport(
        name=facts.name,
        audit=facts.audit,
        sampled=facts.sampled,
        policy=facts.policy,
        questions=questions.filter(kind="question").height,
        answered=responses["question_id"].n_unique(),
        responses=responses.height,
        pairs=pairs.height,
        paired=paired.len(),
        edges=tiers.edges,
        distinct_characters=tiers.distinct_characters,
        tiers=tiers.rows,
        kinds=pair_kinds(pairs),
        grades=grade_rows(responses),
        patterns=pattern_rows(responses),
        flags=flag_rows(responses),
        outcomes=outcome_rows(responses, paired),
        passes=pass_rows(responses),
        votes=votes(responses),
        human=human_comparison(responses, facts.human),
        ledger=ledger,
        examples=examples(questions, responses, pairs),
        redo=redo(facts.command, facts.audit, facts.code_sha256, facts.inputs),
    )


def _with_tiers(responses: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Returns the responses with the tier of each that stands in a pair, and whether it does."""
    sides = pl.concat(
        pairs.select("question_id", side=pl.col(side).str.strip_chars(), tier=f"{side}_tier")
        for side in ("chosen", "rejected")
    )
    samples = sides.filter(pl.col("tier") != Tier.GROUND_TRUTH.value).unique(
        ["question_id", "side"], keep="first", maintain_order=True
    )
    return (
        responses.with_columns(side=pl.col("text").str.strip_chars())
        .join(samples, on=["question_id", "side"], how="left", maintain_order="left")
        .drop("side")
        .with_columns(in_pairs=pl.col("tier").is_not_null())
    )

