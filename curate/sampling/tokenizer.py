"""The tokenizer of a model on this machine, as the Hugging Face libraries load it."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson
from jinja2 import TemplateError

from curate.errors import InputError
from curate.runs import json_sha256
from curate.sampling.extras import installed
from curate.sampling.prompt import Message, Prompt


class LocalTokenizer:
    """A tokenizer from a model's folder; nothing is fetched, and no code of the folder runs."""

    def __init__(self, loaded: Any) -> None:
        self.loaded = loaded
        self.loaded.model_max_length = sys.maxsize  # whoever asks says how long is too long

    @classmethod
    def load(cls, folder: Path) -> "LocalTokenizer":
        """Returns the tokenizer in a folder; the extra that has transformers is installed.

        Raises:
            InputError: The folder holds none.
        """
        transformers = installed("transformers", "transformers")
        try:
            loaded = transformers.AutoTokenizer.from_pretrained(
                str(folder), local_files_only=True, trust_remote_code=False
            )
        except (OSError, ValueError, KeyError) as exc:
            reason = str(exc).partition("\n")[0]
            raise InputError(
                f"no tokenizer that can be loaded: {reason}", where=folder.name
            ) from exc
        return cls(loaded)

    def encode(self, text: str) -> list[int]:
        """Returns the tokens of a text, without those that a model wants before and after one."""
        ids: list[int] = self.loaded.encode(text, add_special_tokens=False)
        return ids

    def ids(self, prompt: Prompt) -> list[int]:
        """Returns the tokens that the model is given; a chat template writes its own special ones."""
        if prompt.messages is not None:
            return self.encode(self.chat(prompt.messages))
        ids: list[int] = self.loaded.encode(prompt.text)
        return ids

    def count(self, prompt: Prompt) -> int:
        """Returns how many tokens the model is given."""
        return len(self.ids(prompt))

    def chat(self, messages: Iterable[Message]) -> str:
        """Returns a chat as text up to where the model answers, by the tokenizer's chat template.

        Raises:
            InputError: The tokenizer has no chat template, or it refuses the messages.
        """
        return self._written(messages, asks=True)

    def finished_chat(self, messages: Iterable[Message]) -> str:
        """Returns a chat as text with its last turn ended, by the tokenizer's chat template.

        Raises:
            InputError: The tokenizer has no chat template, or it refuses the messages.
        """
        return self._written(messages, asks=False)

    def state(self) -> dict[str, str | None]:
        """Returns hashes of how texts become tokens, and of the chat template, None where there is none.

        They do not depend on how the tokenizer was saved, or on the token that pads.
        """
        told = orjson.loads(self.loaded.backend_tokenizer.to_str())
        for key in ("truncation", "padding"):
            told.pop(key, None)
        ends = [self.loaded.bos_token, self.loaded.eos_token]
        template = self.loaded.chat_template
        return {
            "tokenizer_sha256": json_sha256({"tokenizer": told, "ends": ends}),
            "chat_template_sha256": json_sha256(template) if template else None,
        }

    def _written(self, messages: Iterable[Message], *, asks: bool) -> str:
        turns = [{"role": turn.role, "content": turn.content} for turn in messages]
        try:
            text: str = self.loaded.apply_chat_template(
                turns, tokenize=False, add_generation_prompt=asks
            )
        except (ValueError, TypeError, TemplateError) as exc:
            raise InputError(
                "the tokenizer cannot write these messages as a chat",
                where=Path(self.loaded.name_or_path).name,
                hint="It has no chat template, or one that knows no system message. Use a template of texts.",
            ) from exc
        return text
