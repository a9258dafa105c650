"""From the questions of a corpus to prompts, and to a reason for each question that is not asked."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from curate.sampling.engine import Sampler
from curate.sampling.examples import COLUMNS, Asked, Example, Examples
from curate.sampling.prompt import Message, Prompt, Skipped
from curate.sampling.settings import Sampling
from curate.sampling.templates import Asking, ChatTemplate, TextTemplate

_BLANKS = " \t\r\n\u3000"


def make_prompts(
    rows: pl.DataFrame, template: TextTemplate | ChatTemplate, examples: Examples
) -> tuple[list[Prompt], list[Skipped]]:
    """Returns a prompt for each question of the rows, in their order, and the questions left out.

    The rows have the columns of kept.parquet; its documents are passed over.
    """
    questions = rows.filter(pl.col("kind") == "question").select(
        name for name in rows.columns if name in _READ
    )
    prompts: list[Prompt] = []
    skipped: list[Skipped] = []
    seen: set[str] = set()
    for row, asked in zip(questions.iter_rows(named=True), template.asked(questions), strict=True):
        made = _prompt(row, asked.rstrip(_BLANKS), template, examples, repeated=row["id"] in seen)
        seen.add(row["id"])
        prompts.append(made) if isinstance(made, Prompt) else skipped.append(made)
    return prompts, skipped


def fitting_prompts(
    prompts: Iterable[Prompt], sampler: Sampler, sampling: Sampling
) -> tuple[list[Prompt], list[Skipped]]:
    """Returns the prompts that leave room for an answer, with their length, and those that do not.

    Where the sampler does not know its tokenizer or its context, all are returned.
    """
    tokenizer, context = sampler.tokenizer, sampler.context
    if tokenizer is None:
        return list(prompts), []
    fits: list[Prompt] = []
    skipped: list[Skipped] = []
    for prompt in prompts:
        tokens = tokenizer.count(prompt)
        if context is not None and tokens + sampling.max_tokens > context:
            skipped.append(too_long(prompt, tokens, context))
        else:
            fits.append(prompt.model_copy(update={"tokens": tokens}))
    return fits, skipped


def too_long(prompt: Prompt, tokens: int | None, context: int | None) -> Skipped:
    """Returns the prompt as one that the model's context has no room for."""
    return Skipped(
        question_id=prompt.question_id, reason="prompt.too_long", tokens=tokens, context=context
    )


_READ = frozenset({*COLUMNS, "exam", "year"})


def _prompt(
    row: Mapping[str, Any],
    asked: str,
    template: TextTemplate | ChatTemplate,
    examples: Examples,
    *,
    repeated: bool,
) -> Prompt | Skipped:
    id_ = row["id"]
    why = "prompt.id_twice" if repeated else _why_not(row, template)
    if why:
        return Skipped(question_id=id_, reason=why)
    shown = examples.of(Asked.of(row))
    if shown is None:
        why = "prompt.is_example" if examples.given else "prompt.no_examples"
        return Skipped(question_id=id_, reason=why)
    chat = _messages(asked, template, shown) if isinstance(template, ChatTemplate) else None
    return Prompt(
        question_id=id_,
        template=template.name,
        text=_text(asked, template, shown) if isinstance(template, TextTemplate) else None,
        messages=chat,
        answer_count=len(row["answers"][0]) if row["answers"] else None,
        examples=tuple(one.id for one in shown),
    )


def _why_not(row: Mapping[str, Any], template: Asking) -> str | None:
    answers, choices = row["answers"], row["choices"]
    if not row["text"].strip():
        return "prompt.no_text"
    if row["has_image"] and template.images == "leave_out":
        return "prompt.image"
    if not answers and template.needs("count"):
        return "prompt.no_key"
    if not choices and not answers and not row["has_image"]:
        return "prompt.no_choices"
    return None


def _text(asked: str, template: TextTemplate, examples: Sequence[Example]) -> str:
    solved = (one.question + template.opening + one.completion for one in examples)
    return template.separator.join((*solved, asked)) + template.opening


def _messages(
    asked: str, template: ChatTemplate, examples: Sequence[Example]
) -> tuple[Message, ...]:
    system = [Message(role="system", content=template.system)] if template.system else []
    solved = [
        message
        for one in examples
        for message in (
            Message(role="user", content=one.question),
            Message(role="assistant", content=one.completion),
        )
    ]
    return (*system, *solved, Message(role="user", content=asked))
