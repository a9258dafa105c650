"""Tiers: which samples and which solutions may be a side of a pair, as what text, and why others may not."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple, Self

import polars as pl

from curate.corpus.stages import Explanation
from curate.corpus.templates import fields_of
from curate.grading.asked import asked_of
from curate.grading.fold import read
from curate.grading.policies import PairPolicy
from curate.models import Question, Tier
from curate.models.question import Exclusion
from curate.sampling import Asking

SIDE_SCHEMA = pl.Schema(
    {
        "question_id": pl.String(),
        "tier": pl.String(),
        "index": pl.Int64(),
        "text": pl.String(),
        "sha256": pl.String(),
        "reason": pl.String(),
    }
)
"""Columns of sides; `reason` says why one may not be paired, `index` is the response's, null of a solution."""

BLANKS = " \t\r\n\u3000"
_CONTRADICTS = "explanation.contradicts"


class Form(NamedTuple):
    """What a template says of completions.

    `lead` is the blank that they begin with, `label` what stands before the answer, `explained` whether they
    explain it.
    """

    lead: str
    label: str | None
    explained: bool

    @classmethod
    def of(cls, template: Asking) -> Self:
        """Returns the form of a template's completions."""
        first = template.completion[0]
        line = next((one for one in template.completion if "{answer}" in one), "")
        label = line.partition("{answer}")[0].rpartition("}")[2].strip()
        lead = first[: len(first) - len(first.lstrip(BLANKS))]
        return cls(lead, label or None, "explanation" in fields_of(template.completion))


def ground_truths(rows: pl.DataFrame, template: Asking) -> pl.DataFrame:
    """Returns the solution of each row in the template's words, as `SIDE_SCHEMA`, with the reason against it.

    An explanation counts only where the recipe of its source says who verified it, and where its own verdicts
    on the options do not contradict the key.
    """
    form = Form.of(template)
    judged = Explanation().apply(rows.with_columns(dropped_by=pl.lit(None, dtype=pl.String)))
    against = pl.col("flags").list.eval(pl.element().str.starts_with(_CONTRADICTS)).list.any()
    unsound = pl.lit(value=form.explained)
    reason = (
        pl.when(pl.col("answers").list.len() == 0)
        .then(pl.lit("ground_truth.no_key"))
        .when(pl.col("exclusion") == Exclusion.DROPPED.value)
        .then(pl.lit("ground_truth.excluded"))
        .when(unsound & pl.col("explanation").is_null())
        .then(pl.lit("ground_truth.no_explanation"))
        .when(unsound & pl.col("explanation_verified").is_null())
        .then(pl.lit("ground_truth.not_verified"))
        .when(unsound & against)
        .then(pl.lit("ground_truth.contradicts_key"))
        .when(pl.col("text_of_it").is_null())
        .then(pl.lit("ground_truth.incomplete"))
    )
    text = template.completed(rows).str.strip_chars_end(BLANKS)
    found = judged.with_columns(text_of_it=text).select(
        question_id="id",
        tier=pl.lit(Tier.GROUND_TRUTH.value),
        index=pl.lit(None, dtype=pl.Int64),
        text="text_of_it",
        reason=reason,
    )
    return _hashed(found)


def sampled_sides(
    graded: pl.DataFrame, questions: Mapping[str, Question], policy: PairPolicy, form: Form
) -> tuple[pl.DataFrame, Counter[str]]:
    """Returns every response as a side, and how the texts of those that may be paired were edited.

    `graded` has the columns of responses.parquet, and `leak` with the reason why a sample or its prompt leaks. A
    run-on is cut off where the grader ends its reading, blanks at the end go, and a recorded answer that lost
    the blank at its beginning gets it back.
    """
    tiers = policy.tier_of()
    sides = graded.select(
        "question_id",
        pl.col("grade").replace_strict(tiers, default=None, return_dtype=pl.String).alias("tier"),
        "index",
        _uncut(graded, questions).alias("text"),
        (pl.col("engine") == "recorded").alias("recorded"),
        pl.col("flags").list.contains("run_on").alias("run_on"),
        _unfit(policy, form).alias("reason"),
    )
    whole, lost = pl.col("text"), pl.col("recorded") & ~_begins_blank("text")
    may = pl.col("reason").is_null()
    edited = sides.filter(may).select(
        run_on=pl.col("run_on").sum(),
        end=(whole != whole.str.strip_chars_end(BLANKS)).sum(),
        lead=(lost & pl.lit(bool(form.lead))).sum(),
    )
    text = pl.when(lost).then(pl.lit(form.lead) + whole).otherwise(whole)
    sides = sides.with_columns(pl.when(may).then(text.str.strip_chars_end(BLANKS)).alias("text"))
    return _without_repeats(_hashed(sides)), Counter(edited.row(0, named=True))


def _uncut(graded: pl.DataFrame, questions: Mapping[str, Question]) -> pl.Series:
    """Returns the texts; of those that invent another question, the part that was graded."""
    texts = graded["text"]
    places = graded["flags"].list.contains("run_on").arg_true()
    if places.is_empty():
        return texts
    bodies = [
        read(text, asked_of(questions[id_]).stem).body
        for id_, text in graded[places].select("question_id", "text").iter_rows()
    ]
    return texts.scatter(places, bodies)


def _unfit(policy: PairPolicy, form: Form) -> pl.Expr:
    """Says why a response may not be a side; null where it may."""
    fit = list(policy.tier_of())
    flag = pl.col("flags").list.set_intersection(list(policy.flags)).list.first()
    unexplained = pl.lit(value=form.explained and policy.unexplained == "leave_out")
    return (
        pl.when(pl.col("leak").is_not_null())
        .then("leak")
        .when(pl.col("grade").is_null())
        .then(pl.lit("grade.none"))
        .when(~pl.col("grade").is_in(fit))
        .then(pl.lit("grade.") + pl.col("grade"))
        .when(unexplained & pl.col("explanation").is_null())
        .then(pl.lit("sample.unexplained"))
        .when(flag.is_not_null() if policy.flags else pl.lit(value=False))
        .then(pl.lit("flag.") + flag)
    )


def _begins_blank(name: str) -> pl.Expr:
    return pl.col(name).str.head(1).is_in([" ", "\t", "\r", "\n", "\u3000"])


def _without_repeats(sides: pl.DataFrame) -> pl.DataFrame:
    """Marks what a question's samples say again, word for word."""
    again = pl.int_range(pl.len()).over("question_id", "tier", "sha256") > 0
    may = pl.col("reason").is_null()
    repeated = pl.when(may & again).then(pl.lit("sample.repeated")).otherwise("reason")
    return sides.with_columns(repeated.alias("reason"))


def _hashed(sides: pl.DataFrame) -> pl.DataFrame:
    """Returns the sides with the hash of the text of those that may be paired."""
    may = sides["reason"].is_null()
    hashes = [
        hashlib.sha256(text.encode()).hexdigest() if ok else None
        for text, ok in zip(sides["text"], may, strict=True)
    ]
    return sides.with_columns(
        pl.Series("sha256", hashes, dtype=pl.String),
        pl.when(pl.col("reason").is_null()).then("text").alias("text"),
    ).select(SIDE_SCHEMA.names())
