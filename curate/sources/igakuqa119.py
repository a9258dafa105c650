"""IgakuQA119: one JSON list a section of the physicians' exam, and the key in a CSV beside them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import ClassVar, Literal, NamedTuple

from pydantic import Field, PositiveInt

from curate.errors import InputError
from curate.models import LETTERS, RAW_LIMIT, Provenance, Quarantined, Question
from curate.sources.answers import Key, parse_key
from curate.sources.base import Column, Convert
from curate.sources.exam import PhysiciansSource
from curate.sources.files import InputFile, named_files, root_of
from curate.sources.formats import WHOLE, Block, Csv, Format, JsonDocument, Limits, Row
from curate.sources.ids import parse_id
from curate.sources.serial import SerialLinker
from curate.sources.values import Cells, flag, folded, identifier, text, texts
from curate.sources.years import question_year

_QUESTIONS = re.compile(r"questions/[0-9]{1,3}[A-I]_json\.json")
_KEY = "correct_answers.csv"
_NUMBER, _ANSWER = "問題番号", "解答"
_ANSWERS = re.compile(r"answers/.*\.json")
_LABEL = re.compile(r"\s*([a-jａ-ｊ])\s*[.．、)）]\s*")


class Igakuqa119Source(PhysiciansSource):
    """A folder with `questions/<exam><section>_json.json` and `correct_answers.csv`.

    `answers` holds what models answered, which is no rows. A question prints its case with it, also
    where it is a serial one; only a printed header links questions.
    """

    rows_depend: ClassVar[bool] = True
    layout: Literal["igakuqa119"] = "igakuqa119"
    serial: dict[str, PositiveInt] = Field(default_factory=dict)
    """Questions in a serial group, by section, for exams that print no range."""

    @classmethod
    def recognises(cls, path: Path) -> bool:
        """Tells whether it is such a folder, with a key."""
        return (path / _KEY).is_file() and any(named_files(str(path), _QUESTIONS))

    def files(self) -> list[Path]:
        """Returns the sections' files and the key."""
        found = list(named_files(self.path, _QUESTIONS))
        return [*found, self._root / _KEY] if found else []

    def left_out(self, files: Iterable[InputFile]) -> list[str]:
        """Returns the files that nobody reads, without the answers of models."""
        return [name for name in super().left_out(files) if not _ANSWERS.fullmatch(name)]

    def needed_columns(self) -> list[Column]:
        """Returns the columns of a question."""
        return [Column(ours=name, names=(name,)) for name in ("number", "question", "choices")]

    def reader(self, path: Path) -> Format:
        """Returns the reader of a section, or that of the key, whose rows are only what is wrong in it."""
        return _KeyReader(self._root) if path.name == _KEY else JsonDocument()

    def converter(self) -> Convert:
        """Returns a converter that knows the key, and remembers the serial group it is in."""
        linker = SerialLinker(self.serial)
        keys = cache(partial(_keys, self._root / _KEY))
        return lambda cells, place: self._question(cells, place, linker, keys())

    @property
    def _root(self) -> Path:
        return root_of(self.path)

    def _question(
        self, cells: Cells, provenance: Provenance, linker: SerialLinker, keys: dict[str, str]
    ) -> Question:
        id_ = identifier(cells, "number")
        if id_ not in keys:
            raise ValueError(f"answers: {_KEY} has no key of this question")
        key = parse_key(keys[id_])
        place = parse_id(id_)
        parts = linker.link(id_, place, text(cells, "question"))
        year = question_year(self.year, place.exam, cells)
        return Question(
            **self.placed(id_, place, parts, year),
            choices=_choices(texts(cells, "choices"), key),
            answers=key.answers,
            exclusion=key.exclusion,
            has_image=flag(cells, "has_image") or False,
            provenance=provenance,
        )


class _KeyRow(NamedTuple):
    """One line of the key."""

    line: int
    id: str
    answer: str


@dataclass(frozen=True)
class _KeyReader(Format):
    """Reads of the key what is wrong in it: bad rows, second keys, and keys that no question has."""

    folder: Path

    def cut(self, path: Path, limits: Limits) -> Iterator[Block]:  # noqa: ARG002 (a key is small)
        """Yields one block, if anything is wrong."""
        if next(self._wrong(path, path.name), None):
            yield from Csv().cut(path, WHOLE)

    def rows(self, path: Path, block: Block, file: str) -> Iterator[Row | Quarantined]:  # noqa: ARG002
        """Yields all that is wrong."""
        return self._wrong(path, file)

    def _wrong(self, path: Path, file: str) -> Iterator[Quarantined]:
        asked = _question_ids(self.folder)
        seen: set[str] = set()
        for found in _key_rows(path, file):
            if isinstance(found, Quarantined):
                yield found
                continue
            problem = "no question has this key" if found.id not in asked else ""
            problem = "a second key of one question" if found.id in seen else problem
            seen.add(found.id)
            if problem:
                raw = f"{found.id},{found.answer}"
                yield Quarantined(file=file, line=found.line, error=problem, raw=raw[:RAW_LIMIT])


def _question_ids(folder: Path) -> set[str]:
    found = (
        row.cells.get("number")
        for file in named_files(str(folder), _QUESTIONS)
        for row in JsonDocument()(file, file.name)
        if isinstance(row, Row)
    )
    return {str(number) for number in found if isinstance(number, str | int)}


def _key_rows(path: Path, file: str) -> Iterator[_KeyRow | Quarantined]:
    """Yields the lines of the key; raises InputError where it lacks a column."""
    for row in Csv()(path, file):
        if isinstance(row, Quarantined):
            yield row
            continue
        if not row.cells.keys() >= {_NUMBER, _ANSWER}:
            raise InputError(f"has no columns {_NUMBER} and {_ANSWER}", where=file)
        yield _KeyRow(row.number, str(row.cells[_NUMBER]).strip(), str(row.cells[_ANSWER]))


def _keys(path: Path) -> dict[str, str]:
    """Returns the first key of every question."""
    found = [row for row in _key_rows(path, path.name) if isinstance(row, _KeyRow)]
    return {row.id: row.answer for row in reversed(found)}


def _choices(found: list[str], key: Key) -> list[str]:
    """Returns the options in the places of their labels; a missing one is a blank, unless it is the key."""
    labels = [_LABEL.match(one) for one in found]
    if not any(labels):
        return found
    letters = [folded(label[1]) if label else "?" for label in labels]
    if "?" in letters or letters != sorted(set(letters)):
        raise ValueError(f"choices: expected labels from a on, found {', '.join(letters)}")
    lost = {letter for answer in key.answers for letter in answer} - set(letters)
    if lost:
        raise ValueError(f"choices: there is no option {min(lost)}, which is in the key")
    said = {
        letter: one[label.end() :]
        for letter, label, one in zip(letters, labels, found, strict=True)
        if label
    }
    return [said.get(letter, "") for letter in LETTERS[: LETTERS.index(letters[-1]) + 1]]
