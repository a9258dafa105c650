"""Asks a model the questions of a corpus, or takes recorded answers to them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from curate.corpus.pipeline import Progress
from curate.errors import InputError
from curate.jobs.pairs_plan import PairsPlan
from curate.jobs.pairs_recorded import RecordedRows, recorded_rows
from curate.jobs.pairs_shards import Group, asked_rows, grouped
from curate.runs import RunFolder
from curate.sampling import (
    Examples,
    LocalTokenizer,
    Prompt,
    Sampler,
    Skipped,
    Tokenizer,
    drawn_examples,
    fitting_prompts,
    given_examples,
    make_prompts,
    opened,
    read_examples,
    stored_responses,
)


@dataclass(frozen=True)
class Sampled:
    """What was asked and what was stored of it; `left_out` counts the questions that were not asked.

    `recorded` are the rows of a file of recorded answers, `tokenizer` the model's, where it is known.
    """

    questions: int
    left_out: Counter[str]
    groups: Sequence[Group]
    recorded: RecordedRows | None
    tokenizer: Tokenizer | None


def ask(plan: PairsPlan, run: RunFolder, progress: Progress) -> Sampled:
    """Returns what was sampled; a run that was interrupted goes on where it stopped.

    Raises:
        InputError: The corpus has no question, or too few that can be examples.
    """
    recipe = plan.recipe
    rows = plan.corpus.questions()
    if rows.is_empty():
        raise InputError("the corpus has no question", where=str(plan.corpus.path))
    template = recipe.template.model_copy(update={"images": recipe.images})
    prompts, skipped = make_prompts(rows, template, _examples(plan, rows))
    sampling = recipe.sampling.stopping_at(template.stop)
    with opened(recipe.engine, plan.runner) as sampler:
        tokenizer = _tokenizer(plan, sampler)
        fits, too_long = fitting_prompts(prompts, sampler, sampling)
        stored = stored_responses(run.work, (recipe.engine, sampler), fits, sampling, progress)
        recorded = recorded_rows(sampler, plan.corpus, rows, fits)
    asked = asked_rows(rows, fits, [_plain(prompt, tokenizer) for prompt in fits])
    per_file = recipe.engine.shard
    groups = grouped(run.work, plan.request.fingerprint, asked, stored.files, per_file)
    return Sampled(rows.height, _reasons([*skipped, *too_long]), [*groups], recorded, tokenizer)


def _examples(plan: PairsPlan, rows: pl.DataFrame) -> Examples:
    if plan.recipe.examples is None:
        return drawn_examples(rows, plan.recipe.template)
    return given_examples(read_examples(Path(plan.recipe.examples)), plan.recipe.template)


def _tokenizer(plan: PairsPlan, sampler: Sampler) -> Tokenizer | None:
    if plan.recipe.tokenizer is None:
        return sampler.tokenizer
    return LocalTokenizer.load(Path(plan.recipe.tokenizer))


def _plain(prompt: Prompt, tokenizer: Tokenizer | None) -> str:
    """Returns a prompt as the one text that the model was given."""
    if prompt.text is not None:
        return prompt.text
    if tokenizer is None or prompt.messages is None:
        raise ValueError("a chat without a tokenizer was to be refused")
    return tokenizer.chat(prompt.messages)


def _reasons(skipped: Sequence[Skipped]) -> Counter[str]:
    return Counter(one.reason for one in skipped)
