"""The names by which a booklet, its answer sheet and its images are known."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from curate.errors import InputError

_NAME = re.compile(
    r"(?:(?P<exam>[0-9]{2,3})(?P<section>[a-iA-I])?_)?(?P<what>questions|answers|images)\.pdf"
)
HINT = (
    "Name the files questions.pdf and answers.pdf, or with the exam and the section before it: "
    "111a_questions.pdf, 111_answers.pdf. What images.pdf (別冊) holds is not read."
)


class Named(NamedTuple):
    """What a file's name says: exam, section (A-I), and `questions`, `answers` or `images`."""

    what: str
    exam: str | None = None
    section: str | None = None


def named(path: Path) -> Named | None:
    """Returns what the file's name says, or None where it is none of a booklet's."""
    match = _NAME.fullmatch(path.name)
    if not match:
        return None
    section = match["section"]
    exam = str(int(match["exam"])) if match["exam"] else None
    return Named(match["what"], exam, section.upper() if section else None)


def is_booklet(path: Path) -> bool:
    """Tells whether the file is a booklet of questions by its name."""
    name = named(path)
    return name is not None and name.what == "questions"


def sheet_of(booklet: Path) -> Path | None:
    """Returns the answer sheet beside a booklet: of its section, of its exam, or of the folder."""
    return next((sheet for sheet in _sheets(booklet) if sheet.is_file()), None)


def with_sheets(pdfs: list[Path], *, keyed: bool) -> list[Path]:
    """Returns the booklets and sheets of the given files, each once; `keyed` wants a sheet for each booklet.

    Raises InputError for a name that is none of ours, and for a booklet without its sheet.
    """
    found: dict[Path, None] = {}
    for pdf in pdfs:
        name = named(pdf)
        if name is None:
            raise InputError("what this PDF holds is not in its name", where=str(pdf), hint=HINT)
        if name.what == "questions":
            found[pdf] = None
            sheet = sheet_of(pdf)
            if sheet:
                found[sheet] = None
            elif keyed:
                hint = f"{HINT} Without a sheet: --set sources.0.key=none."
                raise InputError("no answer sheet lies beside it", where=str(pdf), hint=hint)
        elif name.what == "answers":
            found[pdf] = None
    return list(found)


def _sheets(booklet: Path) -> Iterator[Path]:
    prefix = booklet.name.removesuffix("questions.pdf")
    yield booklet.with_name(f"{prefix}answers.pdf")
    exam = prefix.rstrip("_").rstrip("abcdefghiABCDEFGHI")
    if exam:
        yield booklet.with_name(f"{exam}_answers.pdf")
    yield booklet.with_name("answers.pdf")
