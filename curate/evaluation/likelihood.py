"""Answers by likelihood: the option whose text a model finds likeliest (the harness of JMedBench).

Accuracy takes the option with the smallest loss, summed over its tokens; normalised accuracy that with the
smallest loss a token, so that long options are not at a disadvantage. The option's text is scored, not its
letter, and only where the key is one option.
"""

from collections.abc import Sequence
from math import inf
from typing import NamedTuple

from curate.grading.tiers import Form
from curate.models import LETTERS, Question, Response
from curate.sampling import Asking, Prompt, Skipped

_LEAST = 2


class Likeliest(NamedTuple):
    """The letters of the options with the smallest loss: in all, and a token."""

    summed: str
    per_token: str


def with_endings(prompt: Prompt, question: Question, template: Asking) -> Prompt | Skipped:
    """Returns the prompt with the options' texts as its endings, or why its item is not scored."""
    reason = _why_not(question)
    if reason:
        return Skipped(question_id=prompt.question_id, reason=reason)
    lead = Form.of(template).lead
    endings = tuple(f"{lead}{choice.strip()}" for choice in question.choices)
    return Prompt(**{**dict(prompt), "endings": endings})


def likeliest(options: Sequence[Response]) -> Likeliest:
    """Returns the options with the smallest losses; of equals the first.

    An option without a loss is one that the model finds impossible: no file holds an infinite number.
    """
    losses = [inf if one.loss is None else one.loss for one in options]
    lengths = [max(one.tokens or 0, 1) for one in options]
    summed = min(range(len(losses)), key=lambda at: losses[at])
    per_token = min(range(len(losses)), key=lambda at: losses[at] / lengths[at])
    return Likeliest(LETTERS[summed], LETTERS[per_token])


def _why_not(question: Question) -> str | None:
    if len(question.choices) < _LEAST:
        return "likelihood.no_options"
    if not all(choice.strip() for choice in question.choices):
        return "likelihood.blank_option"
    if any(len(answer) > 1 for answer in question.answers):
        return "likelihood.several_answers"
    return None
