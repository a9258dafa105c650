"""Examples: questions that between them show every grade, each beside its ground truth."""

from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

import polars as pl

from curate.models import Example, ExampleSample, Excerpt, Grade, Tier

__all__ = ["examples"]

PER_GRADE = 6
"""Examples with a grade that are looked for; one question may be an example of several."""

_TEXT, _CHOICE = 4_000, 400
"""Most characters of a text, and of an option, that are shown."""

_Rows = Mapping[str, Sequence[Mapping[str, Any]]]


def examples(
    questions: pl.LazyFrame, responses: pl.LazyFrame, told: pl.DataFrame, pairs: Mapping[str, int]
) -> list[Example]:
    """Returns at least `PER_GRADE` questions with each grade, where there are so many.

    `told` has the responses without their texts and with the column `tier`; `pairs` counts by question.
    """
    chosen = _chosen(told.drop_nulls("grade"))
    if not chosen:
        return []
    tiers = told.filter(pl.col("question_id").is_in(chosen)).select("question_id", "index", "tier")
    texts = responses.filter(pl.col("question_id").is_in(chosen)).collect()
    own = texts.join(tiers, on=["question_id", "index"]).sort("question_id", "index")
    samples = _grouped(own)
    rows = questions.filter(kind="question").filter(pl.col("id").is_in(chosen)).collect()
    asked = {
        row["id"]: row
        for row in rows.unique("id", keep="first", maintain_order=True).iter_rows(named=True)
    }
    return [_example(asked[id_], samples[id_], pairs.get(id_, 0)) for id_ in chosen if id_ in asked]


def _chosen(graded: pl.DataFrame) -> list[str]:
    """Returns ids, chosen by their hash: what stands first in a corpus is no better an example."""
    held = graded.select("question_id", "grade").unique()
    have: Counter[str] = Counter()
    chosen: dict[str, None] = {}
    grades = {id_: set(own) for id_, own in held.group_by("question_id").agg("grade").iter_rows()}
    order = sorted(grades, key=lambda id_: sha256(id_.encode()).digest())
    for grade in Grade:
        for id_ in order:
            if have[grade.value] >= PER_GRADE:
                break
            if grade.value in grades[id_] and id_ not in chosen:
                chosen[id_] = None
                have.update(grades[id_])
    return list(chosen)


def _grouped(responses: pl.DataFrame) -> _Rows:
    rows: dict[str, list[Mapping[str, Any]]] = {}
    for row in responses.iter_rows(named=True):
        rows.setdefault(row["question_id"], []).append(row)
    return rows


def _example(
    question: Mapping[str, Any], samples: Sequence[Mapping[str, Any]], pairs: int
) -> Example:
    # Of each grade the one in a pair if there is one, since that is what a model will learn from.
    shown: dict[str | None, Mapping[str, Any]] = {}
    for sample in sorted(samples, key=lambda one: one["tier"] is None):
        shown.setdefault(sample["grade"], sample)
    return Example(
        question_id=question["id"],
        year=question["year"],
        vignette=_excerpt(question["vignette"]),
        text=_excerpt(question["text"]) or Excerpt(text=""),
        choices=[Excerpt(text=c[:_CHOICE], left_out=len(c[_CHOICE:])) for c in question["choices"]],
        answers=question["answers"],
        explanation=_excerpt(question["explanation"]),
        verified=question["explanation_verified"],
        grades=Counter(s["grade"] for s in samples if s["grade"]),
        pairs=pairs,
        samples=[_sample(one) for one in sorted(shown.values(), key=_place)],
    )


def _place(sample: Mapping[str, Any]) -> tuple[int, int]:
    grades = [grade.value for grade in Grade]
    grade = sample["grade"]
    return (grades.index(grade) if grade else len(grades)), sample["index"]


def _sample(row: Mapping[str, Any]) -> ExampleSample:
    return ExampleSample(
        index=row["index"],
        grade=row["grade"],
        tier=None if row["tier"] is None else Tier(row["tier"]),
        answer=row["answer"] or [],
        pattern=row["pattern"],
        strict=row["strict"],
        flags=row["flags"] or [],
        finish_reason=row["finish_reason"],
        text=_excerpt(row["text"]) or Excerpt(text=""),
    )


def _excerpt(text: str | None) -> Excerpt | None:
    if text is None:
        return None
    return Excerpt(text=text[:_TEXT], left_out=len(text[_TEXT:]))
