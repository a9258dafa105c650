"""What the reasons of `make-pairs` mean, in a sentence each."""

from typing import Literal

from curate.models import LeftOut

__all__ = ["left_out"]

_Unit = Literal["questions", "responses", "pairs", "rows"]

_WHY: dict[str, tuple[_Unit, str]] = {
    "prompt.image": ("questions", "The question needs an image that the prompt cannot show."),
    "prompt.no_key": ("questions", "There is no accepted answer (解なし, or no key known)."),
    "prompt.no_text": ("questions", "The question has no text."),
    "prompt.no_choices": ("questions", "There is nothing to choose from and no number to find."),
    "prompt.id_twice": ("questions", "Another question before it has the same id."),
    "prompt.is_example": ("questions", "It is one of the solved examples in the prompts."),
    "prompt.no_examples": ("questions", "Too few solved examples are far enough from it."),
    "prompt.too_long": ("questions", "The prompt leaves no room for an answer in the context."),
    "recorded.none": ("questions", "The recorded responses hold none for it."),
}
_UNITS: dict[str, _Unit] = {
    "prompt": "questions",
    "recorded": "questions",
    "question": "questions",
    "grade": "responses",
    "response": "responses",
    "pair": "pairs",
}


def left_out(reason: str, count: int) -> LeftOut:
    """Returns one row of the table of what was left out."""
    unit, why = _WHY.get(reason, (_UNITS.get(reason.partition(".")[0], "rows"), ""))
    return LeftOut(reason=reason, count=count, unit=unit, why=why)
