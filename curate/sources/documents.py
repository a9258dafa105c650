"""Documents: rows of `id, text[, year]`, in these names or mapped to them."""

from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field

from curate.sources.base import Column, DocumentRow, DocumentSource, Source, TableSource
from curate.sources.files import row_files
from curate.sources.mapping import mapped_columns, renamed, untabled
from curate.sources.rows import first_cells
from curate.sources.values import Cells, identifier, text
from curate.sources.years import Dated, ExamPlus, FieldRule, Published, YearRule, dated_by

_KEYS = {"choices", "answers", "answer"}


class DocumentsSource(TableSource, DocumentSource):
    """Files of documents. `published: exam_year` means by the rule in `year`."""

    layout: Literal["documents"] = "documents"
    hint: ClassVar[str] = "Map the column in the recipe: fields: {ours: theirs}."
    year: YearRule = FieldRule(field="year")
    published: Published = "exam_year"
    fields: dict[Literal["id", "text", "year"], str] = Field(default_factory=dict)
    """Our names to the file's."""

    @classmethod
    def recognises(cls, path: Path) -> bool:
        """Tells whether the first readable row has an id and a text and is no question."""
        cells = first_cells_of(path)
        return cells is not None and cls.fits(cells)

    @classmethod
    def fits(cls, cells: Cells) -> bool:
        """Tells whether a row has an id and a text and is no question."""
        return cells.keys() >= {"id", "text"} and not cells.keys() & _KEYS

    def needed_columns(self) -> list[Column]:
        """Returns id, text and every column that the recipe maps."""
        return [*mapped_columns([("id",), ("text",)], self.fields), *self.year_columns()]

    def our_columns(self) -> set[str]:
        """Returns our names, but for those that the recipe maps."""
        return {"id", "text", "year"} - self.fields.keys()

    def row(self, cells: Cells, place: str) -> DocumentRow:
        """Returns the document in a row; refuses a question."""
        if cells.get("choices") is not None:
            raise ValueError(
                "choices: a question among documents; give questions a file of their own"
            )
        return document_row(untabled(renamed(cells, self.fields)), self, place.rpartition(":")[0])


def document_row(cells: Cells, source: Source, path: str) -> DocumentRow:
    """Returns the document in a row that has our names; `path` is its file's within the source."""
    published = document_year(source, cells, path)
    return DocumentRow(identifier(cells, "id"), text(cells, "text"), published.year, published.rule)


def first_cells_of(path: Path) -> Cells | None:
    """Returns the first readable row of a file, or of a folder's first data file that has one."""
    found = (first_cells(file) for file in row_files(str(path)))
    return next((cells for cells in found if cells is not None), None)


def document_year(source: Source, cells: Cells, path: str) -> Dated:
    """Returns the year in which a document was published, by the source's rules."""
    rule = source.published
    if rule not in ("exam_year", "field_or_exam_year"):
        return dated_by(rule, cells, path)
    if isinstance(source.year, ExamPlus):
        return Dated(None, f"exam{source.year.exam_plus:+d}: a document has no exam number")
    return dated_by(source.year, cells, path)
