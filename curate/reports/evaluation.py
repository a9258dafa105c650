"""Assembles the report of `evaluate`: its numbers, and a card an item."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import polars as pl

from curate.models import (
    Again,
    Evaluation,
    EvaluationReport,
    Excerpt,
    FileEntry,
    ItemCard,
    ItemSide,
    Question,
    Said,
    Stability,
)
from curate.reports.build import redo
from curate.reports.turns import TURNS, turn

__all__ = ["EvaluationFacts", "evaluation_report"]

HEAD, TAIL = 2_400, 800
"""Characters of a response that are shown: its end holds the answer."""

_TEXT, _CHOICE = 4_000, 400
_ENDS: Final = (
    pl.col("text").str.head(HEAD + TAIL).alias("head"),
    pl.col("text").str.tail(TAIL).alias("tail"),
    pl.col("text").str.len_chars().alias("characters"),
)
"""What is read of a response, which may be of any length."""
_KEY: Final = ("benchmark", "language", "item_id")

Key = tuple[str, str, str]
Asked = Mapping[tuple[str, str], Mapping[str, Question]]
"""The questions as they were asked, by (benchmark, language) and id."""


@dataclass(frozen=True)
class EvaluationFacts:
    """The accounts of an `evaluate` run.

    `leaked` tells by (benchmark, item) what the training corpus's audit found.
    """

    evaluation: Evaluation
    stability: Stability
    command: str
    version: str
    code_sha256: str
    recipe_sha256: str
    inputs: Sequence[FileEntry]
    leaked: Mapping[tuple[str, str], Literal["in_data", "dropped"]] = field(default_factory=dict)


def evaluation_report(
    evaluated: pl.DataFrame, texts: pl.LazyFrame, asked: Asked, facts: EvaluationFacts
) -> EvaluationReport:
    """Returns the report of an evaluation.

    `evaluated` has the columns of EvaluatedItem, and `strata`, a word for each; `texts` the responses:
    benchmark, item_id, mode, language, repeat and text. Items whose answers turned stand first.
    """
    cards = _cards(evaluated, texts, asked, facts)
    order = {kind: at for at, kind in enumerate(TURNS)}
    return EvaluationReport(
        evaluation=facts.evaluation,
        stability=facts.stability,
        items=sorted(cards, key=lambda card: order[worst(card)]),
        redo=redo(facts.command, facts, facts.code_sha256, facts.inputs),
    )


def worst(card: ItemCard) -> str:
    """Returns what became of the answer in the first mode beside the baseline."""
    first, *others = card.sides
    return turn(first, others[0] if others else first)


def _cards(
    evaluated: pl.DataFrame, texts: pl.LazyFrame, asked: Asked, facts: EvaluationFacts
) -> Iterator[ItemCard]:
    right = pl.when(pl.col("method") == "generation").then("strict").otherwise("correct")
    on = [*_KEY, "mode", "repeat"]
    said = texts.select(*on, *_ENDS).collect(engine="streaming")
    rows = evaluated.with_columns(right=right).join(said, on=on, how="left", maintain_order="left")
    baseline = facts.stability.baseline
    for key, own in rows.partition_by(_KEY, as_dict=True, maintain_order=True).items():
        benchmark, language, id_ = map(str, key)
        ordered = own.sort(pl.col("mode") != baseline, "repeat", maintain_order=True)
        question = asked.get((benchmark, language), {}).get(id_)
        yield _card((benchmark, language, id_), ordered.to_dicts(), question, facts)


def _card(
    key: Key, rows: Sequence[Mapping[str, Any]], question: Question | None, facts: EvaluationFacts
) -> ItemCard:
    benchmark, language, id_ = key
    first = rows[0]
    modes = dict.fromkeys(row["mode"] for row in rows)
    return ItemCard(
        benchmark=benchmark,
        language=language,
        item_id=id_,
        year=first["year"],
        section=first["section"],
        points=first["points"],
        gold=first["gold"],
        vignette=_excerpt(question.vignette) if question else None,
        text=_excerpt(question.text) if question else None,
        choices=[_excerpt(one, _CHOICE) or Excerpt(text="") for one in _choices(question)],
        strata=first["strata"],
        leak=facts.leaked.get((benchmark, id_)),
        sides=[_side([row for row in rows if row["mode"] == mode]) for mode in modes],
    )


def _side(rows: Sequence[Mapping[str, Any]]) -> ItemSide:
    first, *again = rows
    return ItemSide(
        mode=first["mode"],
        answer=first["answer"] or [],
        right=first["right"],
        tolerant=first["correct"],
        grade=first["grade"],
        finish_reason=first["finish_reason"],
        said=_said(first),
        again=[Again(answer=row["answer"] or [], right=row["right"]) for row in again],
    )


def _choices(question: Question | None) -> Sequence[str]:
    return question.choices if question else ()


def _said(row: Mapping[str, Any]) -> Said | None:
    if row["head"] is None:
        return None
    left_out = row["characters"] - HEAD - TAIL
    if left_out <= 0:
        return Said(text=row["head"])
    return Said(text=row["head"][:HEAD], left_out=left_out, tail=row["tail"])


def _excerpt(text: str | None, most: int = _TEXT) -> Excerpt | None:
    if text is None:
        return None
    return Excerpt(text=text[:most], left_out=len(text[most:]))
