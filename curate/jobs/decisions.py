"""Reads what people decided about findings."""

from pathlib import Path

import orjson
from pydantic import ValidationError

from curate.errors import InputError, boundary
from curate.models import Decision


def read_decisions(path: Path) -> list[Decision]:
    """Returns the decisions of a JSONL file, in order; the last one for a pair wins.

    Raises:
        InputError: A line is not a decision, with file and line.
    """
    with boundary(InputError, "reading the decisions"):
        lines = path.read_bytes().splitlines()
    decisions = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            decisions.append(Decision.model_validate(orjson.loads(line)))
        except orjson.JSONDecodeError as exc:
            raise InputError("not JSON", where=f"{path}:{number}") from exc
        except ValidationError as exc:
            first = exc.errors()[0]
            name = ".".join(str(part) for part in first["loc"])
            raise InputError(f"{name}: {first['msg']}", where=f"{path}:{number}") from exc
    return decisions
