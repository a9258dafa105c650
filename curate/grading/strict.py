"""The strict grade: the published scorer, letter by letter."""

from curate.grading.asked import Asked

ALWAYS_RIGHT = frozenset({("116", "116A71")})
"""Items that the published scorer counts as right whatever is said."""

_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def strict_grade(asked: Asked, text: str, label: str | None) -> bool | None:
    """Returns whether the published scorer counts the text as right; None where there is no key.

    Its answer must be the key, part by part; numbers are compared as strings.
    """
    question = asked.question
    if (question.exam, question.id) in ALWAYS_RIGHT:
        return True
    if not asked.accepted:
        return None
    return strict_answer(text, label) in asked.accepted


def strict_answer(text: str, label: str | None) -> tuple[str, ...]:
    """Returns the answer as the published scorer reads it; nothing of a text that is too long for any key.

    It makes a prediction half width and lower case, splits it at commas without stripping, and sorts the
    parts. The published prompt asks for nothing but the answer: where a template has an explanation,
    `label` is what it writes before the answer, and what follows its last occurrence is the prediction,
    stripped.
    """
    if label is not None:
        text = text[text.rfind(label) + len(label) :].strip() if label in text else ""
    if len(text) > _LONGEST:
        return ()
    if not text.isascii():
        text = text.translate(_HALF_WIDTH)
    return tuple(sorted(text.lower().split(",")))


_LONGEST = 64
"""Characters; no key is longer, and neither half width nor lower case shortens a text."""
