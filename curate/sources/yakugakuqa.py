"""YakugakuQA: one JSON Lines file a year of the pharmacists' exam; nothing is linked."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import ClassVar, Literal

from curate.models import Provenance, Question
from curate.sources.answers import parse_numbered_key
from curate.sources.base import Convert
from curate.sources.exam import ExamField, ExamSource
from curate.sources.files import named_files, root_of
from curate.sources.ids import parse_six_digits
from curate.sources.values import (
    Cells,
    flag,
    identifier,
    optional_text,
    required,
    text,
    texts,
    whole,
)
from curate.sources.years import ExamPlus, YearRule, question_year

_EXAM_FILE = re.compile(r"(?:(?:data/)?[0-9]{4}/)?[0-9]{3}\.jsonl(?:\.gz|\.zst)?")
_IMAGES = "IMAGES"


class YakugakuqaSource(ExamSource):
    """A folder with `[data/]<year>/<exam>.jsonl` beside `metadata_<exam>.jsonl`, which is never rows."""

    names: ClassVar[Mapping[ExamField, tuple[str, ...]]] = {
        **ExamSource.names,
        "explanation": ("comment",),
    }

    layout: Literal["yakugakuqa"] = "yakugakuqa"
    year: YearRule = ExamPlus(exam_plus=1915)

    @classmethod
    def recognises(cls, path: Path) -> bool:
        """Tells whether it is such a folder or one such file, its companion beside it."""
        return any(_companion(file).is_file() for file in named_files(str(path), _EXAM_FILE))

    def files(self) -> Iterable[Path]:
        """Returns the exams' files, without their companions."""
        root = root_of(self.path)
        return [root] if root.is_file() else named_files(self.path, _EXAM_FILE)

    def converter(self) -> Convert:
        """Returns the converter; rows do not depend on each other."""
        return lambda cells, place: self._question(self.in_layout(cells), place)

    def _question(self, cells: Cells, provenance: Provenance) -> Question:
        id_ = identifier(cells, "id" if "id" in cells else "problem_id")
        place = parse_six_digits(id_)
        year = question_year(self.year, place.exam, cells)
        images = required(cells, "choices") == _IMAGES
        required(cells, "answer")
        key = parse_numbered_key(texts(cells, "answer"))
        return Question(
            id=id_,
            exam=place.exam,
            year=year.year,
            year_rule=year.rule,
            number=place.number,
            text=text(cells, "problem_text"),
            choices=[] if images else texts(cells, "choices"),
            answers=key.answers,
            points=whole(cells, "points"),
            exclusion=key.exclusion,
            has_image=images or flag(cells, "text_only") is False,
            **self.explained(optional_text(cells, "comment"), year, cells, provenance),
            provenance=provenance,
        )


def _companion(file: Path) -> Path:
    return file.with_name(f"metadata_{file.name}")
