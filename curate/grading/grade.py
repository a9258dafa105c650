"""The grader: one response to one grade, by the first tier of patterns that finds an answer."""

from collections.abc import Sequence
from typing import NamedTuple

from curate.grading.asked import Asked, asked_of
from curate.grading.degenerate import is_blank, loops
from curate.grading.flags import NOTHING, Explained, flags_of
from curate.grading.fold import Read, holds, read
from curate.grading.graded import Found, Graded
from curate.grading.numbers import value_of
from curate.grading.patterns import CHOICE, NUMERIC, STATED, STATEMENTS, WHOLE_NAMES, Pattern
from curate.grading.refusals import refuses
from curate.grading.strict import strict_grade
from curate.models import Grade, Question

TRUNCATED = "length"
"""The finish reason of a response that was cut off."""

_SHORT = 40
_LONGEST_WHOLE = 220
_LEAD = 12
"""Characters that may stand before an answer in its line for the line to be no part of the explanation."""


def grade(
    question: Question, text: str, finish_reason: str | None = None, label: str | None = None
) -> Graded:
    """Returns the grades of one response; `label` is what its template writes before the answer, if anything.

    `Grader` does the same for many responses to one question, `grade_frame` for many questions.
    """
    return Grader(question, label).grade(text, finish_reason)


class Grader:
    """Grades the responses to one question."""

    def __init__(self, question: Question, label: str | None = None) -> None:
        self.asked = asked_of(question)
        self.label = label
        self._known: dict[tuple[str, str | None], Graded] = {}

    def grade(self, text: str, finish_reason: str | None = None, nfkc: str | None = None) -> Graded:
        """Returns the grades of one response; those of short texts are remembered.

        `nfkc` is the text in NFKC, where many were normalised at once.
        """
        if len(text) > _SHORT:
            return self._grade(text, finish_reason, nfkc)
        key = (text, finish_reason)
        if key not in self._known:
            self._known[key] = self._grade(text, finish_reason, nfkc)
        return self._known[key]

    def _grade(self, text: str, finish_reason: str | None, nfkc: str | None) -> Graded:
        strict = strict_grade(self.asked, text, self.label)
        if finish_reason == TRUNCATED:
            return _unread(Grade.TRUNCATED, strict, text)
        if is_blank(text):
            return _unread(Grade.DEGENERATE, strict, None)
        if loops(text):
            return _unread(Grade.DEGENERATE, strict, text)._replace(flags=("repetition_loop",))
        return _graded(self.asked, read(text, self.asked.stem, nfkc), strict)


class _Answer(NamedTuple):
    """What a response comes to: its pattern's name, answer and grade, and the place it was read at."""

    pattern: str
    grade: Grade | None
    answer: tuple[str, ...] = ()
    found: Found | None = None


def find(asked: Asked, text: str) -> tuple[Pattern, Found] | None:
    """Returns the answer in a folded text and the pattern that read it; of a tier's matches the last."""
    for tier in NUMERIC if asked.numeric else CHOICE:
        if tier is STATED and (closing := _last_line(text)):
            matched = _matches(STATEMENTS, asked, text[closing:])
            if matched:
                pattern, found = max(matched, key=_end)
                return pattern, found._replace(start=closing + found.start, end=closing + found.end)
        if matched := _matches(tier, asked, text):
            return max(matched, key=_end)
    return None


def _matches(tier: Sequence[Pattern], asked: Asked, text: str) -> list[tuple[Pattern, Found]]:
    return [(pattern, found) for pattern in tier if (found := _match(pattern, asked, text))]


def _end(matched: tuple[Pattern, Found]) -> int:
    return matched[1].end


def _last_line(text: str) -> int:
    """Returns where the last line begins: most answers stand there, and none above outdoes them."""
    return text.rfind("\n", 0, len(text.rstrip())) + 1


def _match(pattern: Pattern, asked: Asked, text: str) -> Found | None:
    if pattern.hints and not holds(text, pattern.hints):
        return None
    if not pattern.whole:
        return pattern.pick(list(pattern.regex.finditer(text)), asked)
    if len(text) > _LONGEST_WHOLE:
        return None
    match = pattern.regex.fullmatch(text.strip())
    return pattern.pick([match], asked) if match else None


def _graded(asked: Asked, seen: Read, strict: bool | None) -> Graded:
    answer = _answer(asked, seen.text)
    explained = _explanation(seen, answer)
    letters = "" if asked.numeric else "".join(answer.answer)
    flags = [*flags_of(asked, seen.text, explained, letters)]
    flags += ["run_on"] if seen.run_on else []
    return Graded(
        explained.text, answer.answer, answer.grade, strict, answer.pattern, tuple(sorted(flags))
    )


def _answer(asked: Asked, text: str) -> _Answer:
    matched = find(asked, text)
    if matched is None:
        grade = Grade.REFUSED if refuses(text) else Grade.NO_ANSWER
        return _Answer(grade.value, grade)
    pattern, found = matched
    if found.conflict:
        return _Answer(pattern.name, Grade.CONFLICTING)
    answer = (found.number,) if found.number else tuple(found.letters)
    return _Answer(pattern.name, _grade_of(asked, found), answer, found)


def _grade_of(asked: Asked, found: Found) -> Grade | None:
    if any(letter not in asked.known for letter in found.letters):
        return Grade.OUT_OF_RANGE
    if not asked.accepted:
        return None
    if found.number:
        right = asked.value is not None and value_of(found.number) == asked.value
        return Grade.CORRECT if right else Grade.INCORRECT
    if tuple(found.letters) in asked.accepted:
        return Grade.CORRECT
    return Grade.INCORRECT if len(found.letters) in asked.counts else Grade.WRONG_COUNT


def _explanation(seen: Read, answer: _Answer) -> Explained:
    """Returns the response without the line of its answer."""
    if answer.pattern in WHOLE_NAMES:
        return NOTHING
    whole = Explained(seen.body.strip() or None, seen.text, answer_first=False)
    if answer.found is None:
        return whole
    place = answer.found.start
    if place - (seen.text.rfind("\n", 0, place) + 1) > _LEAD:
        return whole
    lines = seen.body.split("\n")
    start, end = seen.line_of(place), seen.line_of(max(place, answer.found.end - 1))
    before, after = "\n".join(lines[:start]).strip(), "\n".join(lines[end + 1 :]).strip()
    if not before and not after:
        return whole
    folded = seen.text.split("\n") if seen.whole else lines
    kept = folded[:start] if before else folded[end + 1 :]
    return Explained(before or after, "\n".join(kept), answer_first=not before)


def _unread(grade: Grade, strict: bool | None, explanation: str | None) -> Graded:
    return Graded(explanation, (), grade, strict, grade.value, ())
