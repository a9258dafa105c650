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
from curate.models import Audit, FileEntry, PairLedger, PairsReport, SampledBy
from curate.reports.build import redo
from curate.reports.examples import examples

__all__ = ["PairsFacts", "pairs_report"]

_READ = ("question_id", "index", "grade", "strict", "pattern", "answer", "flags")


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
    questions: pl.LazyFrame,
    responses: pl.LazyFrame,
    pairs: pl.LazyFrame,
    ledger: PairLedger,
    facts: PairsFacts,
) -> PairsReport:
    """Returns the report of the pairs.

    `questions` has the columns of kept.parquet, the others those of their records; `ledger` says what became
    of everything that is in no pair. Texts are read for the examples only.
    """
    told = _without_texts(responses, pairs)
    ids = _by_question(pairs)
    tiers = tier_table(pairs)
    return PairsReport(
        name=facts.name,
        audit=facts.audit,
        sampled=facts.sampled,
        policy=facts.policy,
        questions=ledger.stage("questions").rows_in,
        answered=told["question_id"].n_unique(),
        responses=told.height,
        pairs=sum(ids.values()),
        paired=len(ids),
        edges=tiers.edges,
        distinct_characters=tiers.distinct_characters,
        tiers=tiers.rows,
        kinds=pair_kinds(pairs),
        grades=grade_rows(told),
        patterns=pattern_rows(told),
        flags=flag_rows(told),
        outcomes=outcome_rows(told, ids),
        passes=pass_rows(told),
        votes=votes(told),
        human=human_comparison(told, facts.human),
        ledger=ledger,
        examples=examples(questions, responses, told, ids),
        redo=redo(facts.command, facts.audit, facts.code_sha256, facts.inputs),
    )


def _without_texts(responses: pl.LazyFrame, pairs: pl.LazyFrame) -> pl.DataFrame:
    """Returns the responses with their lengths and, of those that stand in a pair, the tier."""
    key = ["question_id", "index"]
    sides = pl.concat(
        pairs.select("question_id", index=f"{side}_index", tier=f"{side}_tier")
        for side in ("chosen", "rejected")
    )
    samples = sides.drop_nulls("index").unique(key)
    return (
        responses.select(*_READ, characters=pl.col("text").str.len_chars())
        .join(samples, on=key, how="left", maintain_order="left")
        .with_columns(in_pairs=pl.col("tier").is_not_null())
        .collect(engine="streaming")
    )


def _by_question(pairs: pl.LazyFrame) -> dict[str, int]:
    """Returns how many pairs each question has that has any."""
    counted = pairs.group_by("question_id").len().collect(engine="streaming")
    return dict(counted.iter_rows())
