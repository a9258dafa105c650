"""Recorded predictions: IgakuQA's own files, responses.parquet, or rows with an id and a text."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from curate.errors import InputError, did_you_mean
from curate.models import Quarantined
from curate.sources import Row, format_of

ID_COLUMNS = ("question_id", "problem_id")
TEXT_COLUMNS = ("prediction", "text")
_CONSTANT = ("model", "revision", "engine", "sampling", "mode", "template", "language")
"""What has one value in the predictions of one model in one mode."""
_SHOWN = 40


class Prediction(NamedTuple):
    """What was said to a question; `place` is the file and line of it."""

    question_id: str
    text: str
    finish_reason: str | None
    place: str


def read_predictions(paths: Iterable[Path]) -> Iterator[Prediction]:
    """Yields the predictions of all files, in order; of a run its responses.parquet.

    Raises:
        InputError: A file is missing or empty, a row is none, or models or modes are mixed.
    """
    constant: dict[str, tuple[str, str]] = {}
    for path in paths:
        file = _file(path)
        nothing = True
        for row in format_of(file)(file, str(path)):
            nothing = False
            if isinstance(row, Quarantined):
                raise InputError(row.error, where=f"{row.file}:{row.line}")
            place = f"{path}:{row.number}"
            _refuse_mixture(row, place, constant)
            yield _prediction(row, place)
        if nothing:
            raise InputError("there is no prediction in it", where=str(path))


def _file(path: Path) -> Path:
    file = path / "responses.parquet" if path.is_dir() else path
    if not file.is_file():
        hint = "Give files of predictions, or a run with responses."
        raise InputError("no such file", where=str(file), hint=hint)
    return file


def _prediction(row: Row, place: str) -> Prediction:
    id_ = row.cells[_column(row, ID_COLUMNS, place)]
    if not isinstance(id_, str | int) or isinstance(id_, bool) or id_ == "":
        raise InputError("expected the id of a question", where=place)
    name = _column(row, TEXT_COLUMNS, place)
    text, reason = row.cells[name], row.cells.get("finish_reason")
    if not isinstance(text, str):
        raise InputError(f"{name}: expected a text", where=place)
    if reason is not None and not isinstance(reason, str):
        raise InputError("finish_reason: expected a text", where=place)
    if row.cells.get("template") is not None:
        text = sampled(text)
    return Prediction(str(id_), text, reason, place)


def sampled(text: str) -> str:
    """Returns what a model wrote as a prediction: the blanks around are no part of it.

    So the published scripts read completions; a prediction that somebody recorded is read as it stands.
    """
    return text.strip()


def _column(row: Row, names: tuple[str, ...], place: str) -> str:
    found = next((name for name in names if name in row.cells), None)
    if found is None:
        known = [str(name)[:_SHOWN] for name in row.cells]
        near = next(filter(None, (did_you_mean(name, known) for name in names)), "")
        raise InputError(
            f"no column {' or '.join(map(repr, names))}; found: {', '.join(known) or 'none'}.{near}",
            where=place,
            hint="`curate score --help` tells what is read.",
        )
    return found


def _refuse_mixture(row: Row, place: str, constant: dict[str, tuple[str, str]]) -> None:
    """Refuses rows of several models, engines or modes: their score would be nobody's."""
    for name in _CONSTANT:
        value = repr(row.cells.get(name))
        first, where = constant.setdefault(name, (value, place))
        if value != first:
            raise InputError(
                f"predictions of several kinds are mixed: {name} is {value:.{_SHOWN}} here, "
                f"and {first:.{_SHOWN}} in {where}",
                where=place,
                hint="Score the predictions of one model in one mode at a time.",
            )
