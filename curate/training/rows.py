"""Rows as they are trained on: their tokens counted before a model is loaded, none cut, none moved."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from curate.errors import GateError, InputError
from curate.models import TokenLengths
from curate.sampling import LocalTokenizer, Message, Prompt
from curate.training.recipe import Stage, TrainRecipe

Row = Mapping[str, Any]
SIDES = {
    Stage.CPT: ("rendered",),
    Stage.SFT: ("completion",),
    Stage.RPO: ("chosen", "rejected"),
    Stage.DPO: ("chosen", "rejected"),
}
"""The columns that a stage learns from; but for cpt, each goes on from `prompt`."""
_PACKS_WHOLE = ("wrapped", "bfd_split")


@dataclass(frozen=True)
class Measured:
    """Rows that fit, in their order, with the tokens of each; `dropped` counts those that do not.

    `tokens` has for a row the length of its prompt (0 in cpt) and of each side with what a trainer adds.
    """

    columns: Mapping[str, Sequence[Any]]
    tokens: Sequence[tuple[int, ...]]
    dropped: int
    lengths: TokenLengths


@dataclass(frozen=True)
class Measure:
    """Counts tokens as TRL will: the end of a text is added, a chat is written by the template."""

    tokenizer: LocalTokenizer
    stage: Stage

    def row(self, row: Row) -> tuple[tuple[int, ...], bool]:
        """Returns the tokens of prompt and sides, and whether all sides begin where the prompt ends."""
        if self.stage is Stage.CPT:
            return (0, len(self._ids(self._ended(row["rendered"])))), True
        prompt = self._prompt(row["prompt"])
        wholes = [self._whole(row["prompt"], row[side]) for side in SIDES[self.stage]]
        on_boundary = all(whole[: len(prompt)] == prompt for whole in wholes)
        return (len(prompt), *(len(whole) - len(prompt) for whole in wholes)), on_boundary

    def _prompt(self, prompt: Any) -> list[int]:
        if isinstance(prompt, str):
            return self._ids(prompt)
        return self.tokenizer.encode(self.tokenizer.chat(_turns(prompt)))

    def _whole(self, prompt: Any, side: Any) -> list[int]:
        if isinstance(prompt, str):
            return self._ids(self._ended(prompt + side))
        return self.tokenizer.encode(self.tokenizer.finished_chat(_turns([*prompt, *side])))

    def _ended(self, text: str) -> str:
        end: str = self.tokenizer.loaded.eos_token
        return text if text.endswith(end) else text + end

    def _ids(self, text: str) -> list[int]:
        return self.tokenizer.ids(Prompt(question_id="-", template="-", text=text))


def measured(
    recipe: TrainRecipe, rows: Sequence[Row], tokenizer: LocalTokenizer, max_length: int | None
) -> Measured:
    """Returns the rows that can be trained on whole.

    Raises:
        GateError: A side does not begin on a token boundary; or a row is too long and the recipe says `fail`.
        InputError: No row is left, or the tokenizer has no end of text.
    """
    if not tokenizer.loaded.eos_token:
        raise InputError("the tokenizer has no end-of-text token", where=recipe.model.name)
    measure = Measure(tokenizer, recipe.stage)
    limit = None if packs_whole(recipe) else max_length
    kept: list[Row] = []
    tokens: list[tuple[int, ...]] = []
    long: list[tuple[int, int]] = []
    for number, row in enumerate(rows):
        counts, on_boundary = measure.row(row)
        if not on_boundary:
            raise _moved(number, row)
        whole = counts[0] + max(counts[1:])
        if limit is not None and whole > limit:
            long.append((number, whole))
            continue
        kept.append(row)
        tokens.append(counts)
    if long and limit is not None and recipe.data.on_long == "fail":
        raise _too_long(long, rows, limit)
    if not kept:
        raise InputError(f"none of the {len(rows)} rows fits into max_length {max_length}")
    columns = {name: [row[name] for row in kept] for name in _columns(recipe.stage)}
    return Measured(columns, tokens, len(long), lengths_of(tokens))


def packs_whole(recipe: TrainRecipe) -> bool:
    """Whether rows are packed in a way that goes on with a long one in the next sequence."""
    keys = recipe.trainer
    return bool(keys.get("packing")) and keys.get("packing_strategy", "bfd") in _PACKS_WHOLE


def lengths_of(tokens: Sequence[tuple[int, ...]]) -> TokenLengths:
    """Returns the distribution of the whole lengths of rows: prompt and longest side."""
    wholes = sorted(counts[0] + max(counts[1:]) for counts in tokens)
    return TokenLengths(
        rows=len(wholes),
        tokens=sum(counts[0] * (len(counts) - 1) + sum(counts[1:]) for counts in tokens),
        median=wholes[len(wholes) // 2],
        p95=wholes[min(len(wholes) - 1, len(wholes) * 95 // 100)],
        longest=wholes[-1],
    )


def check_prepared(stage: Stage, prepared: Any, rows: Measured, *, packed: bool) -> None:
    """Checks that what TRL made of the rows is what was measured: none gone, none cut, none moved.

    Raises:
        GateError: It is not.
    """
    if packed:
        found, expected = sum(map(len, prepared["input_ids"])), rows.lengths.tokens
        if found != expected:
            raise GateError(f"packing kept {found:,} of {expected:,} tokens")
        return
    found_rows = list(_prepared(stage, prepared))
    if stage.prefers:
        same = found_rows == list(rows.tokens)
    else:
        same = sorted(found_rows) == sorted((sum(counts),) for counts in rows.tokens)
    if not same:
        raise GateError(
            f"the trainer prepared {len(found_rows):,} rows that are not the {len(rows.tokens):,} "
            "that were measured: it cut, dropped or moved some",
        )


def _prepared(stage: Stage, prepared: Any) -> Iterator[tuple[int, ...]]:
    if stage.prefers:
        names = ("prompt_ids", "chosen_ids", "rejected_ids")
        yield from zip(*(map(len, prepared[name]) for name in names), strict=True)
    else:
        yield from ((len(ids),) for ids in prepared["input_ids"])


def _columns(stage: Stage) -> tuple[str, ...]:
    return SIDES[stage] if stage is Stage.CPT else ("prompt", *SIDES[stage])


def _turns(messages: Sequence[Mapping[str, Any]]) -> list[Message]:
    return [Message.model_validate(dict(one)) for one in messages]


def _named(number: int, row: Row) -> str:
    return f"row {number + 1} ({row['id']})" if row.get("id") else f"row {number + 1}"


def _moved(number: int, row: Row) -> GateError:
    return GateError(
        f"{_named(number, row)}: prompt and completion meet inside a token, so that training would see "
        "another prompt than sampling",
        hint="Make the data again with this model's tokenizer (make-pairs --tokenizer DIR), "
        "and prompts that end where a token ends.",
    )


def _too_long(long: Sequence[tuple[int, int]], rows: Sequence[Row], limit: int) -> GateError:
    number, tokens = max(long, key=lambda one: one[1])
    return GateError(
        f"{len(long):,} of {len(rows):,} rows are longer than max_length {limit:,}: the longest, "
        f"{_named(number, rows[number])}, has {tokens:,} tokens; none is ever cut",
        hint=f"--set trainer.max_length={tokens}, or leave them out: --set data.on_long=drop",
    )
