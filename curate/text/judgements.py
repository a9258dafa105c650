"""What an explanation says of the options and of the answer, beside the key; unsure means nothing is said."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from curate.models import LETTERS

RIGHT_WORDS = frozenset(
    ["正", "正しい", "適切", "適切である", "適当", "適当である", "○", "〇", "◯"]
)
_GAP = r"\s{0,3}"  # no *: white space without end must not cost its square
_LABEL = r"10|[1-9]|[a-j]"
VERDICT_WORD = (
    "正しい|誤っている|誤りである|誤り|適切である|適切でない|不適切|適当である|適当でない|不適当|適切|適当"
    "|正(?![常確式規比面味反負方数弦解答当中極孔午のに電荷月直体則統円])"
    "|誤(?![差嚥認解飲用診投作字記答謬植薬っり])"
    "|[○〇◯×✕✖☓]"
)
VERDICT_END = r"(?=[\s。.、,:;)」]|$|(?<=[正誤○〇◯×✕✖☓]))"
_LABEL_FIRST = re.compile(
    rf"(?:^|[\s。.、)」])(?:選択肢)?({_LABEL}){_GAP}[:.、)]?{_GAP}({VERDICT_WORD}){VERDICT_END}",
    re.MULTILINE,
)
_MARK_FIRST = re.compile(rf"(?:^|[\s。])([○〇◯×✕✖☓]){_GAP}({_LABEL})(?=[\s:.、)])", re.MULTILINE)
_SENTENCE = re.compile(
    rf"選択肢({_LABEL})(?:\([^()]{{1,40}}\))?は、?"
    r"(正しい|誤っている|誤りである|適切である|適切でない|不適切)(?:である)?[。\n]"
)
_KEYS = rf"((?:{_LABEL})(?:{_GAP}(?:[,、・]|と|及び|および){_GAP}(?:選択肢)?(?:{_LABEL}))*)"
_IS = r"(?=$|[\s。)]|である|です|となる)(?!\s{0,3}[:.])"
_DECLARED = re.compile(
    rf"(?:正解|正答|解答|答え)(?:は|:|\s){_GAP}(?:選択肢)?{_KEYS}{_IS}"
    rf"|(?<!ば、)選択肢{_KEYS}[がは](?:正解|正答|解答)(?:である|です|となる|。)",
    re.MULTILINE,
)
_CIRCLED = re.compile("[①-⑳⑴-⒇]")

_SENTENCE_END = re.compile(r"[。｡\n]")
_ASKS = re.compile("どれ|何か|[をか]選べ")
_WANTS_WRONG = re.compile(
    "(?:誤っている|誤りである|正しくない|適切でない|適切ではない|不適切な|適当でない|不適当な|間違っている)"
    "(?:もの|記述|内容|説明|対応)?(?:の|は)|誤りはどれ"
)
_WANTS_RIGHT = re.compile("(?<!不)(?:正しい|適切な|適当な)(?:もの|記述|内容|説明|対応)?(?:の|は)")
_DENIES = re.compile("ない|なく|ず|除|以外|禁|誤|不適|不要|間違|乏し")
_OBLIGES = re.compile("なければならない|ねばならない|必ず|まず|ずつ")
_POINTS_BACK = re.compile(r"\s{0,3}(?:それ|これ|その|この中|上記|前記)")
_OF_STATEMENTS = re.compile("組合せ|組み合わせ|組み合せ|正誤")


class Judgement(NamedTuple):
    """What an explanation comes to beside the key: `letters` are the options at odds with it, if any."""

    supports: bool
    letters: str


def judgement(
    stem: str, options: int, key: Sequence[Sequence[str]], explanation: str
) -> Judgement | None:
    """Returns whether an explanation's own verdicts agree with the key; None where it has none that are sure.

    `key` lists the accepted answers, letters each; `options` is 0 where they are images.
    """
    accepted = [frozenset(answer) for answer in key if set(answer) <= set(LETTERS)]
    accepted.append(frozenset().union(*accepted))  # "any two of them": all of them are right
    if not any(accepted) or _OF_STATEMENTS.search(stem):
        return None
    text = _CIRCLED.sub("§", explanation)
    if not unicodedata.is_normalized("NFKC", text):
        text = unicodedata.normalize("NFKC", text)
    known = LETTERS[: options or None]
    told = [_declared(text, known), _chosen(stem, text, known)]
    found = [compared for one in told if one and (compared := _compared(one, accepted))]
    if not found or len({one.supports for one in found}) > 1:
        return None
    return found[0]


def _compared(chosen: Mapping[str, bool], accepted: Sequence[Collection[str]]) -> Judgement | None:
    """Compares with the accepted answer that is nearest; support takes a verdict on each of its letters."""
    at_odds = [
        sorted(one for one, yes in chosen.items() if yes != (one in key)) for key in accepted
    ]
    nearest = min(at_odds, key=len)
    if nearest:
        return Judgement(supports=False, letters="".join(nearest))
    whole = any(
        set(key) <= set(chosen) for key, odd in zip(accepted, at_odds, strict=True) if not odd
    )
    return Judgement(supports=True, letters="") if whole else None


def _declared(text: str, known: str) -> dict[str, bool]:
    """Returns for every option whether the explanation names it as the answer; {} where it names none."""
    named = {
        frozenset(_letter(label) for label in re.findall(_LABEL, found[1] or found[2]))
        for found in _DECLARED.finditer(text)
    }
    if len(named) != 1 or not (only := named.pop()) <= set(known):
        return {}
    return {letter: letter in only for letter in known}


def _chosen(stem: str, text: str, known: str) -> dict[str, bool]:
    """Returns for every option that is judged whether it then is an answer to the stem."""
    asks_right = wants_right(stem)
    if asks_right is None:
        return {}
    judged = _judged(text)
    if not set(judged) <= set(known):
        return {}
    return {letter: right == asks_right for letter, right in judged.items()}


def _judged(text: str) -> dict[str, bool]:
    """Returns letter -> called right; {} where labels are mixed or an option is called both."""
    label_first, mark_first = _LABEL_FIRST.search(text), _MARK_FIRST.search(text)
    if mark_first and not (label_first and label_first.start() < mark_first.start()):
        pairs = [(found[2], found[1]) for found in _MARK_FIRST.finditer(text)]
    else:
        pairs = [(found[1], found[2]) for found in _LABEL_FIRST.finditer(text)]
    pairs += [(found[1], found[2]) for found in _SENTENCE.finditer(text)]
    said = {(_letter(label), word in RIGHT_WORDS) for label, word in pairs}
    if len({label.isdigit() for label, _ in pairs}) > 1 or len(dict(said)) < len(said):
        return {}
    return dict(sorted(said))


@lru_cache(maxsize=4096)
def wants_right(stem: str) -> bool | None:
    """Tells whether the stem asks for what is right; None where it asks for what is not so in other words."""
    sentences = _SENTENCE_END.split(unicodedata.normalize("NFKC", stem))
    asked = next((one for one in reversed(sentences) if _ASKS.search(one)), "")
    if _WANTS_WRONG.search(asked):
        return False
    if _WANTS_RIGHT.search(asked):
        return True
    unsure = not asked or _POINTS_BACK.match(asked) or _DENIES.search(_OBLIGES.sub("", asked))
    return None if unsure else True


def _letter(label: str) -> str:
    return LETTERS[int(label) - 1] if label.isdigit() else label
