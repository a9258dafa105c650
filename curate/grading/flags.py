"""What is noticed of a response beside its grade."""

import re
from typing import Literal, NamedTuple, get_args

from curate.grading.asked import Asked
from curate.text import judgement

Flag = Literal[
    "answer_first",
    "explanation_long",
    "explanation_short",
    "language_switched",
    "question_copied",
    "repetition_loop",
    "run_on",
    "verdicts_contradict",
]
FLAGS: tuple[Flag, ...] = get_args(Flag)

SHORT, LONG = 20, 2000
"""Characters of an explanation."""

_FOREIGN = re.compile(
    "[\uac00-\ud7a3\u0400-\u04ff\u0590-\u05ff\u0600-\u06ff\u0e00-\u0e7f这为们应该经发现时进动种诊疗]"
)
_ENGLISH = re.compile(r"(?:[a-z]{1,20}[ ,.'-]{1,3}){14}")
_KANA = re.compile("[ぁ-んァ-ヶ]")
_JUDGES = re.compile(
    r"[0-9a-jａ-ｊ０-９①-⑩][\s:.、)：．）]{0,8}(?:は、?)?(?:正|誤|適|不|[○〇◯×✕✖☓])|[○〇◯×✕✖☓]|正解|正答|解答|答え"
)
"""Without this no text judges an option; most have none, and the judgement itself takes long."""
_JUDGED = 3000


class Explained(NamedTuple):
    """A response's explanation, as written and folded; `answer_first`: the answer stands before it."""

    text: str | None
    folded: str
    answer_first: bool


NOTHING = Explained(None, "", answer_first=False)


def flags_of(asked: Asked, text: str, explained: Explained, letters: str) -> list[Flag]:
    """Returns the flags of a folded text with its explanation and the letters of its answer."""
    flags: list[Flag] = []
    if explained.text is not None:
        flags += ["answer_first"] if explained.answer_first else []
        flags += ["explanation_long"] if len(explained.text) > LONG else []
        flags += ["explanation_short"] if len(explained.text) < SHORT else []
        flags += ["language_switched"] if _switched(text) else []
        flags += ["verdicts_contradict"] if _contradicts(asked, explained.folded, letters) else []
    if asked.stem and asked.stem in text.replace("\n", ""):
        flags.append("question_copied")
    return flags


def _switched(text: str) -> bool:
    """Tells whether a text with kana also holds another script, Chinese characters, or English sentences."""
    return _KANA.search(text) is not None and bool(_FOREIGN.search(text) or _ENGLISH.search(text))


def _contradicts(asked: Asked, explanation: str, letters: str) -> bool:
    """Tells whether the explanation's own verdicts on the options make another answer than was given."""
    if not letters or not _JUDGES.search(explanation, 0, _JUDGED):
        return False
    found = judgement(
        asked.question.text, len(asked.question.choices), [list(letters)], explanation[:_JUDGED]
    )
    return found is not None and not found.supports
