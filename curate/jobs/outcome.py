"""What a job tells its caller: the numbers, the exit code, and the error if a gate failed."""

from typing import Any

from curate.errors import CurateError
from curate.models import Record


class Problem(Record):
    """An error as the user sees it."""

    kind: str
    message: str
    where: str = ""
    hint: str = ""

    @classmethod
    def of(cls, error: CurateError) -> "Problem":
        """Returns the problem that an error describes."""
        return cls(kind=error.kind, message=error.message, where=error.where, hint=error.hint)


class Outcome(Record):
    """One command's result. `exit` is 0 unless a gate failed, and then `error` says why."""

    title: str
    data: dict[str, Any] = {}
    exit: int = 0
    error: Problem | None = None
    notes: list[str] = []
    hint: str = ""
