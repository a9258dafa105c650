"""Questions in our own field names, or mapped to them; a run's kept.parquet reads back."""

from pathlib import Path
from typing import ClassVar, Literal, get_args

from pydantic import Field, field_validator

from curate.models import Document, Exclusion, Provenance, Question
from curate.sources.answers import Key
from curate.sources.base import Column, Convert, TableSource
from curate.sources.documents import document_row, first_cells_of
from curate.sources.ids import ExamId, parse_exam, parse_id
from curate.sources.mapping import Theirs, mapped_columns, renamed, untabled
from curate.sources.options import KeyForm, formed_key, option_texts
from curate.sources.values import Cells, flag, identifier, optional_text, text, whole, wrong
from curate.sources.years import FieldRule, Published, YearRule, question_year

OurField = Literal[
    "id",
    "exam",
    "year",
    "section",
    "number",
    "text",
    "original_text",
    "vignette",
    "vignette_id",
    "choices",
    "answers",
    "points",
    "exclusion",
    "required",
    "has_image",
    "explanation",
    "explanation_verified",
    "published",
]
_TEXTS = {"text", "problem_text", "question", "stem"}
_NOT_TEXT = {"kind", "answer", "provenance", "year_rule", "published_rule"}
_KEYS = {"choices", "options", "answers", "answer"}
_OURS = {*get_args(OurField), *_NOT_TEXT}
_NAME_SHOWN = 40


class QuestionsSource(TableSource):
    """Files of questions. Columns that are none of ours are ignored."""

    layout: Literal["questions"] = "questions"
    hint: ClassVar[str] = "Map the column in the recipe: fields: {ours: theirs}."
    year: YearRule = FieldRule(field="year")
    published: Published = "field_or_exam_year"
    fields: dict[OurField, Theirs] = Field(default_factory=dict)
    """Our names to the file's; options that stand in a column each as a list of columns."""
    key: KeyForm = "letters"
    """How answers are written: letters from a, numbers from 1, indexes from 0, or the options' texts."""
    other_columns: Literal["ignore", "refuse"] = "ignore"
    """Whether a row with a value in a column that is none of ours is set aside."""

    @field_validator("fields")
    @classmethod
    def _lists_are_options(cls, fields: dict[OurField, Theirs]) -> dict[OurField, Theirs]:
        for ours, theirs in fields.items():
            if isinstance(theirs, list) and ours != "choices":
                raise ValueError(f"{ours}: one column; only choices can stand in several")
        return fields

    @classmethod
    def recognises(cls, path: Path) -> bool:
        """Tells whether the first readable row has a stem and choices or a key."""
        cells = first_cells_of(path)
        return cells is not None and cls.fits(cells)

    @classmethod
    def fits(cls, cells: Cells) -> bool:
        """Tells whether a row has a stem and choices or a key."""
        return bool(cells.keys() & _TEXTS) and bool(cells.keys() & _KEYS)

    def needed_columns(self) -> list[Column]:
        """Returns id, text, choices or a key, and every column that the recipe names."""
        needed = [("id",), ("text",), ("choices", "answers", "answer")]
        return [*mapped_columns(needed, self.fields), *self.year_columns()]

    def our_columns(self) -> set[str]:
        """Returns our names, but for those that the recipe maps."""
        either = {"answer"} if "answers" in self.fields else set()
        return {*get_args(OurField), "answer"} - self.fields.keys() - either

    def converter(self) -> Convert:
        """Returns the converter; rows do not depend on each other."""
        return self._record

    def _record(self, cells: Cells, provenance: Provenance) -> Question | Document:
        ours = untabled(renamed(cells, self.fields))
        if self.other_columns == "refuse":
            _refuse_others(ours)
        if ours.get("kind") == "document":
            return Document(
                **document_row(ours, self, provenance.path)._asdict(), provenance=provenance
            )
        return self._question(ours, provenance)

    def _question(self, cells: Cells, provenance: Provenance) -> Question:
        id_ = identifier(cells, "id")
        place = _place(id_, cells)
        year = question_year(self.year, place.exam, cells)
        choices = option_texts(cells, "choices")
        key = formed_key(cells.get("answers", cells.get("answer")), self.key, choices)
        explained = self.explained(optional_text(cells, "explanation"), year, cells, provenance)
        if explained["explanation"] is not None and not self.explanation_verified:
            explained["explanation_verified"] = optional_text(cells, "explanation_verified")
        return Question(
            id=id_,
            exam=place.exam,
            year=year.year,
            year_rule=year.rule,
            section=place.section,
            number=place.number,
            text=text(cells, "text"),
            original_text=optional_text(cells, "original_text"),
            vignette=optional_text(cells, "vignette"),
            vignette_id=optional_text(cells, "vignette_id"),
            choices=choices,
            answers=key.answers,
            points=whole(cells, "points"),
            exclusion=_exclusion(cells, key),
            required=flag(cells, "required") or False,
            has_image=flag(cells, "has_image") or False,
            **explained,
            provenance=provenance,
        )


def only_our_columns(path: Path) -> bool:
    """Tells whether the first row has no column but ours, so that no text of it goes unread."""
    cells = first_cells_of(path)
    return cells is not None and cells.keys() <= _OURS


def _refuse_others(cells: Cells) -> None:
    for name, value in cells.items():
        if name not in _OURS and value is not None:
            raise ValueError(
                f"{name[:_NAME_SHOWN]!r}: no column of questions; layout: texts reads every column"
            )


def _place(id_: str, cells: Cells) -> ExamId:
    """Returns exam, section and number from their columns, or else from the id."""
    label = identifier(cells, "exam") if cells.get("exam") is not None else None
    parsed = parse_id(id_, label)
    number = whole(cells, "number")
    return ExamId(
        exam=parse_exam(label) if label else parsed.exam,
        section=optional_text(cells, "section") or parsed.section,
        number=parsed.number if number is None else number,
    )


def _exclusion(cells: Cells, key: Key) -> Exclusion:
    found = optional_text(cells, "exclusion")
    if found is None:
        return key.exclusion
    known = {str(one.value) for one in Exclusion}
    if found not in known:
        raise wrong("exclusion", "one of " + ", ".join(sorted(known)), found)
    return Exclusion(found)
