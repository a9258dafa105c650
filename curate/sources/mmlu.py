"""The form of MMLU and JMMLU: CSV without a header, a question, its options and a letter a row."""

from itertools import islice
from pathlib import Path, PurePosixPath
from typing import ClassVar, Literal

from curate.models import Document, Provenance, Quarantined, Question
from curate.sources.base import Column, Convert, Source
from curate.sources.files import row_files
from curate.sources.formats import Csv, Format
from curate.sources.mapping import options_in
from curate.sources.questions import QuestionsSource
from curate.sources.rows import HEAD_ROWS
from curate.sources.values import Cells, folded
from curate.sources.years import FieldRule, YearRule

_OPTIONS = ("A", "B", "C", "D")
_COLUMNS = ("question", *_OPTIONS, "answer")


class MmluSource(Source):
    """CSV files of six fields: question, four options and the letter of the right one; a file is a subject.

    Rows have no ids; theirs are the subject and the line ("anatomy:7").
    """

    layout: Literal["mmlu"] = "mmlu"
    hint: ClassVar[str] = "The columns are question, A, B, C, D and answer, without a header row."
    year: YearRule = FieldRule(field="year")

    @classmethod
    def recognises(cls, path: Path) -> bool:
        """Tells whether the first rows of every file have six fields, the last of them one of A-D."""
        fits = (Csv.takes(file) and _has_form(file) for file in row_files(str(path)))
        return next(fits, False) and all(fits)

    def needed_columns(self) -> list[Column]:
        """Returns the columns, which are these by their places."""
        return [Column(ours=name, names=(name,)) for name in _COLUMNS]

    def reader(self, path: Path) -> Format:  # noqa: ARG002 (all have one form)
        """Returns a reader that names the columns."""
        return Csv(_COLUMNS)

    def converter(self) -> Convert:
        """Returns the converter; rows do not depend on each other."""
        convert = QuestionsSource(
            **self.model_dump(exclude={"layout"}, exclude_none=True)
        ).converter()

        def question(cells: Cells, place: Provenance) -> Question | Document:
            subject = PurePosixPath(place.path).name.split(".", maxsplit=1)[0]
            ours = {
                "id": f"{subject}:{place.line}",
                "section": subject,
                "text": cells["question"],
                "choices": options_in(cells, _OPTIONS),
                "answers": cells["answer"],
            }
            return convert(ours, place)

        return question


def _has_form(path: Path) -> bool:
    rows = list(islice(Csv(_COLUMNS)(path, path.name), HEAD_ROWS))
    letters = [
        None if isinstance(row, Quarantined) else folded(str(row.cells["answer"])) for row in rows
    ]
    return bool(letters) and all(letter in _OPTIONS for letter in letters)
