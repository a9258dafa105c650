"""Prompts and completions for supervised fine-tuning, from a corpus' kept questions through a template."""

from collections import Counter
from typing import ClassVar, Literal

import polars as pl
from pydantic import field_validator

from curate.corpus.templates import FIELDS, Segments, Wording, fields_of, known_fields
from curate.models.question import Exclusion
from curate.tables import ROW_SCHEMA

SFT_SCHEMA = pl.Schema({"id": pl.String(), "prompt": pl.String(), "completion": pl.String()})
"""Columns of sft.parquet, in order."""
SFT_COLUMNS = tuple(name for name in ROW_SCHEMA if name != "rendered")
_MISSING = {"answer": "key"}


class SftTemplate(Wording):
    """What is asked and what is answered: segments in order.

    `answer` is the first of the accepted answers, `count` how many letters it has. A question is left out
    where a field of its completion is empty, where its exam dropped it, or, unless `images` says `keep`,
    where it shows an image that is not here.
    """

    known: ClassVar[tuple[str, ...]] = (*FIELDS, "count")

    template: Literal["sft/1"] = "sft/1"
    prompt: Segments
    completion: Segments
    images: Literal["leave_out", "keep"] = "leave_out"

    @field_validator("prompt", "completion")
    @classmethod
    def _known_fields(cls, segments: list[str]) -> list[str]:
        return known_fields(segments, cls.known)

    def pairs(self, rows: pl.DataFrame) -> tuple[pl.DataFrame, Counter[str]]:
        """Returns prompt and completion of the rows that have both, and why the others are left out."""
        first = pl.col("answers").list.first()
        fields = self.fields(
            rows,
            answer=first.list.join(self.letter_separator),
            count=first.list.len().cast(pl.String),
        )
        made = rows.select("id", "kind", "has_image", "exclusion").hstack(
            fields.select(
                self._why_not().alias("missing"),
                self.filled(self.prompt).alias("prompt"),
                self.filled(self.completion).alias("completion"),
            )
        )
        why = pl.coalesce(self._unfit(), "missing")
        left_out = made.select(why.alias("why")).drop_nulls().to_series().to_list()
        return made.filter(why.is_null()).select(*SFT_SCHEMA), Counter(left_out)

    def _unfit(self) -> pl.Expr:
        """Says of a row what makes it no question to learn from; null where nothing does."""
        image = pl.lit(self.images == "leave_out") & pl.col("has_image")
        return (
            pl.when(pl.col("kind") != "question")
            .then(pl.lit("document"))
            .when(pl.col("exclusion") == Exclusion.DROPPED.value)
            .then(pl.lit("excluded by the exam"))
            .when(image)
            .then(pl.lit("image"))
        )

    def _why_not(self) -> pl.Expr:
        """Names the first field of the completion that is empty; null where none is."""
        empty = [
            pl.when(pl.col(name).str.len_bytes().fill_null(0) == 0).then(
                pl.lit(f"no {_MISSING.get(name, name)}")
            )
            for name in fields_of(self.completion)
        ]
        return pl.coalesce(empty) if empty else pl.lit(None, dtype=pl.String)
