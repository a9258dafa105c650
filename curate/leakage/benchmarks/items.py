"""Items of any table: the columns that a benchmark's YAML names, read as questions."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from curate.errors import InputError
from curate.models import LETTERS, Document, NonEmpty, Provenance, Quarantined, Question, Record
from curate.sources import Column, Convert, QuestionsSource, Row, RowReader, Source
from curate.sources.files import data_files, root_of
from curate.sources.mapping import options_in
from curate.sources.values import Cells, identifier, kind, optional_text, text, texts, whole
from curate.sources.years import FieldRule, YearRule

KeyForm = Literal["letters", "numbers", "indexes"]
"""How answers are written: as letters from a, as numbers from 1, or as indexes from 0."""

_ROW = "(row)"


class ItemFields(Record):
    """Our names to the file's. What is left out, the items do not have."""

    id: NonEmpty | None = None
    """Absent: the section, or else the file's name, and the row's number ("anatomy-7")."""
    text: NonEmpty
    context: NonEmpty | None = None
    """What stands before the question and may leak with it; a text or a list of texts."""
    choices: NonEmpty | list[NonEmpty] | None = None
    """One column that holds a list, or one column an option."""
    answers: NonEmpty | None = None
    exam: NonEmpty | None = None
    year: NonEmpty | None = None
    section: NonEmpty | None = None
    """Absent: the file's name, where the benchmark has sections."""

    def columns(self) -> dict[str, list[str]]:
        """Returns our names with the file's columns that each stands for."""
        named = self.model_dump(exclude_none=True)
        return {ours: [t] if isinstance(t, str) else t for ours, t in named.items()}


class ItemsSource(Source):
    """Files whose path ends in one of `patterns`, read by `items`."""

    layout: Literal["items"] = "items"
    year: YearRule = FieldRule(field="year")
    patterns: list[NonEmpty]
    items: ItemFields
    key: KeyForm = "letters"
    sections: list[NonEmpty] = []
    """The files to read, by name without suffix, where a file is a section; none: all."""
    words: list[NonEmpty] = []
    """What can be answered where the file lists no options, and the key is one of these words."""

    @classmethod
    def recognises(cls, path: Path) -> bool:  # noqa: ARG003 (asked of every layout)
        """Never: a benchmark is named, not found."""
        return False

    def needed_columns(self) -> list[Column]:
        """Returns every column that the YAML names."""
        columns = self.items.columns().items()
        return [Column(ours=ours, names=(name,)) for ours, names in columns for name in names]

    def files(self) -> list[Path]:
        """Returns the files that the patterns name; raises InputError where there is none."""
        root = root_of(self.path)
        if root.is_file():
            return [root]
        found = [file for file in data_files(self.path) if self._wants(file)]
        if not found:
            raise InputError(f"there is no file {' or '.join(self.patterns)}", where=self.path)
        return found

    def _wants(self, file: Path) -> bool:
        named = any(PurePosixPath(file.as_posix()).match(pattern) for pattern in self.patterns)
        return named and (not self.sections or _stem(file.name) in self.sections)

    def converter(self) -> Convert:
        """Returns the converter; rows do not depend on each other."""
        convert = QuestionsSource(path=self.path, name=self.name).converter()

        def item(cells: Cells, place: Provenance) -> Question | Document:
            return convert(self._ours(cells, place), place)

        return item

    def _ours(self, cells: Cells, place: Provenance) -> Cells:
        """Returns the row in our names."""
        fields = self.items
        by_file = _stem(PurePosixPath(place.path).name)
        section = optional_text(cells, fields.section) if fields.section else None
        if self.sections:
            section = by_file
        id_ = identifier(cells, fields.id) if fields.id else f"{section or by_file}-{cells[_ROW]}"
        context = _joined(cells, fields.context) if fields.context else None
        return {
            "id": id_,
            "exam": cells[fields.exam] if fields.exam else None,
            "year": cells[fields.year] if fields.year else None,
            "section": section,
            "text": text(cells, fields.text),
            "vignette": context,
            "vignette_id": id_ if context else None,
            "choices": self._choices(cells),
            "answers": self._answer(cells, fields.answers) if fields.answers else None,
        }

    def _choices(self, cells: Cells) -> list[str]:
        named = self.items.choices
        if named is None:
            return [*self.words]
        if isinstance(named, str):
            return texts(cells, named)
        return options_in(cells, named)

    def _answer(self, cells: Cells, name: str) -> object:
        value = cells[name]
        if self.words:
            return LETTERS[self.words.index(text(cells, name))]
        if self.key == "letters" or value is None:
            return value
        one = whole(cells, name)
        if one is None:
            return None
        index = one if self.key == "indexes" else one - 1
        if not 0 <= index < len(LETTERS):
            raise ValueError(f"{name}: there is no option {one}")
        return LETTERS[index]


@dataclass(frozen=True)
class Numbered:
    """Reads rows with another reader, and tells each its number, unreadable ones counted too."""

    rows: RowReader

    def __call__(self, path: Path, file: str) -> Iterator[Row | Quarantined]:
        """Yields the rows of a file, with their numbers from 1."""
        for number, row in enumerate(self.rows(path, file), start=1):
            if isinstance(row, Quarantined):
                yield row
            else:
                yield Row(row.number, {**row.cells, _ROW: number}, row.raw)


def _stem(name: str) -> str:
    return name.split(".", maxsplit=1)[0]


def _joined(cells: Cells, name: str) -> str | None:
    value = cells[name]
    if value is None or isinstance(value, str):
        return optional_text(cells, name)
    if isinstance(value, list):
        return "\n".join(texts(cells, name)) or None
    raise ValueError(f"{name}: expected a text or a list of texts, found {kind(value)}")
