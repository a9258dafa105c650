"""The parts of a Markdown or plain text: its front matter, and sections at headings or blank lines."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Literal, NamedTuple

import yaml

from curate.sources.values import Cells
from curate.text import TangledYamlError, refuse_tangles

Split = Literal["file", "headings", "blank_lines"]
"""What becomes a document: the file, what follows a heading, or what stands between blank lines."""

FRONT_MATTER_LIMIT = 1 << 16

_FRONT = re.compile(
    r"---[ \t]*\n(?P<yaml>.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE
)
_HEADING = re.compile(r" {0,3}#{1,6}(?:[ \t]|$)")
_FENCE = re.compile(r" {0,3}(?P<fence>`{3,}|~{3,})")


class Section(NamedTuple):
    """A part of a text and the number of its first line."""

    line: int
    text: str


def front_matter(text: str) -> tuple[Cells, str]:
    """Returns the mapping that a text begins with between lines of ---, and those lines; else nothing.

    Raises ValueError for front matter that is no plain YAML, or too long.
    """
    match = _FRONT.match(text)
    if match is None:
        return {}, ""
    if len(match["yaml"]) > FRONT_MATTER_LIMIT:
        raise ValueError(f"front matter: longer than {FRONT_MATTER_LIMIT:,} characters")
    try:
        refuse_tangles(match["yaml"])
        found = yaml.safe_load(match["yaml"])
    except TangledYamlError as exc:
        raise ValueError(f"front matter, line {exc.line + 1}: {exc.message}") from exc
    except yaml.YAMLError as exc:
        mark = getattr(exc, "problem_mark", None)
        where = f", line {mark.line + 2}" if mark else ""
        raise ValueError(f"front matter{where}: not YAML") from exc
    except (ValueError, RecursionError) as exc:  # 2017-99-99 looks like a date
        raise ValueError("front matter: a value is no date or number") from exc
    if not isinstance(found, dict):
        return {}, ""  # a line between two rules
    return {str(name): value for name, value in found.items()}, match[0]


def sections(text: str, split: Split, first: int = 1) -> Iterator[Section]:
    """Yields the parts of a text that are not blank; a file as a whole comes even if it is blank."""
    if split == "file":
        yield Section(first, text)
        return
    lines = text.split("\n")
    starts = _headings(lines) if split == "headings" else _paragraphs(lines)
    for start, stop in pairwise([*starts, len(lines)]):
        filled = (number for number in range(start, stop) if lines[number].strip())
        begin = next(filled, None)
        if begin is not None:
            yield Section(first + begin, "\n".join(lines[begin:stop]).rstrip())


def _headings(lines: list[str]) -> Iterator[int]:
    """Yields the places where a section begins; headings that follow each other begin one together."""
    yield 0
    fence, filled = "", False
    for number, line in enumerate(lines):
        mark = _FENCE.match(line)
        if mark and (not fence or mark["fence"].startswith(fence)):
            fence = "" if fence else mark["fence"]
        if not fence and _HEADING.match(line):
            if filled and number:
                yield number
            filled = False
        else:
            filled = filled or bool(line.strip())


def _paragraphs(lines: list[str]) -> Iterator[int]:
    """Yields the places where lines begin that follow a blank one."""
    blank = True
    for number, line in enumerate(lines):
        if blank and line.strip():
            yield number
        blank = not line.strip()
