"""Answers in prose: an option, by letter or exact text, that a sentence calls the one asked for."""

import re
from collections.abc import Sequence

from curate.grading.asked import Asked
from curate.grading.graded import Found
from curate.grading.keys import END, KEYS, NOT, PARENTHESISED, letters_of, parenthesised
from curate.grading.readers import said

_MOST = r"(?:最も|もっとも|一番)"
_NEGATED = (
    r"(?!で(?:は)?な|では|で(?:は)?あ?り?ませ|く(?:ない|なか|あり)|とは(?:言|い|な|限)|と(?:は)?言え"
    r"|に(?:は)?(?:なり得|なら)な|な(?:もの|選択肢)?(?:は|では)(?:な|あ)|し(?:ない|ません|ておらず|得な)"
    r"|(?:られ|れ)(?:ない|ません))"
)
_NAMES = (
    rf"{_MOST}(?:に|も)?(?:適切|妥当|適当|正し|考え(?:られ|やす)|可能性が高|疑わ|疑い|有力|該当|ふさわし|近い|矛盾しな|適し)"
    r"|最適|(?:この)?選択肢(?:に|と)(?:該当|な[るり])|(?:[^。、\n]{1,20}(?:に|として))?(?:該当|対応)(?:す|し)"
    r"|適切な(?:選択肢|対応|治療|処置|検査|答)|正解|正答"
)
PREDICATE = (
    r"(?:が|は|を|も|の(?=可能性)|のみが?|のほうが|の方が)[、,]?\s?(?:本(?:症例|問)では)?(?:"
    rf"(?P<names>{_NAMES}){_NEGATED}"
    rf"|(?P<right>正しい|適切|適し|妥当|適当|可能性が(?:最も)?高|考えられ|疑われ|最有力){_NEGATED}"
    r"|(?P<wrong>誤り|誤って|正しくな|不適切|適切では?な|不適当|適当でな))"
)
"""What is said of an option; `names` calls it the answer, `right` and `wrong` do so by what the stem wants."""

PREDICATE_EN = (
    r"(?:^|[.,;]\s{0,2}|therefore,? |thus,? |so )(?:the )?(?P<said>[^.\n]{2,80}?) (?:is|are|would be) (?:the )?"
    r"(?:most (?:appropriate|likely|suitable|common|probable)|best|correct)"
)
"""The same in English, of an option by its text."""

OPTION_SENTENCE = (
    rf"選択肢\s?(?P<keys>{KEYS})(?:の[^。、\n]{{1,25}})?\s?(?:は|が|では)[^。\n]{{0,120}}?(?:、|ため|ので|に|の|で)"
    rf"(?:{_MOST}(?:適切|妥当|適当|正し|考え|可能性)|該当(?:す|し)|対応して){_NEGATED}"
)
"""A whole sentence on one option, which it calls the answer at its end."""

COPULA = (
    rf"(?:{_MOST}|最適|正し[いく]|正解|正答|適切|べき|誤って|高いの|なるの)[^。\n]{{0,40}}?"
    r"は[、,:]?\s?(?P<said>[^。\n]{1,60}?)"
    r"(?:である|です|だ(?=[。\n]|$)|と(?:考え|判断|思わ|な[るり])|だと|が(?:最も)?(?:妥当|適切|考え)|(?=[。\n]|$))"
)
"""A sentence whose subject asks, and whose predicate is an option."""

_REACH = 90
_CLAUSE = re.compile(r"[。\n]")
_LETTERS = re.compile(rf"(?P<keys>{KEYS})(?:の[^。、\n]{{1,25}})?$")
_WITH_LETTERS = re.compile(rf"{PARENTHESISED}$")
_LEADING = re.compile(
    rf"(?:[a-j]\s?[~-]\s?[a-j]の(?:うち|中で)[、,]?)?(?:選択肢)?\s?(?P<keys>{KEYS}){END}{NOT}"
)
_LIST = re.compile(rf"{PARENTHESISED}")
_COMMA = re.compile(r"[、,]|ため|ので|から|のは|(?=「)")


def by_predicate(matches: Sequence[re.Match[str]], asked: Asked) -> Found | None:
    """Reads what the last sentence names as the answer; else what all of those that fit the stem agree on."""
    fitting: list[Found] = []
    for match in reversed(matches):
        if match["right"] and asked.wants_right is False:
            continue
        if match["wrong"] and asked.wants_right is not False:
            continue
        found = _subject(match, asked)
        if found and match["names"]:
            return found
        if found:
            fitting.append(found)
    return fitting[0] if len({one.letters for one in fitting}) == 1 else None


def by_copula(matches: Sequence[re.Match[str]], asked: Asked) -> Found | None:
    """Reads the last option that a sentence says the asked one to be."""
    for match in reversed(matches):
        told = match["said"].strip()
        if found := _leading(told, match, asked):
            return found
        if found := said(told, match.start(), match.end(), asked):
            return found
    return None


def _subject(match: re.Match[str], asked: Asked) -> Found | None:
    """Reads what a predicate is said of: letters right before it, or an option's text since the last break."""
    before = match.string[max(0, match.start() - _REACH) : match.start()]
    clause = _CLAUSE.split(before)[-1] if not _LETTERS.search(before) else before
    if listed := _WITH_LETTERS.search(clause):
        letters, either = parenthesised(listed[0])
        return Found(match.start(), match.end(), letters, conflict=either)
    if lettered := _LETTERS.search(clause):
        letters, either = letters_of(lettered["keys"])
        return Found(match.start(), match.end(), letters, conflict=either) if letters else None
    pieces = [clause, *(clause[cut.end() :] for cut in _COMMA.finditer(clause))]
    for piece in pieces:
        if found := said(piece.removeprefix("選択肢"), match.start(), match.end(), asked):
            return found
    return None


def _leading(told: str, match: re.Match[str], asked: Asked) -> Found | None:
    if lettered := _LEADING.match(told):
        letters, either = letters_of(lettered["keys"])
    elif listed := _LIST.match(told):
        letters, either = parenthesised(listed[0])
    else:
        return None
    return Found(match.start(), match.end(), letters, conflict=either) if letters else None
