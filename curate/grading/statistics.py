"""Statistics of graded responses without their texts: by grade, pattern and question, pass@k, votes."""

from collections.abc import Iterable
from itertools import pairwise
from math import comb

import polars as pl

from curate.grading.estimates import mean_interval
from curate.models import (
    FlagRow,
    Grade,
    GradeRow,
    HumanComparison,
    HumanRow,
    OutcomeRow,
    PassRow,
    PatternRow,
    VoteRow,
    Votes,
)

__all__ = [
    "flag_rows",
    "grade_rows",
    "human_comparison",
    "outcome_rows",
    "pass_rows",
    "pattern_rows",
    "votes",
]

VOTE_EDGES = (0.0, 0.25, 0.5, 0.75, 1.0)
HUMAN_EDGES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)

_CORRECT, _INCORRECT = Grade.CORRECT.value, Grade.INCORRECT.value
_RIGHT = pl.col("grade").eq_missing(_CORRECT)
_WRONG = pl.col("grade").eq_missing(_INCORRECT)
_GRADED = pl.col("grade").is_not_null()


def grade_rows(responses: pl.DataFrame) -> list[GradeRow]:
    """Returns a row for each grade that occurs, in the order of `Grade`.

    `in_pairs` and `characters` are columns of the responses, too.
    """
    counted = responses.group_by("grade").agg(
        responses=pl.len(),
        questions=pl.col("question_id").n_unique(),
        in_pairs=pl.col("in_pairs").sum(),
        strict_right=pl.col("strict").fill_null(value=False).sum(),
        median_characters=pl.col("characters").median(),
    )
    order = {grade.value: at for at, grade in enumerate(Grade)}
    rows = [GradeRow(**row) for row in counted.iter_rows(named=True)]
    return sorted(rows, key=lambda row: order.get(str(row.grade), len(order)))


def pattern_rows(responses: pl.DataFrame) -> list[PatternRow]:
    """Returns the patterns that fired, commonest first."""
    counted = (
        responses.drop_nulls("pattern")
        .group_by("pattern")
        .agg(responses=pl.len(), correct=_RIGHT.sum())
        .sort(["responses", "pattern"], descending=[True, False])
    )
    return [PatternRow(**row) for row in counted.iter_rows(named=True)]


def flag_rows(responses: pl.DataFrame) -> list[FlagRow]:
    """Returns the flags that were set, commonest first."""
    counted = (
        responses.select("grade", flag="flags")
        .explode("flag")
        .drop_nulls("flag")
        .group_by("flag")
        .agg(responses=pl.len(), correct=_RIGHT.sum(), incorrect=_WRONG.sum())
        .sort(["responses", "flag"], descending=[True, False])
    )
    return [FlagRow(**row) for row in counted.iter_rows(named=True)]


def outcome_rows(responses: pl.DataFrame, paired: Iterable[str]) -> list[OutcomeRow]:
    """Returns how many questions have so many right and wrong samples; `paired` are those with a pair."""
    counted = (
        _by_question(responses)
        .with_columns(paired=pl.col("question_id").is_in(list(paired)))
        .group_by("right", "wrong")
        .agg(questions=pl.len(), paired=pl.col("paired").sum())
        .sort("right", "wrong", descending=True)
    )
    return [OutcomeRow(**row) for row in counted.iter_rows(named=True)]


def pass_rows(responses: pl.DataFrame) -> list[PassRow]:
    """Returns pass@k for k = 1, 2, 4, ... and the largest k, unbiased (Chen et al., arXiv 2107.03374).

    A sample without an answer counts as one that is not right.
    """
    counted = _by_question(responses).group_by("samples", "right").len().sort("samples", "right")
    groups = list(counted.iter_rows())
    most = max((samples for samples, _, _ in groups), default=0)
    rows = []
    for k in sorted({*(2**power for power in range(most.bit_length())), most} - {0}):
        told = [(n, c, number) for n, c, number in groups if n >= k]
        of = sum(number for _, _, number in told)
        passed = sum(number * (1 - comb(n - c, k) / comb(n, k)) for n, c, number in told)
        rows.append(PassRow(k=k, rate=mean_interval(passed / of, of)))
    return rows


