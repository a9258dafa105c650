"""Records that lie beside a benchmark's YAML file, each kind in a folder of its own."""

from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import ValidationError

from curate.errors import RecipeError
from curate.models import Record

Beside = TypeVar("Beside", bound=Record)


def read_beside(layout: Path, folder: str, kind: type[Beside]) -> Beside | None:
    """Returns the record of a benchmark in a folder beside its YAML file, or None.

    Raises:
        RecipeError: It is no such record: with the key.
    """
    path = layout.parent / folder / layout.name
    if not path.is_file():
        return None
    where = f"{folder}/{path.name}"
    try:
        return kind.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except yaml.YAMLError as exc:
        raise RecipeError("not YAML", where=where) from exc
    except ValidationError as exc:
        first = exc.errors(include_url=False, include_input=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise RecipeError(f"{key}: {first['msg']}", where=where) from exc
