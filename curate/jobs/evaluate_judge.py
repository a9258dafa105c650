"""What the answers of a cell come to: a row each, the responses with their grades, and the numbers."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final, NamedTuple

import polars as pl

from curate.errors import InputError
from curate.evaluation import (
    GESTALT,
    Item,
    Items,
    Prediction,
    Verdicts,
    judge_all,
    points_interval,
    score_of,
)
from curate.evaluation.likelihood import likeliest
from curate.evaluation.predictions import sampled
from curate.evaluation.rows import evaluated_frame, evaluated_row
from curate.grading import Graded
from curate.grading.tiers import Form
from curate.jobs.evaluate_ask import Asked
from curate.jobs.evaluate_exams import UNSCORED
from curate.jobs.evaluate_plan import Cell
from curate.models import LETTERS, EvaluationResult, Method, NotAsked, Response
from curate.sampling import RESPONSE_SCHEMA, response_frame

RESPONSES = pl.Schema(
    {
        "benchmark": pl.String(),
        "mode": pl.String(),
        "template": pl.String(),
        "language": pl.String(),
        "repeat": pl.Int64(),
        **RESPONSE_SCHEMA,
    }
)
"""responses.parquet of an evaluation: the record `Response`, and of which cell it is."""
_TYPED = [pl.col(name).cast(dtype) for name, dtype in RESPONSES.items()]
_NOT_RECORDED: Final = "recorded.none"


class Judged(NamedTuple):
    """A cell, judged: the rows of evaluation.parquet and of responses.parquet, and its numbers."""

    rows: pl.DataFrame
    responses: pl.DataFrame
    result: EvaluationResult


class _Said(NamedTuple):
    """The answer to one item: the response that counts, what it says, and all responses of the item.

    `per_token` is the option that is likeliest a token, where likelihoods are told.
    """

    response: Response
    text: str
    all: Sequence[Response]
    per_token: str | None = None


def judged(asked: Asked, method: Method, seed: int) -> Judged:
    """Returns what a cell's answers come to; `seed` is that of the interval's draws.

    Raises:
        InputError: An item has two answers, or lacks a recorded one while its section has some.
    """
    cell = asked.cell
    items = cell.exam.items[cell.language]
    said = {one.response.question_id: one for one in _said(asked, method)}
    left_out = [*_not_asked(asked, items)]
    excused = frozenset(one.item_id for one in left_out)
    label = Form.of(cell.template).label if method == "generation" else None
    verdicts = judge_all(_predictions(cell, said.values()), items, label, excused)
    if method == "loglikelihood":
        verdicts = {id_: _without_gestalt(one) for id_, one in verdicts.items()}
    rows = [
        {**cell.told(), "template": cell.template.name, "method": method}
        | evaluated_row(items.by_id[id_], one, said[id_].response)
        | {"norm_correct": _norm_right(said[id_], items.by_id[id_])}
        for id_, one in verdicts.items()
    ]
    frame = evaluated_frame(rows)
    interval = points_interval(verdicts, items, seed)
    result = EvaluationResult(
        **cell.told(),
        method=method,
        asked=frame.height,
        complete=all(one.reason in UNSCORED for one in left_out),
        score=score_of(verdicts, items),
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        norm_accuracy=frame["norm_correct"].mean() if method == "loglikelihood" else None,
        grades=dict(sorted(Counter(frame["grade"].drop_nulls()).items())),
        not_asked=left_out,
    )
    return Judged(frame, _responses(cell, said.values(), verdicts), result)


def _said(asked: Asked, method: Method) -> Iterator[_Said]:
    """Yields the answer to each item, with all its responses."""
    by_item = groupby(asked.stored.responses(), key=lambda one: one.question_id)
    for id_, some in by_item:
        options = [*some]
        if method == "loglikelihood":
            summed, per_token = likeliest(options)
            yield _Said(options[LETTERS.index(summed)], summed, options, per_token)
        elif len(options) > 1:
            raise InputError(
                f"{len(options)} answers to {id_!r} of {asked.cell}, and one counts",
                hint="Are modes mixed in the file? Write the mode beside each answer, as `mode`.",
            )
        else:
            yield _Said(options[0], options[0].text, options)


def _predictions(cell: Cell, said: Iterable[_Said]) -> Iterator[Prediction]:
    """Yields the answers as the scorers read them."""
    for one in said:
        id_ = one.response.question_id
        text = sampled(one.text)
        yield Prediction(id_, text, one.response.finish_reason, f"{cell}: {id_}")


def _not_asked(asked: Asked, items: Items) -> Iterator[NotAsked]:
    """Yields the items of the asked sections that were not asked, in their order."""
    reasons = asked.cell.exam.reasons(asked.cell.language)
    skipped = {one.question_id: one for one in (*asked.skipped, *asked.stored.skipped())}
    for id_, item in items.by_id.items():
        one = skipped.get(id_)
        reason = one.reason if one else reasons.get(id_)
        if reason is None or reason == _NOT_RECORDED:
            continue
        yield NotAsked(
            item_id=id_,
            section=item.section,
            reason=reason,
            tokens=one.tokens if one else None,
            context=one.context if one else None,
        )


def _responses(cell: Cell, said: Iterable[_Said], verdicts: Mapping[str, Verdicts]) -> pl.DataFrame:
    """Returns the responses with their grades; options that were not written have none."""
    told = {**cell.told(), "template": cell.template.name}
    graded = [
        response if one.per_token else _graded(response, verdicts[response.question_id].graded)
        for one in said
        for response in one.all
    ]
    columns = (pl.lit(value).alias(name) for name, value in told.items())
    return response_frame(graded).with_columns(*columns).select(_TYPED)


def _graded(response: Response, graded: Graded) -> Response:
    return response.model_copy(
        update={
            "explanation": graded.explanation,
            "answer": [*graded.answer] or None,
            "grade": graded.grade,
            "strict": graded.strict,
            "pattern": graded.pattern,
            "flags": [*graded.flags],
        }
    )


def _without_gestalt(one: Verdicts) -> Verdicts:
    kept = {name: judged for name, judged in one.by_metric.items() if name != GESTALT}
    return one._replace(by_metric=kept)


def _norm_right(said: _Said, item: Item) -> bool | None:
    return None if said.per_token is None else [said.per_token] in item.question.answers
