"""Invented rows of evaluation.parquet: fifteen items in ten cases, about the sea."""

import polars as pl

from curate.models import EvaluatedItem, Grade

CASES = [("1", 3), ("4", 1), ("5", 1), ("6", 3), ("9", 1), ("10", 1), ("11", 1), ("12", 1),
         ("13", 2), ("15", 1)]  # fmt: skip
IDS = [f"S{int(first) + at}" for first, size in CASES for at in range(size)]
VIGNETTE = {
    f"S{int(first) + at}": f"S{first}" for first, size in CASES if size > 1 for at in range(size)
}
SCHEMA = {
    name: pl.Boolean if name in ("norm_correct", "gestalt", "forbidden") else None
    for name in EvaluatedItem.model_fields
}


def row(id_, letter, **more):
    """One answer; the key is `a`, every fifth item counts three points, every second has an image."""
    number = int(id_[1:])
    points, right = 3 if number % 5 == 0 else 1, letter == "a"
    grade = Grade.CORRECT if right else Grade.INCORRECT if letter else Grade.NO_ANSWER
    fields = {
        "benchmark": "sea",
        "item_id": id_,
        "year": 2020 + number % 2,
        "section": f"{114 + number % 2}-A",
        "vignette_id": VIGNETTE.get(id_),
        "mode": "direct",
        "template": "published",
        "language": "ja",
        "gold": [["a"]],
        "answer": [letter] if letter else None,
        "strict": right,
        "correct": right,
        "gestalt": right,
        "grade": grade,
        "finish_reason": "stop",
        "points": points,
        "score": points * right,
        "has_image": number % 2 == 0,
        "n_answers": 1,
        "category": "tides",
        "human_accuracy": 100.0 - 5 * number,
    }
    return EvaluatedItem(**{**fields, **more})


def rows(letters, **more):
    """One mode's answers to the items in their order: a letter each, a blank where none was read."""
    return [row(id_, letter.strip(), **more) for id_, letter in zip(IDS, letters, strict=False)]


def frame(*parts):
    """Returns the frame of evaluation.parquet."""
    found = pl.DataFrame(
        [one.model_dump(mode="json") for part in parts for one in part], infer_schema_length=None
    )
    nulls = [name for name, kind in found.schema.items() if kind == pl.Null]
    return found.with_columns(
        pl.col(name).cast(pl.Boolean if name in ("norm_correct", "forbidden") else pl.String)
        for name in nulls
    )
