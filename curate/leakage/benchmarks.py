"""Reads a benchmark whole, or says what is missing: no verdict without coverage."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, NamedTuple, Self

import orjson
import yaml
from pydantic import Field, PositiveInt, model_validator

from curate.errors import InputError, boundary
from curate.models import BenchmarkCoverage, Quarantined, Question, Record
from curate.runs import file_sha256
from curate.sources import (
    AnySource,
    IgakuqaSource,
    InputFile,
    QuestionsSource,
    read_source,
    source_files,
)
from curate.sources.years import FIRST_YEAR, LAST_YEAR
from curate.tables import share

_YEAR_FOLDER = re.compile(r"(?:^|/)([0-9]{4})/")

English = tuple[str, tuple[str, ...]]
"""An item's stem and choices in English."""

Years = Annotated[
    list[Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]], Field(min_length=2, max_length=2)
]


class BenchmarkRef(Record):
    """A benchmark as a recipe names it; `years` is [first, last], all years when absent."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]
    path: str
    years: Years | None = None

    @model_validator(mode="after")
    def _years_run_forward(self) -> Self:
        if self.years is not None and self.years[0] > self.years[1]:
            raise ValueError("years: the first is later than the last")
        return self

    def asked_years(self) -> Sequence[int]:
        """Returns every year that was asked for; none where all are."""
        return range(self.years[0], self.years[1] + 1) if self.years else ()

    def wants(self, year: int | None) -> bool:
        """Whether items of `year` belong to the audit; items without a year always do."""
        return self.years is None or year is None or self.years[0] <= year <= self.years[1]


class ExamSections(Record):
    """The exam of one year and its sections' item counts."""

    exam: str
    sections: dict[str, PositiveInt]


class BenchmarkLayout(Record):
    """A known benchmark: pipelines/benchmarks/NAME.yaml."""

    benchmark: Literal["benchmark/1"]
    name: str
    layout: Literal["igakuqa"]
    years: dict[int, ExamSections]


@dataclass(frozen=True)
class BenchmarkItem:
    """One item to protect: the question and, where the benchmark ships one, its English translation."""

    benchmark: str
    question: Question
    text_en: str = ""
    choices_en: tuple[str, ...] = ()


class Gap(NamedTuple):
    """Something that keeps coverage from being complete, and its file:line where it has one."""

    problem: str
    where: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.problem}" if self.where else self.problem


@dataclass(frozen=True)
class Benchmark:
    """What was read of one benchmark. `gaps` say why coverage is incomplete."""

    ref: BenchmarkRef
    items: Sequence[BenchmarkItem]
    items_expected: int
    years: Sequence[int]
    absent_years: Sequence[int]
    sha256: str
    gaps: Sequence[Gap] = ()

    def coverage(self, undetermined: int) -> BenchmarkCoverage:
        """Returns the coverage as audit.json states it."""
        return BenchmarkCoverage(
            name=self.ref.name,
            years=list(self.years),
            sha256=self.sha256,
            items_expected=self.items_expected,
            items_indexed=len(self.items),
            items_undetermined=undetermined,
            absent_years=list(self.absent_years),
        )


def read_benchmark(ref: BenchmarkRef) -> Benchmark:
    """Reads the benchmark at `ref.path`; what cannot be read stands in `gaps`, it never raises."""
    layout = known_layouts().get(ref.name)
    try:
        return _read_known(ref, layout) if layout else _read_questions(ref)
    except InputError as exc:
        nothing = hashlib.sha256(b"").hexdigest()
        return Benchmark(ref, (), 0, (), _wanted(ref, layout), nothing, (Gap(exc.message),))


def known_layouts() -> dict[str, BenchmarkLayout]:
    """Returns the benchmarks that pipelines/benchmarks describes, by name."""
    found = {}
    for path in sorted(share("pipelines", "benchmarks").glob("*.yaml")):
        layout = BenchmarkLayout.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        found[layout.name] = layout
    return found


def _wanted(ref: BenchmarkRef, layout: BenchmarkLayout | None) -> tuple[int, ...]:
    """Returns the years to look for: those asked for, or all that the layout knows."""
    return tuple(ref.asked_years() or (sorted(layout.years) if layout else ()))


def _read_questions(ref: BenchmarkRef) -> Benchmark:
    source = QuestionsSource(layout="questions", path=ref.path, name=ref.name)
    files = source_files(source)
    questions, gaps = _questions(source, files)
    wanted = [q for q in questions if ref.wants(q.year)]
    years = sorted({q.year for q in wanted if q.year is not None})
    return Benchmark(
        ref=ref,
        items=[BenchmarkItem(ref.name, q) for q in wanted],
        items_expected=len(wanted) + len(gaps),
        years=years,
        absent_years=[year for year in ref.asked_years() if year not in years],
        sha256=_listing_sha256(files),
        gaps=[*gaps, *_repeated(wanted)],
    )


