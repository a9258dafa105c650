"""What the grader returns: the answer that was read, and the grades it is given."""

from typing import NamedTuple

from curate.models import Grade


class Found(NamedTuple):
    """An answer as a pattern read it: option letters, or one number, at a place in the folded text.

    `letters` may lie beyond the options; `conflict` says that the text offers several answers at once.
    """

    start: int
    end: int
    letters: str = ""
    number: str = ""
    conflict: bool = False


class Graded(NamedTuple):
    """One graded response.

    `answer` holds sorted letters or one number, as `Question.answers` does; it is empty unless the grade is
    about an answer. `pattern` names the reading that fired. `grade` is None where an answer was read but the
    question has no key, and `strict` wherever it has none.
    """

    explanation: str | None
    answer: tuple[str, ...]
    grade: Grade | None
    strict: bool | None
    pattern: str
    flags: tuple[str, ...]
