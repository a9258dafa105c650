"""Exact duplicates, by normalised text."""

from typing import ClassVar, Literal

from curate.corpus.stage import CorpusStage


class ExactDuplicates(CorpusStage):
    """Drops rows whose normalised text stands earlier in the corpus."""

    stage: Literal["exact_duplicates"] = "exact_duplicates"
    sql: ClassVar[str] = "exact_duplicates.sql"
