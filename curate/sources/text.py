"""Plain text and Markdown files: one document a file, or one a section."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path, PurePosixPath
from typing import ClassVar, Literal

import orjson

from curate.errors import InputError, boundary
from curate.models import Quarantined
from curate.sources.base import Column, DocumentRow, DocumentSource
from curate.sources.documents import document_year
from curate.sources.encodings import SIZE_LIMIT, utf8_text
from curate.sources.files import all_files, data_files, is_glob, root_of
from curate.sources.formats import Block, Format, Limits, Row
from curate.sources.lines import CHUNK, raw_text
from curate.sources.markdown import Split, front_matter, sections
from curate.sources.values import Cells, text
from curate.sources.years import FieldRule, Published, YearRule

MARKDOWN = (".md", ".markdown")
SUFFIXES = (".txt", *MARKDOWN)

_TEXT, _SECTION = "(text)", "(section)"  # no key of front matter that is read by name
_HEAD = 1 << 16


class TextSource(DocumentSource):
    """Files of text. A document's id is its path without suffix, and `#2` for its second section."""

    rows_depend: ClassVar[bool] = True
    layout: Literal["text"] = "text"
    year: YearRule = FieldRule(field="year")
    published: Published = "unknown"
    split: Split = "file"
    """One document a file; or one a heading (headings without text join what follows), or a paragraph."""
    front_matter: Literal["cut", "keep"] = "cut"
    """Whether the YAML that a Markdown file begins with is left out of its text."""

    @classmethod
    def recognises(cls, path: Path) -> bool:
        """Tells whether there are text files and no others; rows of JSON in a .txt are rows."""
        files = chain(islice(data_files(str(path)), 1), _text_files(str(path)))
        first = next(files, None)
        if first is None or not first.name.endswith(SUFFIXES) or _has_rows(first):
            return False
        return all(file.name.endswith(SUFFIXES) for file in files)

    def files(self) -> Iterable[Path]:
        """Returns the text files of a folder; raises InputError where it has none."""
        files = _text_files(self.path)
        first = next(files, None)
        if first is None and root_of(self.path).is_dir():
            raise InputError(f"holds no {', '.join(SUFFIXES)} file", where=self.path)
        return chain(() if first is None else (first,), files)

    def needed_columns(self) -> list[Column]:
        """Returns none: front matter may be absent."""
        return []

    def year_columns(self) -> list[Column]:
        """Returns none, as a file without the key has an unknown date."""
        return []

    def reader(self, path: Path) -> Format:  # noqa: ARG002 (all files are read alike)
        """Returns what reads a file as sections."""
        keeps = self.front_matter == "keep"
        dated = self.published not in ("unknown", "file_name")
        return TextFile(self.split, keeps_front=keeps, reads_front=dated or not keeps)

    def row(self, cells: Cells, place: str) -> DocumentRow:
        """Returns the document in a section, named after its path in the source."""
        path = place.rpartition(":")[0]
        name = str(PurePosixPath(path).with_suffix(""))
        section = cells[_SECTION]
        published = document_year(self, cells, path)
        return DocumentRow(
            name if section is None else f"{name}#{section}",
            text(cells, _TEXT),
            published.year,
            published.rule,
        )


@dataclass(frozen=True)
class TextFile(Format):
    """A text as rows, one a section, numbered by their first lines; the front matter's keys are columns."""

    split: Split = "file"
    keeps_front: bool = False
    reads_front: bool = True

    def cut(self, path: Path, limits: Limits) -> Iterator[Block]:  # noqa: ARG002 (a text is read whole)
        """Yields the file as one block, of as many rows as it has lines."""
        with boundary(InputError, "cannot read"), path.open("rb") as stream:
            lines = sum(chunk.count(b"\n") for chunk in iter(lambda: stream.read(CHUNK), b""))
            if stream.tell():
                yield Block(1, lines + 1)

    def rows(
        self,
        path: Path,
        block: Block,  # noqa: ARG002 (there is one)
        file: str,
    ) -> Iterator[Row | Quarantined]:
        """Yields the sections of a file; a file that is no UTF-8 text is one quarantined row."""
        with boundary(InputError, "cannot read"), path.open("rb") as stream:
            raw = stream.read(SIZE_LIMIT + 1)
        try:
            whole = utf8_text(raw)
            has_front = self.reads_front and path.suffix in MARKDOWN
            cells, front = front_matter(whole) if has_front else ({}, "")
        except ValueError as exc:
            yield Quarantined(file=file, line=1, error=str(exc), raw=raw_text(raw))
            return
        cut = "" if self.keeps_front else front
        body, first = whole[len(cut) :], 1 + cut.count("\n")
        for number, part in enumerate(sections(body, self.split, first), 1):
            section = None if self.split == "file" else number
            row = {**cells, _TEXT: part.text, _SECTION: section}
            yield Row(part.line, row, part.text.encode())


def _text_files(path: str) -> Iterator[Path]:
    """Yields the text files of a folder; of a file or glob, all."""
    files, root = all_files(path), root_of(path)
    whole = is_glob(path) or not root.is_dir()
    return files if whole else (file for file in files if file.name.endswith(SUFFIXES))


def _has_rows(file: Path) -> bool:
    """Tells whether the first line that is not blank is a JSON object, as far as it was read."""
    with boundary(InputError, "cannot read"), file.open("rb") as stream:
        head = stream.read(_HEAD).removeprefix(b"\xef\xbb\xbf").lstrip()
    line, end, _ = head.partition(b"\n")
    if not end and len(head) > _HEAD // 2:
        return head.startswith(b'{"')
    try:
        return isinstance(orjson.loads(line), dict)
    except orjson.JSONDecodeError:
        return False
