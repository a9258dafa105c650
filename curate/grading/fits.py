"""Answers in prose: an option, by letter or exact text, that a sentence calls the one asked for."""

import re
from collections.abc import Sequence

from curate.grading.asked import Asked
from curate.grading.graded import Found
from curate.grading.keys import KEYS, PARENTHESISED
from curate.grading.subjects import leading, subject

_MOST = r"(?:最も|もっとも|一番)"
_NEGATED = (
    r"(?!で(?:は)?な|では|で(?:は)?あ?り?ませ|く(?:ない|なか|あり)|とは(?:言|い|な|限)|と(?:は)?言え"
    r"|に(?:は)?(?:なり得|なら)な|な(?:もの|選択肢)?(?:は|では)(?:な|あ)|し(?:ない|ません|ておらず|得な)"
    r"|(?:られ|れ)(?:ない|ません))"
)
_NAMES = (
    rf"{_MOST}(?:に|も|[^。、\n]{{1,12}}に)?(?:適切|妥当|適当|正し|考え(?:られ|やす)|可能性が高|疑わ|疑い|有力|一致|合致|該当|ふさわし|近い|矛盾しな|適し)"
    r"|最適|(?:この)?選択肢(?:に|と)(?:該当|な[るり])"
    r"|適切な(?:選択肢|対応|治療|処置|検査|答|回答|解答)|正解|正答"
)
PREDICATE = (
    r"(?:が|は|を|も|に(?=該当)|の(?=可能性|診断)|と(?=診断)|のみが?|のほうが|の方が)[、,]?\s?(?:本(?:症例|問)では)?(?:"
    rf"(?P<names>{_NAMES}){_NEGATED}"
    rf"|(?P<right>正しい|適切|適し|妥当|適当|可能性が(?:最も)?高|考えられ|疑われ|最有力|挙げられ"
    rf"|診断(?:とな|され|でき|し|す|に至)){_NEGATED}"
    rf"|(?P<meets>該当(?:す|し)){_NEGATED}"
    r"|(?P<wrong>誤り|誤って|正しくな|不適切|適切では?な|不適当|適当でな))"
)
"""What is said of an option; `names` calls it the answer, `meets` one, `right` and `wrong` by what the stem wants."""

FITS_AS = (
    r"(?:が|は)[^。、\n]{1,20}?(?:として|に)(?:最も)?"
    rf"(?:(?P<meets>該当(?:す|し))|(?P<right>適切|正しい|妥当|適し)){_NEGATED}"
)
"""What an option is said to be an example of."""

PREDICATE_EN = (
    r"(?:^|[.,;]\s{0,2}|therefore,? |thus,? |so )(?:the )?(?P<said>[^.\n]{2,80}?) (?:is|are|would be) (?:the )?"
    r"(?:most (?:appropriate|likely|suitable|common|probable)|best|correct)"
)
"""The same in English, of an option by its text."""

_ENDS = (
    rf"(?:(?P<names>{_MOST}(?:適切|妥当|適当|正し|考え|可能性|適し)|(?:正しい|適切な)(?:選択肢|答|回答|解答)"
    rf"|正解(?:と|で)|(?:該当|対応)(?:す|し)){_NEGATED}|(?P<right>適切な[^。、\n]{{1,10}}(?:です|である)))"
)
TOPIC = (
    rf"(?:^|(?<=[。\n]))\s?(?P<said>[^。、\n]{{1,50}}?)(?:では|は)[、,]?[^。\n]{{1,130}}?{_ENDS}"
)
"""A sentence that begins with one option, and calls it the answer at its end."""

OPTION_TOPIC = rf"選択肢\s?(?P<said>{KEYS}(?:の[^。、\n]{{1,25}})?)\s?(?:では|は|が)[、,]?[^。\n]{{1,130}}?{_ENDS}"
"""The same anywhere in a sentence, of options by their letters."""

COPULA = (
    rf"(?:{_MOST}|最適|正し[いく]|正解|正答|適切|べき|誤って|高いの|なるの)[^。\n]{{0,40}}?"
    r"(?<!で)は[、,:]?\s?(?P<said>[^。\n]{1,60}?)"
    r"(?:である|です|だ(?=[。\n]|$)|と(?:考え|判断|思わ|な[るり])|だと|が(?:最も)?(?:妥当|適切|考え)|(?=[。\n]|$))"
)
"""A sentence whose subject asks, and whose predicate is an option."""

CLEFT = (
    rf"(?<=[^。、\n]{{3}})は[、,:]?\s?(?P<said>(?:[a-j]\s?[~-]\s?[a-j]のうち)?(?:選択肢)?{KEYS}"
    r"(?:の[^。、\n]{1,25})?)(?:である|です|だ(?=[。\n]|$)|とな[るり]|と(?:考え|判断))"
)
"""A sentence whose predicate is an option's letter."""

CLEFT_LIST = rf"は[、,:]?\s?(?P<said>{PARENTHESISED})(?:である|です|だ(?=[。\n]|$)|とな[るり]|と(?:考え|判断))"
"""The same of options by text and letter."""

_REACH = 60
_CLAUSE = re.compile(r"[。、\n]")
_DENIES = re.compile("誤|ない|なく|除|否定|不適|禁|不要|間違")
_AFFIRMS = re.compile("正しい|適切|適当|妥当")


def by_predicate(matches: Sequence[re.Match[str]], asked: Asked) -> Found | None:
    """Reads what the last sentence names as the answer; else what all of those that fit the stem agree on.

    Where the stem asks for several options, those of all sentences are taken together, if they are as many.
    """
    several = min(asked.counts, default=1) > 1
    fitting: list[Found] = []
    for match in reversed(matches):
        if _unfit(match, asked):
            continue
        found = by_subject(match, asked)
        if found and match.lastgroup == "names" and not several:
            return found
        if found:
            fitting.append(found)
    if several:
        letters = "".join(sorted({letter for one in fitting for letter in one.letters}))
        return fitting[0]._replace(letters=letters) if len(letters) in asked.counts else None
    return fitting[0] if len({one.letters for one in fitting}) == 1 else None


def by_topic(match: re.Match[str], asked: Asked) -> Found | None:
    """Reads the option that a sentence begins with."""
    told = None if _unfit(match, asked) else leading(match["said"].strip(), asked)
    if not told or not told[0]:
        return None
    return Found(match.start(), match.end(), told[0], conflict=told[1])


def _unfit(match: re.Match[str], asked: Asked) -> bool:
    """Tells whether what is said of an option makes it no answer, by what the stem wants."""
    if match.lastgroup == "right":
        return asked.wants_right is not True
    return match.lastgroup == "wrong" and asked.wants_right is not False


def by_subject(match: re.Match[str], asked: Asked) -> Found | None:
    """Reads what a statement is made of: the option before it."""
    told = subject(match.string, match.start(), asked)
    if not told or not told[0]:
        return None
    return Found(match.start(), match.end(), told[0], conflict=told[1])


def by_copula(matches: Sequence[re.Match[str]], asked: Asked) -> Found | None:
    """Reads the last option that a sentence says the asked one to be."""
    for match in reversed(matches):
        about = _CLAUSE.split(match.string[max(0, match.start() - _REACH) : match.start("said")])[
            -1
        ]
        denies = bool(_DENIES.search(about))
        if (asked.wants_right and denies) or (
            asked.wants_right is False and not denies and _AFFIRMS.search(about)
        ):
            continue
        told = leading(match["said"].strip(), asked)
        if told and told[0]:
            return Found(match.start(), match.end(), told[0], conflict=told[1])
    return None
