"""Reads a benchmark whole, or says what is missing: no verdict without coverage."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from curate.errors import InputError, did_you_mean
from curate.leakage.benchmarks.held_out import held_out_source, is_english
from curate.leakage.benchmarks.layouts import Described, Group, known_layout, known_names
from curate.leakage.benchmarks.pinned import in_years, layout_notes
from curate.leakage.benchmarks.records import Benchmark, BenchmarkItem, BenchmarkRef, Gap, Language
from curate.leakage.benchmarks.translations import NO_ENGLISH, English, Translations
from curate.models import Document, Quarantined, Question
from curate.sources import InputFile, RowReader, Source, read_source, source_files

_NO_EXPLANATION = dict.fromkeys(
    ("explanation", "explanation_verified", "published", "published_rule")
)


@dataclass(frozen=True)
class _Read:
    """The rows of a benchmark's files: questions, what could not be read, and the files."""

    files: Sequence[InputFile]
    questions: Sequence[Question]
    gaps: Sequence[Gap]


def read_benchmark(ref: BenchmarkRef, *, keyed: bool = False) -> Benchmark:
    """Reads the benchmark at `ref.path`; what cannot be read stands in `gaps`.

    With `keyed` also a key that is read to score answers alone.

    Raises:
        RecipeError: The YAML of a known benchmark is wrong. Of the data, nothing raises.
    """
    layout = known_layout(ref.name)
    layout = layout.keyed() if layout and keyed else layout
    try:
        return _read_known(ref, layout) if layout else _read_held_out(ref)
    except InputError as exc:
        nothing = hashlib.sha256(b"").hexdigest()
        return Benchmark(ref, (), 0, (), _wanted(ref, layout), nothing, (_unreadable(ref, exc),))


def benchmark_files(ref: BenchmarkRef) -> Sequence[InputFile]:
    """Returns the files that the benchmark is read from, hashed.

    Raises:
        InputError: There is nothing to read at its path.
    """
    layout = known_layout(ref.name)
    if layout is None:
        return source_files(held_out_source(ref))
    files = source_files(layout.source(ref))
    return [*files, *Translations(files).files] if layout.translated else files


def _unreadable(ref: BenchmarkRef, error: InputError) -> Gap:
    """Returns the gap that an error leaves; a path of this machine stays out of it."""
    known = known_names()
    hint = "" if ref.name in known else did_you_mean(ref.name.lower(), known)
    where = error.where if error.where.startswith(f"{ref.name}/") else ""
    return Gap(f"{error.message.rstrip('.')}.{hint}" if hint else error.message, where)


def _wanted(ref: BenchmarkRef, layout: Described | None) -> tuple[int, ...]:
    """Returns the years to look for: those asked for, or all that the layout knows."""
    if layout is None:
        return tuple(ref.asked_years())
    return tuple(ref.asked_years() or sorted(layout.years)) if layout.years else ()


def _read_held_out(ref: BenchmarkRef) -> Benchmark:
    read = _rows(held_out_source(ref))
    wanted = [q for q in read.questions if ref.wants(q.year)]
    years = sorted({q.year for q in wanted if q.year is not None})
    timeless = bool(read.questions) and all(q.year is None for q in read.questions)
    unread = read.gaps or ([] if read.questions else [Gap("holds no item")])
    return Benchmark(
        ref=ref,
        items=[_item(ref.name, q, "en" if is_english(q) else "ja") for q in wanted],
        items_expected=len(wanted) + len(unread),
        years=years,
        absent_years=[y for y in ref.asked_years() if y not in years and not timeless],
        sha256=_listing_sha256(read.files),
        gaps=[*unread, *_repeated(wanted)],
        notes=list(_years_note(ref)) if timeless else [],
    )


