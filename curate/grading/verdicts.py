"""The answer out of a verdict for every option: "a wrong. b right. c wrong. …"."""

import re
from collections.abc import Sequence

from curate.grading.asked import Asked
from curate.grading.graded import Found
from curate.grading.keys import KEYS, letters_of
from curate.text import RIGHT_WORDS, VERDICT_END, VERDICT_WORD

_EN_RIGHT = ("correct", "true", "right")
_WORDS = (
    rf"正しくない|{VERDICT_WORD}|正解|正答|不正解|{'|'.join(_EN_RIGHT)}"
    r"|incorrect|not correct|false|wrong"
)
VERDICT = (
    rf"(?:(?<![^\s。.、,;:)」\]】>〉・])|(?<=\()(?=[a-j](?:は|[、,・と]))|(?<=ゆえに)|(?<=よって)|(?<=ため)|(?<=から)|(?<=より))"
    rf"(?P<keys>{KEYS})\s{{0,3}}(?:[:.、)は☞→⇒△-]| is| are){{0,2}}\s{{0,3}}"
    rf"(?P<word>{_WORDS})(?!し)(?:{VERDICT_END}|(?=です|である(?!とは)))"
)
"""One option or several, and a verdict on them."""

_RIGHT = RIGHT_WORDS | {"正解", "正答", *_EN_RIGHT}


def by_verdicts(matches: Sequence[re.Match[str]], asked: Asked) -> Found | None:
    """Reads the options that are then an answer to the stem; none where a verdict is taken back.

    A stem that asks for what is wrong is answered by the options called wrong. One that asks in other words
    (which is not seen?) is answered by the only verdict there is.
    """
    told: dict[str, set[bool]] = {}
    for match in matches:
        for letter in letters_of(match["keys"])[0]:
            told.setdefault(letter, set()).add(match["word"] in _RIGHT)
    if not told or any(len(verdicts) > 1 for verdicts in told.values()):
        return None
    right = "".join(sorted(letter for letter, verdicts in told.items() if True in verdicts))
    wrong = "".join(sorted(letter for letter, verdicts in told.items() if False in verdicts))
    letters = _chosen(right, wrong, asked.wants_right)
    if not letters or letters == asked.known:
        return None
    return Found(matches[0].start(), matches[-1].end(), letters)


def _chosen(right: str, wrong: str, wants_right: bool | None) -> str:
    if wants_right is None:
        return "" if right and wrong else right or wrong
    return right if wants_right else wrong
