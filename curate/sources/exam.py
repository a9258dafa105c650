"""What the known exam layouts share: one record form, whose columns a recipe may map."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import ClassVar, Literal, TypedDict

from pydantic import Field, PositiveInt

from curate.sources.base import Column, Source
from curate.sources.files import InputFile
from curate.sources.formats import JsonLines
from curate.sources.ids import ExamId
from curate.sources.mapping import renamed
from curate.sources.serial import SerialParts
from curate.sources.values import Cells
from curate.sources.years import Dated, ExamPlus, YearRule

ExamField = Literal["id", "text", "choices", "answers", "points", "explanation"]
_NEEDED: tuple[ExamField, ...] = ("id", "text", "choices", "answers")


class ExamSource(Source):
    """A layout with columns of its own; `names` says which of them stands for which field of ours."""

    names: ClassVar[Mapping[ExamField, tuple[str, ...]]] = {
        "id": ("id", "problem_id"),
        "text": ("problem_text",),
        "choices": ("choices",),
        "answers": ("answer",),
        "points": ("points",),
        "explanation": ("explanation",),
    }

    fields: dict[ExamField, str] = Field(default_factory=dict)
    """Our names to the file's, where they are not the layout's."""

    def needed_columns(self) -> list[Column]:
        """Returns the columns of the record form, as the recipe maps them, and all that it maps."""
        asked: dict[ExamField, tuple[str, ...]] = {ours: self.names[ours] for ours in _NEEDED}
        asked |= {ours: (theirs,) for ours, theirs in self.fields.items()}
        return [
            Column(ours=ours if ours in self.fields else names[0], names=names)
            for ours, names in asked.items()
        ]

    def left_out(self, files: Iterable[InputFile]) -> list[str]:
        """Returns the files that nobody reads, without the JSON Lines beside an exam's, which are no rows."""
        return [name for name in super().left_out(files) if not JsonLines.takes(Path(name))]

    def in_layout(self, cells: Cells) -> Cells:
        """Returns the row with the layout's own column names."""
        return renamed(cells, {self.names[ours][0]: theirs for ours, theirs in self.fields.items()})


class Placed(TypedDict):
    """The fields of a question that its place in an exam and in a serial group gives."""

    id: str
    exam: str | None
    year: int | None
    year_rule: str
    section: str | None
    number: int | None
    text: str
    original_text: str | None
    vignette: str | None
    vignette_id: str | None
    required: bool


class PhysiciansSource(Source):
    """What the layouts of the physicians' exam share: its years, serial groups and required part."""

    year: YearRule = ExamPlus(exam_plus=1906)
    serial: dict[str, PositiveInt] = Field(default_factory=lambda: {"B": 2, "E": 2, "C": 3, "F": 3})
    """Questions in a serial group, by section, for exams that print no range."""
    required_sections: list[str] = Field(default_factory=lambda: ["B", "E"])
    """The required part (必修)."""

    def placed(self, id_: str, place: ExamId, parts: SerialParts, year: Dated) -> Placed:
        """Returns what a question's id, place and year say of it."""
        return Placed(
            id=id_,
            exam=place.exam,
            year=year.year,
            year_rule=year.rule,
            section=place.section,
            number=place.number,
            text=parts.text,
            original_text=parts.original_text,
            vignette=parts.vignette,
            vignette_id=parts.vignette_id,
            required=place.section in self.required_sections,
        )
