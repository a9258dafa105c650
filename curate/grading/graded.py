"""What the grader returns for one response."""

from typing import NamedTuple

from curate.models import Grade


class Graded(NamedTuple):
    """One graded response.

    `answer` holds sorted letters or one number as `Question.answers` does, and is empty where none was read;
    `pattern` names the reading that fired. `grade` and `strict` are None where the question has no key and
    an answer was read: nobody can tell whether it is right.
    """

    explanation: str | None
    answer: tuple[str, ...]
    grade: Grade | None
    strict: bool | None
    pattern: str
    flags: tuple[str, ...]
