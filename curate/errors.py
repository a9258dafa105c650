"""Errors that a user can act on; anything else is a bug and shows as one.

CurateError
├── UsageError       an option or argument is wrong          exit 2
├── RecipeError      a recipe or one of its keys is wrong    exit 2
├── InputError       the data is not what was promised       exit 3
├── GateError        a check that was asked for failed       exit 4
└── SetupError       something is not installed, no token    exit 5
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from typing import ClassVar

__all__ = [
    "CurateError",
    "GateError",
    "InputError",
    "RecipeError",
    "SetupError",
    "UsageError",
    "boundary",
    "did_you_mean",
]


_WORD = 100  # a longer word is no misspelled one


class CurateError(Exception):
    """What is wrong (`message`), where (`where`: file:line, field) and what to do (`hint`)."""

    kind: ClassVar[str] = "error"
    exit: ClassVar[int] = 1

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message


class UsageError(CurateError):
    """An option or an argument is wrong."""

    kind = "usage"
    exit = 2


class RecipeError(CurateError):
    """A recipe or one of its keys is wrong."""

    kind = "recipe"
    exit = 2


class InputError(CurateError):
    """The data is not what was promised."""

    kind = "input"
    exit = 3


class GateError(CurateError):
    """A check that was asked for failed."""

    kind = "gate"
    exit = 4


class SetupError(CurateError):
    """Something is not installed, or not set up."""

    kind = "setup"
    exit = 5


@contextmanager
def boundary(error: type[CurateError], doing: str, *, hint: str = "") -> Iterator[None]:
    """Turns the operating system's refusals inside the block into `error`, saying what was being done."""
    try:
        yield
    except OSError as exc:
        reason = exc.strerror or str(exc)
        raise error(f"{doing}: {reason}", where=str(exc.filename or ""), hint=hint) from exc


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Returns " Did you mean 'x'?" for the nearest known word, in any case, or an empty string."""
    plain = {one.lower(): one for one in known}
    near = get_close_matches(word[:_WORD].lower(), list(plain), n=1, cutoff=0.6)
    return f" Did you mean '{plain[near[0]]}'?" if near else ""
