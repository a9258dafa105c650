"""Answers that were recorded elsewhere."""

from typing import Literal

from curate.models import NonEmpty
from curate.sampling.engine import Engine


class Recorded(Engine):
    """Answers in a file, JSONL, CSV or Parquet.

    A row has `question_id` and `text` and, where known, `model`, `finish_reason` and `index`. `fields` says
    what a file calls them instead (ours: theirs), `model` whose answers are read where a file holds those
    of several.
    """

    engine: Literal["recorded"] = "recorded"
    responses: NonEmpty
    model: NonEmpty | None = None
    fields: dict[Literal["question_id", "text", "model", "finish_reason", "index"], NonEmpty] = {}
