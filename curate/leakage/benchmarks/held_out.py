"""A user's own held-out set: questions in our columns; a key is not asked for."""

import re
from pathlib import Path

from curate.leakage.benchmarks.items import ItemFields, ItemsSource, Numbered
from curate.leakage.benchmarks.records import BenchmarkRef
from curate.models import LETTERS, Question
from curate.sources import (
    Column,
    Csv,
    QuestionsSource,
    Row,
    RowReader,
    Source,
    read_rows,
)

_JAPANESE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uff66-\uff9f]")
_CSV = (".csv", ".csv.gz")
_OPTIONAL = ("exam", "year", "section")


class HeldOutSource(QuestionsSource):
    """Questions with `id` and `text`; options and a key where the file has them."""

    def needed_columns(self) -> list[Column]:
        """Returns id and text."""
        return [Column(ours=name, names=(name,)) for name in ("id", "text")]


def held_out_reader(ref: BenchmarkRef) -> tuple[Source, RowReader]:
    """Returns how to read the set: CSV with a header and an option a column, else our own form."""
    if ref.path.endswith(_CSV) and Path(ref.path).is_file():
        rows = Csv()
        return _csv_source(ref, rows), Numbered(rows)
    return HeldOutSource(path=ref.path, name=ref.name), read_rows


def is_english(question: Question) -> bool:
    """Tells whether neither the stem nor an option has a Japanese character."""
    printed = "\n".join((question.text, question.vignette or "", *question.choices))
    return bool(printed.strip()) and not _JAPANESE.search(printed)


def _csv_source(ref: BenchmarkRef, rows: Csv) -> ItemsSource:
    path = Path(ref.path)
    first = next((row for row in rows(path, path.name) if isinstance(row, Row)), None)
    header = set(first.cells) if first else set()
    named = {ours: ours for ours in _OPTIONAL if ours in header}
    answers = next((name for name in ("answers", "answer") if name in header), None)
    return ItemsSource(
        path=ref.path,
        name=ref.name,
        patterns=[path.name],
        items=ItemFields(
            id="id",
            text="text",
            choices=[letter for letter in LETTERS if letter in header],
            answers=answers,
            **named,
        ),
    )
