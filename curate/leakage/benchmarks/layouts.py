"""The benchmarks that pipelines/benchmarks describes, a YAML file each: facts and form, no code."""

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self

import yaml
from pydantic import Field, PositiveInt, RootModel, ValidationError, model_validator

from curate.errors import RecipeError
from curate.leakage.benchmarks.beside import read_beside
from curate.leakage.benchmarks.items import ItemFields, ItemsSource, KeyForm, Numbered
from curate.leakage.benchmarks.locks import LOCKS, BenchmarkLock
from curate.leakage.benchmarks.records import BenchmarkRef, Language
from curate.models import MAX_CHOICES, NonEmpty, Record, Sha256
from curate.sources import (
    Csv,
    IgakuqaSource,
    JsonDocument,
    RowReader,
    Source,
    YakugakuqaSource,
    read_rows,
)
from curate.sources.exam import ExamField
from curate.sources.years import ExamPlus
from curate.tables import share

Group = tuple[int | None, str | None]
"""A year and a section, None where the benchmark has none."""


class Origin(Record):
    """Where a benchmark comes from, as found there; `revision` is the commit that was read."""

    url: Annotated[str, Field(pattern=r"^https://")]
    revision: Annotated[str, Field(pattern=r"^[0-9a-f]{7,40}$")] | None = None
    licence: NonEmpty
    documents: list[NonEmpty] = []
    """The pages that say what stands here, where the data itself was not read."""


class ExamItems(Record):
    """The exam of one year and its item counts, by section or in all."""

    exam: NonEmpty
    sections: dict[str, PositiveInt] = {}
    items: PositiveInt | None = None

    @model_validator(mode="after")
    def _counted_once(self) -> Self:
        if bool(self.sections) == (self.items is not None):
            raise ValueError("give either the sections' counts or items")
        return self


class Described(Record, ABC):
    """What every benchmark's YAML says.

    How many items there are stands in `years`, `sections` or `items`; in none of them where no
    source is known. `sections` are also a choice: items of other sections are not looked at.
    """

    translated: ClassVar[bool] = False
    """Whether an English translation stands beside its files."""

    benchmark: Literal["benchmark/1"]
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")]
    title: NonEmpty
    tested: bool
    """Whether the layout was tried on the data, or was written from documents alone."""
    language: Language
    origin: Origin
    years: dict[int, ExamItems] = {}
    sections: dict[str, PositiveInt | None] = {}
    items: PositiveInt | None = None
    sha256: dict[str, Sha256] = {}
    """The files at the revision, by their path there; a shipped benchmark has them in `locks/`."""

    @abstractmethod
    def source(self, ref: BenchmarkRef) -> Source:
        """Returns the source that finds and reads the benchmark's files."""

    def keyed(self) -> Self:
        """Returns the layout with the key of its items, where it is read to score answers alone."""
        return self

    def rows(self) -> RowReader:
        """Returns the reader of the files' rows."""
        return read_rows

    def expected(self, years: list[int]) -> dict[Group, int | None]:
        """Returns how many items each group has, for the given years; None where nobody says."""
        if self.years:
            return {
                (year, section): count
                for year in years
                for section, count in _counts(self.years[year]).items()
            }
        if self.sections:
            return {(None, section): count for section, count in self.sections.items()}
        return {(None, None): self.items}

    @model_validator(mode="after")
    def _counted_once(self) -> Self:
        given = [bool(self.years), bool(self.sections), self.items is not None]
        if sum(given) > 1:
            raise ValueError("give one of years, sections and items")
        if self.sha256 and self.origin.revision is None:
            raise ValueError("origin.revision: missing, but there are hashes of its files")
        return self


class IgakuqaLayout(Described):
    """Files in the form of IgakuQA: `data/<year>/<exam>-<section>.jsonl`."""

    translated: ClassVar[bool] = True

    layout: Literal["igakuqa"]
    exam_plus: int = 1906
    """The year is the exam's number plus this."""
    fields: dict[ExamField, NonEmpty] = {}
    """Our names to the file's, where they are not IgakuQA's."""

    def source(self, ref: BenchmarkRef) -> Source:
        """Returns the source of the section files."""
        year = ExamPlus(exam_plus=self.exam_plus)
        return IgakuqaSource(path=ref.path, name=ref.name, year=year, fields=self.fields)


class YakugakuqaLayout(Described):
    """Files in the form of YakugakuQA: `<year>/<exam>.jsonl`."""

    layout: Literal["yakugakuqa"]
    exam_plus: int = 1915
    fields: dict[ExamField, NonEmpty] = {}

    def source(self, ref: BenchmarkRef) -> Source:
        """Returns the source of the exams' files."""
        year = ExamPlus(exam_plus=self.exam_plus)
        return YakugakuqaSource(path=ref.path, name=ref.name, year=year, fields=self.fields)


class WordKey(Record):
    """A key in words: the column that holds it, and the words of which it is one."""

    answers: NonEmpty
    words: Annotated[list[NonEmpty], Field(min_length=2, max_length=MAX_CHOICES)]


