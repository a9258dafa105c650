"""A user's own held-out set: questions in our columns; a key is not asked for."""

import re

from curate.leakage.benchmarks.records import BenchmarkRef
from curate.models import LETTERS, Question
from curate.sources import Column, QuestionsSource, Source
from curate.sources.files import existing, row_files
from curate.sources.rows import first_cells

_JAPANESE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uff66-\uff9f]")


class HeldOutSource(QuestionsSource):
    """Questions with `id` and `text`; options and a key where the file has them."""

    def needed_columns(self) -> list[Column]:
        """Returns id, text, and the columns that hold an option each."""
        options = self.fields.get("choices", [])
        asked = [("id", "id"), ("text", "text"), *(("choices", name) for name in options)]
        return [Column(ours=ours, names=(name,)) for ours, name in asked]


def held_out_source(ref: BenchmarkRef) -> Source:
    """Returns how to read the set: our own form, or an option a column, named by its letter."""
    existing(ref.path)
    names = {name for file in row_files(ref.path) for name in first_cells(file) or ()}
    options = [letter for letter in LETTERS if letter in names]
    fields = {"choices": options} if options and "choices" not in names else {}
    return HeldOutSource(path=ref.path, name=ref.name, fields=fields)


def is_english(question: Question) -> bool:
    """Tells whether neither the stem nor an option has a Japanese character."""
    printed = "\n".join((question.text, question.vignette or "", *question.choices))
    return bool(printed.strip()) and not _JAPANESE.search(printed)
