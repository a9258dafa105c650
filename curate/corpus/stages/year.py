"""The year filter: the exam's year and the publication year of explanations and documents."""

from typing import Literal, Self

import polars as pl

from curate.corpus.stage import Prepared, RowStage
from curate.tables import drop_where


class YearFilter(RowStage):
    """Drops what is later than `max_year`, and what has no year to show.

    An explanation of a 2015 question written in 2021 may quote later exams, so both years count. `unknown`
    says what becomes of a row without a derivable year; `max_year` and `applies_to` are the recipe's.
    """

    stage: Literal["year"] = "year"
    unknown: Literal["drop", "keep"] = "drop"
    max_year: int | None = None
    applies_to: list[str] | None = None

    def ready(self, prepared: Prepared) -> Self:
        """Takes the recipe's year and sources, where the stage names none of its own."""
        sources = None if prepared.applies_to is None else sorted(prepared.applies_to)
        return self.model_copy(
            update={
                "max_year": prepared.max_year if self.max_year is None else self.max_year,
                "applies_to": sources if self.applies_to is None else self.applies_to,
            }
        )

    def apply(self, shard: pl.DataFrame) -> pl.DataFrame:
        """Sets `year.unknown` and `year.after`; without a `max_year` nothing is dropped."""
        if self.max_year is None:
            return shard
        asked = pl.lit(value=True)
        if self.applies_to is not None:
            asked = pl.col("provenance").struct.field("source").is_in(self.applies_to)
        exam, published = pl.col("year"), pl.col("published")
        is_question = pl.col("kind") == "question"
        dated_text = ~is_question | pl.col("explanation").is_not_null()
        late = (is_question & (exam > self.max_year)) | (dated_text & (published > self.max_year))
        unknown = (is_question & exam.is_null()) | (dated_text & published.is_null())
        marked = drop_where(shard, asked & late.fill_null(value=False), "year.after")
        return (
            drop_where(marked, asked & unknown, "year.unknown")
            if self.unknown == "drop"
            else marked
        )
