"""What all sources have in common: the keys of a recipe's entry, and the steps of reading."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from pathlib import Path, PurePath
from typing import Annotated, ClassVar, NamedTuple, TypedDict

from pydantic import ConfigDict, Field

from curate.models import Document, NonEmpty, Provenance, Question, Record
from curate.sources.files import InputFile, names_left, row_files
from curate.sources.formats import Csv, Format, format_of
from curate.sources.values import Cells
from curate.sources.years import (
    PUBLISHED_WORDS,
    Dated,
    FieldRule,
    Published,
    YearRule,
    published_year,
)

_NO_DATA = {
    "",
    ".cff",
    ".html",
    ".jpg",
    ".md",
    ".png",
    ".py",
    ".sh",
    ".svg",
    ".toml",
    ".yaml",
    ".yml",
}

Convert = Callable[[Cells, Provenance], Question | Document]
"""Makes a record of a row; raises ValueError for a row that cannot be one."""


class Column(Record):
    """A column that a file must have: one of `names`, which stands for `ours`.

    `words` are what may have been meant instead of a column.
    """

    ours: NonEmpty
    names: tuple[str, ...]
    words: tuple[str, ...] = ()


class DocumentRow(NamedTuple):
    """What the row of a document says: the fields of `Document`, but for its kind and provenance."""

    id: str
    text: str
    published: int | None = None
    published_rule: str | None = None


class Explained(TypedDict):
    """The fields of a question that belong to its explanation."""

    explanation: str | None
    explanation_verified: str | None
    published: int | None
    published_rule: str | None


class Source(Record, ABC):
    """A source of rows. `path` is absolute when it is read; `name` is what provenance calls it."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)
    hint: ClassVar[str] = "Another file than this layout's? Name its layout in the recipe."
    rows_depend: ClassVar[bool] = False
    """Whether a row means something else without the rows before it in its file."""

    layout: str
    path: NonEmpty
    name: NonEmpty | None = None
    year: YearRule
    published: Published = "exam_year"
    explanation_verified: NonEmpty | None = None
    """Who verified the explanations, and how; absent: nobody."""
    licence: NonEmpty | None = None

    @classmethod
    @abstractmethod
    def recognises(cls, path: Path) -> bool:
        """Tells whether the existing file or folder has this layout."""

    @abstractmethod
    def needed_columns(self) -> list[Column]:
        """Returns the columns without which a file cannot be this layout."""

    def our_columns(self) -> set[str]:
        """Returns the columns that a near miss in a file is probably meant to be; none: any name goes."""
        return set()

    @abstractmethod
    def converter(self) -> Convert:
        """Returns what turns the rows of one file, fed in order, into records."""

    def files(self) -> Iterable[Path]:
        """Returns the files of this layout that the path stands for."""
        return row_files(self.path)

    def left_out(self, files: Iterable[InputFile]) -> list[str]:
        """Returns what is at the path and none of `files`, though by its name it may hold data."""
        names = names_left(self.path, files)
        return sorted(name for name in names if PurePath(name).suffix.lower() not in _NO_DATA)

    def reader(self, path: Path) -> Format:
        """Returns how the rows of one of its files are read."""
        return format_of(path)

    @property
    def label(self) -> str:
        """The name under which rows are known."""
        return self.name or self.layout

    def year_columns(self) -> list[Column]:
        """Returns the columns that the recipe itself names in its year rules."""
        rules = {"year": self.year, "published": self.published}
        return [
            Column(
                ours=key,
                names=(rule.field,),
                words=PUBLISHED_WORDS if key == "published" else (),
            )
            for key, rule in rules.items()
            if key in self.model_fields_set and isinstance(rule, FieldRule)
        ]

    def explained(
        self, explanation: str | None, year: Dated, cells: Cells, place: Provenance
    ) -> Explained:
        """Returns an explanation, its date and who verified it; all None where there is none."""
        if explanation is None:
            return Explained(
                explanation=None, explanation_verified=None, published=None, published_rule=None
            )
        published = published_year(self.published, year, cells, place.path)
        return Explained(
            explanation=explanation,
            explanation_verified=self.explanation_verified,
            published=published.year,
            published_rule=published.rule,
        )


class TableSource(Source):
    """A source whose CSV files may be of any make."""

    columns: Annotated[list[NonEmpty], Field(min_length=1)] | None = None
    """The columns of CSV files that have no header row, in their order."""
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    """What stands between the fields of CSV files; absent: a tab in .tsv, else a comma."""

    def reader(self, path: Path) -> Format:
        """Returns how the rows of one of its files are read."""
        form = format_of(path)
        return Csv(self.columns, self.delimiter) if isinstance(form, Csv) else form


class DocumentSource(Source):
    """A source of nothing but documents; its rows do not depend on each other."""

    @abstractmethod
    def row(self, cells: Cells, place: str) -> DocumentRow:
        """Returns what a row says; raises ValueError for a row that cannot be a document.

        Each field must be one that `Document` takes: it is not checked again. `place` is "file:line".
        """

    def converter(self) -> Convert:
        """Returns the converter of single rows."""
        return self._document

    def _document(self, cells: Cells, provenance: Provenance) -> Document:
        row = self.row(cells, f"{provenance.path}:{provenance.line}")
        return Document(**row._asdict(), provenance=provenance)
