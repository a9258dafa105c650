"""The fast path: a shard of responses with their grades."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from curate.errors import InputError
from curate.grading.grade import Grader
from curate.models import Question

GRADE_SCHEMA = pl.Schema(
    {
        "explanation": pl.String(),
        "answer": pl.List(pl.String()),
        "grade": pl.String(),
        "strict": pl.Boolean(),
        "pattern": pl.String(),
        "flags": pl.List(pl.String()),
    }
)
"""The columns that grading sets, as in the record `Response`, in the order of `Graded`."""


def graders(questions: Mapping[str, Question], label: str | None = None) -> dict[str, Grader]:
    """Returns a grader for every question, to be used for all shards."""
    return {id_: Grader(question, label) for id_, question in questions.items()}


def grade_frame(responses: pl.DataFrame, graders: Mapping[str, Grader]) -> pl.DataFrame:
    """Returns the responses (`question_id`, `text`, `finish_reason`) with the columns of `GRADE_SCHEMA` set.

    Raises InputError for a question without a grader.
    """
    unknown = set(responses["question_id"].unique()) - graders.keys()
    if unknown:
        raise InputError(
            f"{len(unknown)} unknown questions, such as {min(unknown)!r}",
            where="question_id",
            hint="Give responses to the questions of this corpus only.",
        )
    rows = [
        graders[id_].grade(text, finish_reason, nfkc)
        for id_, text, finish_reason, nfkc in responses.select(
            "question_id", "text", "finish_reason", nfkc=pl.col("text").str.normalize("NFKC")
        ).iter_rows()
    ]
    columns = list(zip(*rows, strict=True)) or [()] * len(GRADE_SCHEMA)
    graded = [_column(name, column) for name, column in zip(GRADE_SCHEMA, columns, strict=True)]
    return responses.drop(GRADE_SCHEMA.names(), strict=False).hstack(graded)


def _column(name: str, values: Sequence[Any]) -> pl.Series:
    dtype = GRADE_SCHEMA[name]
    if not isinstance(dtype, pl.List):
        return pl.Series(name, values, dtype, strict=False)
    # From lists Polars would make a series of each: half of the time that grading itself takes.
    joined = ["\n".join(value) for value in values]
    return pl.Series(name, joined, pl.String).str.extract_all(r"[^\n]+")
