"""A response as the patterns see it: cut where it invents another question, bounded, in one spelling."""

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

HEAD, TAIL = 4000, 4000
"""Characters at the beginning and the end that are read; an answer stands in one of them."""

_CIRCLED = re.compile("([①-⑳⑴-⒇])")
_NOISE = re.compile("\\*\\*|[`\u200b\ufeff\u2060]")
_RUN_ON = re.compile(
    r"(?:^|[\n。」）)])[^\S\n]{0,3}[【\[#]{0,3}\s?問題?(?:文|本文|id)?\s?[0-9０-９]{0,4}[】\]]?\s?[:：\n]"
    r"|^[^\S\n]{0,3}(?:#{1,4} ?)?(?:next )?(?:question|problem)\s?[0-9]{0,4}\s?(?:[:：]|$)"
    r"|^[^\S\n]{0,3}(?:user|human|system|assistant|ユーザー|質問者?)\s{0,3}(?:[:：]|$)"
    r"|^[^\n]{0,20}(?:user|assistant|system|ユーザー)\s{0,3}$"
    r"|[^\x00-\x7f\s](?:user|human|system|assistant)\s{0,3}[:：]"
    r"|<\|(?:im_start|im_end|start_header_id|eot_id|endoftext|user|begin_of_text)\|>"
    r"|回答を指定された形式で|あなた[はも](?:優秀な)?医師国家試験|^あなた\s{0,2}(?:[:：]|$)|【ルール】|^role\s?:"
    r"|^(?:問?[0-9０-９]{1,3}[^\S\n])?[0-9０-９]{1,3}(?:歳|か月|週)の[^。、\n]{1,10}[。(（]"
    r"|^(?:次|以下)の文を読み",
    re.IGNORECASE | re.MULTILINE,
)
"""Where a response goes on with another question, or with the talk around it."""

_RUN_ON_HINTS = (
    "問",
    "uestion",
    "roblem",
    "ser",
    "uman",
    "ystem",
    "ssistant",
    "ユーザー",
    "<|",
    "形式で",
    "医師国家",
    "あなた",
    "の文を読み",
    "歳の",
    "か月の",
    "週の",
    "ルール】",
    "role",
)
_LEAST = 2
"""Characters before a mark that make it a second question, not the first one copied."""


class Read(NamedTuple):
    """`text` is folded and holds at most HEAD + TAIL characters of `body`, the response up to a run-on."""

    body: str
    text: str
    split: int
    run_on: bool

    @property
    def whole(self) -> bool:
        """Tells whether `text` holds all of `body`, line by line."""
        return self.split == len(self.text)

    def line_of(self, start: int) -> int:
        """Returns which line of `body` a place of `text` is in; from the end where the middle is left out."""
        if start < self.split:
            return self.text.count("\n", 0, start)
        return self.body.count("\n") - self.text.count("\n", start)


def read(text: str, stem: str = "", nfkc: str | None = None) -> Read:
    """Returns a response as the patterns see it; `stem` tells a copy of the question from a new one.

    `nfkc` is the text in NFKC where that is known: half of what reading takes.
    """
    body, run_on = _cut(text, stem)
    if len(body) <= HEAD + TAIL:
        whole = folded(body, None if run_on else nfkc)
        return Read(body, whole, len(whole), run_on)
    head, tail = folded(body[:HEAD]), folded(body[-TAIL:])
    return Read(body, f"{head} … {tail}", len(head), run_on)


def folded(text: str, nfkc: str | None = None) -> str:
    """Returns `text` in NFKC, if not given as `nfkc`, and lower case; circled numbers stay, bold marks go."""
    if text.isascii():
        plain = text
    elif _CIRCLED.search(text):
        parts = _CIRCLED.split(text)
        parts[::2] = [unicodedata.normalize("NFKC", part) for part in parts[::2]]
        plain = "".join(parts)
    else:
        plain = unicodedata.normalize("NFKC", text) if nfkc is None else nfkc
    plain = plain.lower().replace("〜", "~").replace("\r", "")
    if "**" in plain or "`" in plain or "\u200b" in plain or "\ufeff" in plain:
        plain = _NOISE.sub("", plain)
    return plain


def holds(text: str, hints: Iterable[str]) -> bool:
    """Tells whether a text holds one of `hints`; a loop, since `any` takes twice as long here."""
    for hint in hints:  # noqa: SIM110
        if hint in text:
            return True
    return False


def _cut(text: str, stem: str) -> tuple[str, bool]:
    if not holds(text, _RUN_ON_HINTS):
        return text, False
    for mark in _RUN_ON.finditer(text):
        before = text[: mark.start()]
        if len(before.strip()) < _LEAST:
            continue
        follows = folded(text[mark.end() : mark.end() + 200]).replace("\n", "").strip()
        if stem and stem in follows:
            continue
        return before + text[mark.start()] * (text[mark.start()] in "。」）)"), True
    return text, False
