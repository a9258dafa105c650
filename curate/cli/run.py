"""What the commands share: from options to a job's options, from an outcome to print and exit code."""

import re

from curate.cli.show import Show
from curate.errors import UsageError
from curate.jobs.outcome import Outcome

_YEARS = re.compile(r"^([0-9]{4})(?:-([0-9]{4}))?$")


def finish(show: Show, outcome: Outcome) -> int:
    """Prints a job's outcome and returns the exit code."""
    error = outcome.error.model_dump() if outcome.error else None
    show.result(outcome.title, outcome.data, outcome.exit, error)
    for note in outcome.notes:
        show.note(note)
    if error:
        show.error(error, outcome.exit, told=True)
    show.hint(outcome.hint)
    return outcome.exit


def parse_list(text: str | None) -> list[str]:
    """Returns the words of "a,b"; none of nothing."""
    words = (word.strip() for word in (text or "").split(","))
    return list(dict.fromkeys(word for word in words if word))


def parse_years(text: str | None) -> tuple[int, int] | None:
    """Returns (first, last) of "2018-2022" or "2020".

    Raises:
        UsageError: It is neither, or runs backwards.
    """
    if text is None:
        return None
    match = _YEARS.match(text.strip())
    if not match:
        raise UsageError(f"--years wants 2018-2022 or 2020, got {text!r}")
    first, last = int(match[1]), int(match[2] or match[1])
    if first > last:
        raise UsageError(f"--years runs backwards: {text!r}")
    return (first, last)