def _read_known(ref: BenchmarkRef, layout: Described) -> Benchmark:
    read = _rows(layout.source(ref), layout.rows())
    wanted = _wanted(ref, layout)
    present = {q.year for q in read.questions}
    years = [
        year
        for year in wanted
        if year in layout.years and (year in present or _has_folder(read.files, year))
    ]
    groups = layout.expected(years)
    found = [q for q in read.questions if _belongs(q, layout, years)]
    used = [f for f in read.files if in_years(f.relative, years)]
    english = Translations(used if layout.translated else ())
    gaps = [*(g for g in read.gaps if in_years(g.where, years)), *_repeated(found)]
    files = [*used, *english.files]
    notes = [*layout_notes(layout, files, years), *(() if layout.years else _years_note(ref))]
    return Benchmark(
        ref=ref,
        items=[_item(ref.name, q, layout.language, english.of(q)) for q in found],
        items_expected=_expected(groups, found, read.gaps),
        years=years,
        absent_years=[year for year in wanted if year not in years],
        sha256=_listing_sha256(files),
        gaps=[*gaps, *_miscounted(groups, found), *english.gaps],
        notes=notes,
    )


def _belongs(question: Question, layout: Described, years: Sequence[int]) -> bool:
    if layout.years:
        return question.year in years
    return not layout.sections or question.section in layout.sections


def _years_note(ref: BenchmarkRef) -> Iterator[str]:
    if ref.years is not None:
        yield "its items have no year, so the years asked for pick none of them out"


def _rows(source: Source, rows: RowReader | None = None) -> _Read:
    files = source_files(source)
    questions: list[Question] = []
    gaps: list[Gap] = []
    for row in read_source(source, files, rows):
        match row:
            case Question():
                questions.append(row)
            case Quarantined():
                gaps.append(Gap(row.error, f"{row.file}:{row.line}"))
            case Document():
                gaps.append(Gap(f"{row.id!r} is a document, not an item", _place(row)))
    return _Read(files, questions, gaps)


def _place(row: Question | Document) -> str:
    place = row.provenance
    return f"{place.source}/{place.path}:{place.line}"


def _repeated(questions: Sequence[Question]) -> list[Gap]:
    """Returns the items that stand twice: which of them counts, nobody can tell."""
    seen: set[tuple[str | None, str]] = set()
    gaps = []
    for question in questions:
        key = (question.exam, question.id)
        if key in seen:
            gaps.append(Gap(f"the item {question.id!r} stands twice", _place(question)))
        seen.add(key)
    return gaps


def _has_folder(files: Iterable[InputFile], year: int) -> bool:
    return any(f"/{year}/" in f"/{file.relative}" for file in files)


def _group(question: Question, groups: dict[Group, int | None]) -> Group:
    """Returns the group in which a question is counted."""
    by_section = (question.year, question.section)
    kinds = (by_section, (question.year, None), (None, question.section), (None, None))
    return next((kind for kind in kinds if kind in groups), by_section)


def _miscounted(groups: dict[Group, int | None], found: Sequence[Question]) -> list[Gap]:
    ids: dict[Group, set[str]] = {group: set() for group in groups}
    for question in found:
        ids.setdefault(_group(question, groups), set()).add(question.id)
    gaps = []
    for group, have in ids.items():
        expected = groups.get(group, 0)
        if expected is None and not have:
            gaps.append(Gap(f"{_told(group)} has no items"))
        elif expected is not None and len(have) != expected:
            gaps.append(Gap(f"{_told(group)} has {len(have)} items, expected {expected}"))
    return gaps


def _told(group: Group) -> str:
    year, section = group
    parts = [str(year) if year else "", f"section {section}" if section else ""]
    return " ".join(filter(None, parts)) or "it"


def _expected(
    groups: dict[Group, int | None], found: Sequence[Question], unread: Sequence[Gap]
) -> int:
    """Returns how many items there should be: what was read and was not, where nobody says."""
    known = sum(count for count in groups.values() if count is not None)
    if None not in groups.values():
        return known
    return known + len(unread) + sum(groups.get(_group(q, groups), 0) is None for q in found)


def _item(
    name: str, question: Question, language: Language, english: English = NO_ENGLISH
) -> BenchmarkItem:
    """Returns the item without its explanation, which is no part of what an exam asks."""
    asked = question.model_copy(update=_NO_EXPLANATION) if question.explanation else question
    text, choices = (asked.text, tuple(asked.choices)) if language == "en" else english
    return BenchmarkItem(name, asked, text, choices, language)


def _listing_sha256(files: Sequence[InputFile]) -> str:
    listing = "".join(f"{file.relative} {file.sha256}\n" for file in files)
    return hashlib.sha256(listing.encode()).hexdigest()
