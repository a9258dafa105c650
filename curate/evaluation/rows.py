"""The rows of evaluation.parquet: every answer with its item, and what each metric makes of it."""

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from curate.evaluation.items import Item
from curate.evaluation.judge import GESTALT, PUBLISHED, Verdicts
from curate.models import EvaluatedItem, Grade, Response

_OTHERS: dict[str, pl.DataType] = {
    "year": pl.Int64(),
    "repeat": pl.Int64(),
    "seed": pl.Int64(),
    "gold": pl.List(pl.List(pl.String)),
    "answer": pl.List(pl.String),
    "strict": pl.Boolean(),
    "correct": pl.Boolean(),
    "norm_correct": pl.Boolean(),
    "gestalt": pl.Boolean(),
    "tokens": pl.Int64(),
    "points": pl.Int64(),
    "score": pl.Int64(),
    "required": pl.Boolean(),
    "forbidden": pl.Boolean(),
    "has_image": pl.Boolean(),
    "serial": pl.Boolean(),
    "numeric": pl.Boolean(),
    "n_answers": pl.Int64(),
    "human_accuracy": pl.Float64(),
}
EVALUATED_SCHEMA = pl.Schema(
    {name: _OTHERS.get(name, pl.String()) for name in EvaluatedItem.model_fields}
)


def evaluated_frame(rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Returns rows as a frame with the columns of evaluation.parquet."""
    return pl.DataFrame([*rows], schema=EVALUATED_SCHEMA)


def evaluated_row(item: Item, judged: Verdicts, response: Response) -> dict[str, Any]:
    """Returns what one answer comes to; how it was asked is the caller's to add."""
    published, question = judged.by_metric[PUBLISHED], item.question
    gestalt = judged.by_metric.get(GESTALT)
    return {
        "item_id": question.id,
        "year": question.year,
        "section": item.section,
        "vignette_id": question.vignette_id,
        "seed": response.seed,
        "prompt_sha256": response.prompt_sha256,
        "gold": question.answers,
        "answer": [*judged.graded.answer] or None,
        "strict": published.right,
        "correct": judged.grade is Grade.CORRECT,
        "gestalt": gestalt.right if gestalt else None,
        "grade": judged.grade.value if judged.grade else None,
        "finish_reason": response.finish_reason,
        "tokens": response.tokens,
        "points": item.points,
        "score": item.points if published.right else 0,
        "required": question.required,
        "forbidden": published.forbidden,
        "has_image": question.has_image,
        "serial": item.follows,
        "numeric": item.is_numeric,
        "n_answers": len(question.answers[0]),
        "category": item.told.category if item.told else None,
        "human_accuracy": item.told.human_accuracy if item.told else None,
    }