def votes(responses: pl.DataFrame) -> Votes | None:
    """Returns what the commonest answers come to; None where no graded question has an answer."""
    answers = (
        responses.filter(_GRADED & (pl.col("answer").list.len() > 0))
        .with_columns(said=pl.col("answer").list.join(","))
        .group_by("question_id", "said")
        .agg(votes=pl.len(), right=_RIGHT.any())
    )
    commonest = (
        answers.sort("question_id", "votes", "said", descending=[False, True, False])
        .group_by("question_id", maintain_order=True)
        .first()
        .join(_by_question(responses).select("question_id", "samples"), on="question_id")
        .with_columns(share=pl.col("votes") / pl.col("samples"))
    )
    if commonest.is_empty():
        return None
    return Votes(
        mean_share=commonest.sort("share").select(pl.col("share").mean()).item(),
        right=mean_interval(int(commonest["right"].sum()) / commonest.height, commonest.height),
        rows=[
            VoteRow(low=low, high=high, questions=own.height, right=own["right"].sum())
            for low, high, own in _agreement(commonest)
        ],
    )


def human_comparison(responses: pl.DataFrame, human: pl.DataFrame | None) -> HumanComparison | None:
    """Returns pass rate against `human` (`question_id`, `human_accuracy` in [0, 1]); None without any."""
    if human is None:
        return None
    both = (
        _by_question(responses)
        .join(human.drop_nulls(), on="question_id")
        .with_columns(passed=pl.col("right") / pl.col("samples"))
        .sort("question_id")
    )
    if both.is_empty():
        return None
    return HumanComparison(
        questions=both.height,
        correlation=_correlation(both),
        rows=[
            HumanRow(
                low=low,
                high=high,
                questions=own.height,
                **own.select(
                    human=pl.col("human_accuracy").mean(), passed=pl.col("passed").mean()
                ).row(0, named=True),
            )
            for low, high, own in _bands(both, "human_accuracy", HUMAN_EDGES)
        ],
    )


def _by_question(responses: pl.DataFrame) -> pl.DataFrame:
    """Returns, for every question with a key, its number of samples, of right and of wrong ones."""
    return (
        responses.filter(_GRADED)
        .group_by("question_id")
        .agg(samples=pl.len(), right=_RIGHT.sum(), wrong=_WRONG.sum())
    )


def _correlation(both: pl.DataFrame) -> float | None:
    """Returns Spearman's rank correlation; None where one side does not vary."""
    from scipy.stats import spearmanr  # type: ignore[import-untyped]  # noqa: PLC0415 (slow to import)

    human, passed = both["human_accuracy"], both["passed"]
    if human.n_unique() == 1 or passed.n_unique() == 1:
        return None
    return round(float(spearmanr(human.to_numpy(), passed.to_numpy()).statistic), 6)


def _agreement(commonest: pl.DataFrame) -> list[tuple[float, float, pl.DataFrame]]:
    agreed = commonest.filter(pl.col("share") == 1)
    others = _bands(commonest.filter(pl.col("share") < 1), "share", VOTE_EDGES)
    return others if agreed.is_empty() else [(1.0, 1.0, agreed), *others]


def _bands(
    frame: pl.DataFrame, column: str, edges: tuple[float, ...]
) -> list[tuple[float, float, pl.DataFrame]]:
    """Returns the rows by bands (low, high] of a column of shares, the highest first; 0 is in the lowest."""
    bands = []
    for low, high in pairwise(edges):
        above = pl.col(column) > low if low else pl.lit(value=True)
        own = frame.filter(above & (pl.col(column) <= high))
        if not own.is_empty():
            bands.append((low, high, own))
    return bands[::-1]
