"""Where prompt and completion meet, in tokens: as they were sampled, and short enough to be trained on whole."""

from dataclasses import dataclass

import polars as pl

from curate.sampling import Prompt, Tokenizer

ENDING = 8
"""Tokens kept free for what a trainer adds: the end of the text, or what a chat template puts behind a turn."""

MOVED, TOO_LONG = "boundary.moved", "length.too_long"


@dataclass(frozen=True)
class Boundary:
    """A model's tokenizer, and how long a prompt and a completion may be together.

    A chat is text already, with the special tokens that its template writes.
    """

    tokenizer: Tokenizer
    max_length: int | None
    is_chat: bool

    def measured(self, sides: pl.DataFrame, prompts: dict[str, str]) -> pl.DataFrame:
        """Returns the sides with `prompt_tokens` and `tokens`, and a reason where one may not be paired."""
        ids = {id_: self._ids(prompt) for id_, prompt in prompts.items()}
        tokens: list[int | None] = []
        reasons: list[str | None] = []
        for id_, text, reason in sides.select("question_id", "text", "reason").iter_rows():
            length, why = (None, reason) if reason else self._side(prompts[id_], ids[id_], text)
            tokens.append(length)
            reasons.append(why)
        return sides.with_columns(
            pl.Series("prompt_tokens", [len(ids[id_]) for id_ in sides["question_id"]], pl.Int64),
            pl.Series("tokens", tokens, pl.Int64),
            pl.Series("reason", reasons, pl.String),
        )

    def _side(self, prompt: str, ids: list[int], text: str) -> tuple[int | None, str | None]:
        whole = self._ids(prompt + text)
        if whole[: len(ids)] != ids or len(whole) == len(ids):
            return None, MOVED
        if self.max_length is not None and len(whole) + ENDING > self.max_length:
            return None, TOO_LONG
        return len(whole) - len(ids), None

    def _ids(self, text: str) -> list[int]:
        if self.is_chat:
            return self.tokenizer.encode(text)
        return self.tokenizer.ids(Prompt(question_id="-", template="-", text=text))


def unmeasured(sides: pl.DataFrame) -> pl.DataFrame:
    """Returns the sides with no lengths in tokens: the tokenizer is not known."""
    nothing = pl.lit(None, dtype=pl.Int64)
    return sides.with_columns(prompt_tokens=nothing, tokens=nothing)
