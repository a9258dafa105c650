"""Reads the records that a run wrote as JSON files."""

from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from curate.errors import InputError, boundary
from curate.models import Record

_Model = TypeVar("_Model", bound=Record)


def read_record(path: Path, model: type[_Model], hint: str = "") -> _Model:
    """Returns a record that a run wrote.

    Raises:
        InputError: It cannot be read, or is none.
    """
    with boundary(InputError, f"reading {path.name}", hint=hint):
        data = path.read_bytes()
    try:
        return model.model_validate_json(data)
    except ValidationError as exc:
        first = exc.errors(include_url=False, include_input=False)[0]
        what = f"{'.'.join(map(str, first['loc']))}: {first['msg']}".removeprefix(": ")
        raise InputError(f"not what a run holds: {what}", where=str(path), hint=hint) from exc
