"""IgakuQA: one JSON Lines file a section of the physicians' exam, serial questions linked."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar, Literal

from curate.models import Provenance, Question
from curate.sources.answers import parse_key
from curate.sources.base import Convert
from curate.sources.exam import ExamSource, PhysiciansSource
from curate.sources.files import named_files, root_of
from curate.sources.ids import ExamId, parse_id
from curate.sources.rows import first_cells
from curate.sources.serial import SerialLinker
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
from curate.sources.years import ExamPlus, question_year

_SECTION_FILE = re.compile(r"(?:(?:data/)?[0-9]{4}/|data/)?[0-9]{1,3}-[A-I]\.jsonl(?:\.gz|\.zst)?")
_PROMPTS = "prompt.jsonl"
_FORM = {"problem_text", "choices", "answer"}


class IgakuqaSource(PhysiciansSource, ExamSource):
    """A folder with `data/<year>/<exam>-<section>.jsonl`, one such file, or `prompt.jsonl`."""

    rows_depend: ClassVar[bool] = True
    layout: Literal["igakuqa"] = "igakuqa"

    @classmethod
    def recognises(cls, path: Path) -> bool:
        """Tells whether it is a folder with section files, or a file in the record form."""
        if not path.is_file():
            return any(named_files(str(path), _SECTION_FILE))
        if path.name != _PROMPTS and not _SECTION_FILE.fullmatch(path.name):
            return False
        cells = first_cells(path)
        return cells is not None and cells.keys() >= _FORM

    def files(self) -> Iterable[Path]:
        """Returns the section files, without their companions."""
        root = root_of(self.path)
        return [root] if root.is_file() else named_files(self.path, _SECTION_FILE)

    def converter(self) -> Convert:
        """Returns a converter that remembers the serial group it is in."""
        linker = SerialLinker(self.serial)
        return lambda cells, place: self._question(self.in_layout(cells), place, linker)

    def _question(self, cells: Cells, provenance: Provenance, linker: SerialLinker) -> Question:
        id_ = identifier(cells, "id" if "id" in cells else "problem_id")
        place = self._place(id_, cells)
        parts = linker.link(id_, place, text(cells, "problem_text"))
        year = question_year(self.year, place.exam, cells)
        key = parse_key(required(cells, "answer"))
        return Question(
            **self.placed(id_, place, parts, year),
            choices=texts(cells, "choices"),
            answers=key.answers,
            points=whole(cells, "points"),
            exclusion=key.exclusion,
            has_image=flag(cells, "text_only") is False,
            **self.explained(optional_text(cells, "explanation"), year, cells, provenance),
            provenance=provenance,
        )

    def _place(self, id_: str, cells: Cells) -> ExamId:
        label = identifier(cells, "exam") if cells.get("exam") is not None else None
        place = parse_id(id_, label)
        if place.exam_year is not None and isinstance(self.year, ExamPlus):
            return place._replace(exam=str(place.exam_year - self.year.exam_plus))
        return place
