"""Writes a comparison of evaluations to files, in the form that a file's name ends with."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from curate.errors import UsageError, boundary
from curate.models import Comparison
from curate.reports import latex, markdown, render_comparison
from curate.runs import write_atomically

_FORMS: Final[Mapping[str, Callable[[Comparison], str]]] = {
    ".json": lambda told: told.model_dump_json(indent=2) + "\n",
    ".md": markdown,
    ".tex": latex,
    ".html": render_comparison,
}


def check_files(paths: Sequence[Path]) -> None:
    """Refuses a file whose form is not known, before anything is compared.

    Raises:
        UsageError: A name ends with something else.
    """
    for path in paths:
        if path.suffix not in _FORMS:
            raise UsageError(
                f"--out: do not know how to write {path.suffix or 'a file without an ending'}",
                where=str(path),
                hint=f"A name ends with one of {', '.join(_FORMS)}.",
            )


def write_files(told: Comparison, paths: Sequence[Path]) -> None:
    """Writes the comparison to each file, whole or not at all.

    Raises:
        UsageError: A file cannot be written.
    """
    for path in paths:
        text = _FORMS[path.suffix](told)
        with boundary(UsageError, "writing the comparison", hint="Choose another --out."):
            write_atomically(path, partial(_fill, text=text))


def _fill(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
