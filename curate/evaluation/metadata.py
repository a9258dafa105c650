"""What IgakuQA tells of an item beside its text: category, forbidden choices, how many people were right."""

import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from curate.errors import InputError
from curate.models import LETTERS, Quarantined
from curate.sources import InputFile, format_of

_SEPARATORS = frozenset(" ,、・")
_MOST = 100.0


class Metadata(NamedTuple):
    """Of one item; `human_accuracy` is in percent, `forbidden` are letters."""

    category: str | None
    forbidden: frozenset[str]
    human_accuracy: float | None


def read_metadata(files: Iterable[InputFile]) -> dict[str, Metadata]:
    """Returns what stands in `<section>_metadata.jsonl` beside the section files, by item id.

    Raises:
        InputError: A line of them is not what it should be.
    """
    return {id_: told for file in files for id_, told in _read(file)}


def _read(file: InputFile) -> Iterator[tuple[str, Metadata]]:
    stem = file.path.name.split(".", maxsplit=1)[0]
    path = file.path.with_name(f"{stem}_metadata.jsonl")
    if not path.is_file():
        return
    label = file.relative.removesuffix(file.path.name) + path.name
    for row in format_of(path)(path, label):
        if isinstance(row, Quarantined):
            raise InputError(row.error, where=f"{row.file}:{row.line}")
        try:
            yield str(row.cells["problem_id"]), _metadata(row.cells)
        except (KeyError, TypeError, ValueError) as exc:
            raise InputError(
                f"not what is told of an item: {exc}",
                where=f"{label}:{row.number}",
                hint="`curate fetch igakuqa` gets the files as they were published.",
            ) from exc


def _metadata(cells: object) -> Metadata:
    if not isinstance(cells, dict):
        raise TypeError("expected an object")
    return Metadata(
        category=str(cells["category"]).strip() or None,
        forbidden=forbidden_letters(cells["kinki"]),
        human_accuracy=_percent(str(cells["human_accuracy"])),
    )


def forbidden_letters(printed: object) -> frozenset[str]:
    """Returns the letters of a `kinki` list: of any width, with blanks, several in one string.

    Raises:
        ValueError: There is something else in it.
    """
    if not isinstance(printed, list):
        raise ValueError("kinki: expected a list")  # noqa: TRY004 (a value of the data)
    letters = set(unicodedata.normalize("NFKC", "".join(map(str, printed))).lower()) - _SEPARATORS
    if not letters <= set(LETTERS):
        raise ValueError(f"kinki: expected letters, found {printed!r:.40}")
    return frozenset(letters)


def _percent(printed: str) -> float | None:
    if not printed.strip():
        return None
    value = float(printed)
    if not 0 <= value <= _MOST:
        raise ValueError(f"human_accuracy: expected a percentage, found {printed!r:.40}")
    return value