class TableLayout(Described):
    """Files of rows in any columns; `files` are the ends of their paths, with wildcards.

    `word_key` is read to score answers alone: its words are no text of the items that could leak.
    """

    files: Annotated[list[NonEmpty], Field(min_length=1)]
    fields: ItemFields
    key: KeyForm = "letters"
    word_key: WordKey | None = None

    def keyed(self) -> Self:
        """Returns the layout with its key in words among the fields."""
        if self.word_key is None:
            return self
        fields = self.fields.model_copy(update={"answers": self.word_key.answers})
        return self.model_copy(update={"fields": fields})

    def source(self, ref: BenchmarkRef) -> Source:
        """Returns the source that maps the columns; without a section column a file is a section."""
        by_file = list(self.sections) if self.fields.section is None else []
        return ItemsSource(
            path=ref.path,
            name=ref.name,
            patterns=self.files,
            items=self.fields,
            key=self.key,
            sections=by_file,
            words=self.word_key.words if self.word_key and self.fields.answers else [],
        )

    @model_validator(mode="after")
    def _one_key(self) -> Self:
        if self.word_key and (self.fields.answers or self.fields.choices):
            raise ValueError("word_key: the fields name answers or choices")
        return self


class QuestionsLayout(TableLayout):
    """JSON Lines or Parquet."""

    layout: Literal["questions"]

    def rows(self) -> RowReader:
        """Returns the reader of JSON Lines and Parquet, its rows numbered."""
        return Numbered(read_rows)


class CsvLayout(TableLayout):
    """CSV; `columns` names the columns of files without a header row."""

    layout: Literal["csv"]
    columns: list[NonEmpty] | None = None
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","

    def rows(self) -> RowReader:
        """Returns the reader of CSV, its rows numbered."""
        return Numbered(Csv(self.columns, self.delimiter))


class JsonLayout(TableLayout):
    """One JSON document a file: an object of items by id, or a list of items."""

    layout: Literal["json"]

    def rows(self) -> RowReader:
        """Returns the reader of JSON documents, their entries numbered."""
        return Numbered(JsonDocument())


AnyLayout = Annotated[
    IgakuqaLayout | YakugakuqaLayout | QuestionsLayout | CsvLayout | JsonLayout,
    Field(discriminator="layout"),
]


class BenchmarkLayout(RootModel[AnyLayout]):
    """A known benchmark: pipelines/benchmarks/NAME.yaml."""


def known_names() -> list[str]:
    """Returns the names of the benchmarks that pipelines/benchmarks describes."""
    return sorted(path.stem for path in share("pipelines", "benchmarks").glob("*.yaml"))


def known_layouts() -> dict[str, AnyLayout]:
    """Returns the benchmarks that pipelines/benchmarks describes, by name."""
    folder = share("pipelines", "benchmarks")
    return {name: read_layout(folder / f"{name}.yaml") for name in known_names()}


def known_layout(name: str) -> AnyLayout | None:
    """Returns the benchmark of that name, or None.

    Raises:
        RecipeError: Its YAML is wrong, with the key.
    """
    if name not in known_names():
        return None
    return read_layout(share("pipelines", "benchmarks") / f"{name}.yaml")


def read_layout(path: Path) -> AnyLayout:
    """Returns the benchmark that a YAML file describes.

    Raises:
        RecipeError: It is no such description: with the line or the key.
    """
    try:
        layout = BenchmarkLayout.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except yaml.YAMLError as exc:
        mark = getattr(exc, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise RecipeError("not YAML", where=f"{path.name}:{line}") from exc
    except ValidationError as exc:
        first = exc.errors(include_url=False, include_input=False)[0]
        key = ".".join(str(part) for part in first["loc"][1:])
        message = str(first["msg"]).removeprefix("Value error, ")
        raise RecipeError(
            f"{key}: {message}" if key else message,
            where=path.name,
            hint="`curate schema benchmark_layout` shows every key.",
        ) from exc
    if layout.root.name != path.stem:
        raise RecipeError(f"name: {layout.root.name!r} is not the file's name", where=path.name)
    return _locked(layout.root, path)


def _locked(layout: AnyLayout, path: Path) -> AnyLayout:
    """Returns the benchmark with the hashes of its lock, where there is one."""
    lock = read_beside(path, LOCKS, BenchmarkLock)
    if lock is None:
        return layout
    if lock.revision != layout.origin.revision:
        raise RecipeError(
            f"origin.revision: is not that of the lock, {lock.revision}", where=path.name
        )
    hashes = {name: file.sha256 for name, file in lock.read.items()}
    return layout.model_copy(update={"sha256": hashes})


def known_lock(name: str) -> BenchmarkLock | None:
    """Returns the files of a known benchmark's pinned revision, or None."""
    layout = share("pipelines", "benchmarks") / f"{name}.yaml"
    return read_beside(layout, LOCKS, BenchmarkLock)


def _counts(exam: ExamItems) -> dict[str | None, int | None]:
    return dict(exam.sections.items()) if exam.sections else {None: exam.items}