def _read_known(ref: BenchmarkRef, layout: BenchmarkLayout) -> Benchmark:
    source = IgakuqaSource(layout="igakuqa", path=ref.path, name=ref.name)
    files = source_files(source)
    wanted = _wanted(ref, layout)
    questions, bad = _questions(source, files)
    present = {q.year for q in questions}
    known = [year for year in wanted if year in layout.years]
    years = [year for year in known if year in present or _has_folder(files, year)]
    in_years = [q for q in questions if q.year in years]
    gaps = [*(g for g in bad if _in_years(g.where, years)), *_repeated(in_years)]
    gaps += _section_gaps(layout, years, in_years)
    used = [f for f in files if _in_years(f.relative, years)]
    translated = [f for f in map(_companion, used) if f is not None]
    translations, broken = _translations(translated)
    return Benchmark(
        ref=ref,
        items=[_with_translation(ref.name, q, translations) for q in in_years],
        items_expected=sum(sum(layout.years[year].sections.values()) for year in years),
        years=years,
        absent_years=[year for year in wanted if year not in years],
        sha256=_listing_sha256([*used, *translated]),
        gaps=[*gaps, *broken],
    )


def _questions(source: AnySource, files: Sequence[InputFile]) -> tuple[list[Question], list[Gap]]:
    questions: list[Question] = []
    gaps: list[Gap] = []
    for row in read_source(source, files):
        if isinstance(row, Quarantined):
            gaps.append(Gap(row.error, f"{row.file}:{row.line}"))
        elif isinstance(row, Question):
            questions.append(row)
    return questions, gaps


def _repeated(questions: Sequence[Question]) -> list[Gap]:
    """Returns the items that stand twice: which of them counts, nobody can tell."""
    seen: set[tuple[str | None, str]] = set()
    gaps = []
    for question in questions:
        key, place = (question.exam, question.id), question.provenance
        if key in seen:
            where = f"{place.source}/{place.path}:{place.line}"
            gaps.append(Gap(f"the item {question.id!r} stands twice", where))
        seen.add(key)
    return gaps


def _has_folder(files: Iterable[InputFile], year: int) -> bool:
    return any(f"/{year}/" in f"/{file.relative}" for file in files)


def _in_years(path: str, years: Sequence[int]) -> bool:
    """Whether a path, or what begins with one, lies in the folder of one of `years`, or of no year."""
    folder = _YEAR_FOLDER.search(path)
    return folder is None or int(folder[1]) in years or not years


def _section_gaps(
    layout: BenchmarkLayout, years: Sequence[int], found: Sequence[Question]
) -> list[Gap]:
    ids: dict[tuple[int | None, str | None], set[str]] = {}
    for question in found:
        ids.setdefault((question.year, question.section), set()).add(question.id)
    gaps = []
    for year in years:
        for section, expected in layout.years[year].sections.items():
            have = len(ids.get((year, section), ()))
            if have != expected:
                gaps.append(Gap(f"{year} section {section} has {have} items, expected {expected}"))
    return gaps


def _companion(file: InputFile) -> InputFile | None:
    """Returns the English translation that stands beside a section's file."""
    path = file.path.with_name(f"{file.path.name.split('.')[0]}_translate.jsonl")
    if not path.is_file():
        return None
    relative = file.relative.removesuffix(file.path.name) + path.name
    with boundary(InputError, "reading the translation"):
        return InputFile(path, relative, file_sha256(path), path.stat().st_size)


def _translations(
    files: Sequence[InputFile],
) -> tuple[dict[tuple[str, str], English], list[Gap]]:
    """Returns (section file's stem, id) -> English text, and what of it could not be read."""
    found: dict[tuple[str, str], English] = {}
    broken: list[Gap] = []
    for file in files:
        with boundary(InputError, "reading the translation"):
            lines = file.path.read_bytes().splitlines()
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                row = orjson.loads(line)
                text, choices = str(row["problem_text_en"]), tuple(map(str, row["choices_en"]))
                found[_stem(file.relative), str(row["problem_id"])] = (text, choices)
            except (orjson.JSONDecodeError, KeyError, TypeError):
                broken.append(Gap("not a translated item", f"{file.relative}:{number}"))
    return found, broken


def _stem(relative: str) -> str:
    """Returns the name that a section's file and its companions share."""
    return relative.split(".", maxsplit=1)[0].removesuffix("_translate")


def _with_translation(
    name: str, question: Question, translations: dict[tuple[str, str], English]
) -> BenchmarkItem:
    text, choices = translations.get((_stem(question.provenance.path), question.id), ("", ()))
    return BenchmarkItem(name, question, text, choices)


def _listing_sha256(files: Sequence[InputFile]) -> str:
    listing = "".join(f"{file.relative} {file.sha256}\n" for file in files)
    return hashlib.sha256(listing.encode()).hexdigest()
