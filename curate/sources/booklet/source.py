"""The ministry's booklets: `questions.pdf` and `answers.pdf`, one pair an exam or a section."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, PositiveInt

from curate.models import Provenance, Question
from curate.sources.base import Column, Convert
from curate.sources.booklet.names import is_booklet, named, with_sheets
from curate.sources.booklet.rows import Booklet
from curate.sources.booklet.sheet import PrintedKey
from curate.sources.exam import PhysiciansSource
from curate.sources.files import InputFile, all_files
from curate.sources.formats import Format
from curate.sources.ids import ExamId
from curate.sources.serial import SerialLinker
from curate.sources.values import Cells
from curate.sources.years import question_year

_IMAGE = re.compile(r"別冊|別に示す")
_FAULTS = frozenset({"Cc", "Co", "Cn", "Cs"})
_SUFFIX = ".pdf"


class BookletSource(PhysiciansSource):
    """A folder of `[<exam>[<section>]_]questions.pdf` with `…answers.pdf`, or one such booklet."""

    rows_depend: ClassVar[bool] = True
    hint: ClassVar[str] = "Is it a booklet of the physicians' exam?"
    layout: Literal["booklet"] = "booklet"
    exam: PositiveInt | None = None
    """The exam's number, where no file's name and no title says it."""
    key: Literal["sheet", "none"] = "sheet"
    """Whether a question needs its answer on the answer sheet."""
    min_options: Annotated[int, Field(ge=2, le=8)] = 5
    """A question with fewer options is unreadable."""
    max_faults: Annotated[float, Field(ge=0, le=1)] = 0.05
    """The share of unknown characters above which a question is unreadable."""

    @classmethod
    def recognises(cls, path: Path) -> bool:
        """Tells whether it is a booklet by its name, or a folder with one."""
        return any(is_booklet(file) for file in all_files(str(path)))

    def files(self) -> list[Path]:
        """Returns booklets and answer sheets; raises InputError for a PDF that is neither by its name."""
        pdfs = [file for file in all_files(self.path) if file.suffix == _SUFFIX]
        return with_sheets(pdfs, keyed=self.key == "sheet")

    def left_out(self, files: Iterable[InputFile]) -> list[str]:
        """Returns the files that nobody reads, without pictures."""
        return [name for name in super().left_out(files) if named(Path(name)) is None]

    def reader(self, path: Path) -> Format:  # noqa: ARG002 (booklets and sheets alike)
        """Returns the reader of booklets and sheets."""
        return Booklet()

    def needed_columns(self) -> list[Column]:
        """Returns nothing: a booklet has no columns to be named."""
        return []

    def converter(self) -> Convert:
        """Returns a converter that remembers the serial group it is in."""
        linker = SerialLinker(self.serial)
        return lambda cells, place: self._question(cells, place, linker)

    def _question(self, cells: Cells, provenance: Provenance, linker: SerialLinker) -> Question:
        printed: dict[str, Any] = dict(cells)
        exam = printed["exam"] or (str(self.exam) if self.exam else None)
        if self.exam and exam != str(self.exam):
            raise ValueError(f"exam: the recipe says {self.exam}, the booklet {exam}")
        section, number = printed["section"], printed["number"]
        id_ = f"{exam or ''}{section}{number}"
        place = ExamId(exam, section, number)
        parts = linker.link(id_, place, printed["text"], case=printed["case"])
        images = bool(_IMAGE.search(printed["case"] or "")) or bool(_IMAGE.search(printed["text"]))
        self._refuse_unreadable(printed, has_image=images)
        year = question_year(self.year, exam, cells)
        key: PrintedKey = printed["key"]
        return Question(
            **self.placed(id_, place, parts, year),
            choices=printed["choices"],
            answers=key.answers,
            exclusion=key.exclusion,
            has_image=images,
            provenance=provenance,
        )

    def _refuse_unreadable(self, printed: Mapping[str, Any], *, has_image: bool) -> None:
        """Raises ValueError for a question that cannot be asked, or has no key."""
        options, key = printed["choices"], printed["key"]
        if not printed["text"]:
            raise ValueError("no text stands before its options")
        if not options and not printed["calculation"] and not has_image:
            raise ValueError("no options a, b, … were found")
        if options and len(options) < self.min_options:
            raise ValueError(f"{len(options)} options found, {self.min_options} expected")
        if key.problem and self.key == "sheet":
            raise ValueError(f"no key: {key.problem}")
        share = _faults("".join([printed["case"] or "", printed["text"], *options]))
        if share > self.max_faults:
            raise ValueError(
                f"{share:.0%} of its characters are unknown; at most {self.max_faults:.0%} may be"
            )


def _faults(text: str) -> float:
    """Returns the share of characters that the PDF's fonts map to nothing that is written."""
    plain = [char for char in text if not char.isspace()]
    bad = sum(char == "\ufffd" or unicodedata.category(char) in _FAULTS for char in plain)
    return bad / len(plain) if plain else 0
