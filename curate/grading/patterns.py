"""The patterns, as a table: a name, a regular expression, what is read, and what must stand in the text.

Patterns of one tier are equal, and the match that ends last wins, because answers are corrected later on; a
tier is only asked where those above found nothing. A new pattern is one entry here.
"""

import re
from typing import NamedTuple

from curate.grading.fits import by_copula, by_predicate, by_subject, by_topic
from curate.grading.keys import END, KEYS, NOT
from curate.grading.numbers import ALONE, NUMBER, UNIT, number_in
from curate.grading.phrases import (
    ANSWER,
    CLEFT,
    CLEFT_LIST,
    COPULA,
    FITS_AS,
    NAME,
    OPTION_TOPIC,
    PREDICATE,
    PREDICATE_EN,
    SAID,
    STATES,
    TOPIC,
    UNSURE,
    WORD,
)
from curate.grading.picks import Pick, closing, edge, last
from curate.grading.readers import all_options, by_letter, by_line
from curate.grading.restated import RESTATED, RESTATES, by_restated, by_restating
from curate.grading.verdicts import VERDICT, by_verdicts
from curate.models import LETTERS


class Pattern(NamedTuple):
    """One way to state an answer; `whole` ones match nothing less than the text.

    `hints`: without one of them in the text the expression is not tried.
    """

    name: str
    regex: re.Pattern[str]
    pick: Pick
    hints: tuple[str, ...] = ()
    whole: bool = False


def _pattern(
    name: str, regex: str, pick: Pick, hints: tuple[str, ...] = (), *, whole: bool = False
) -> Pattern:
    return Pattern(name, re.compile(regex, re.MULTILINE), pick, hints, whole)


_KEYS = rf"(?P<keys>{KEYS})"

WHOLE = (
    _pattern("bare", rf"\W{{0,4}}{_KEYS}\W{{0,4}}", last(by_letter), whole=True),
    _pattern("option", r"(?P<said>[^\n]{1,200})", last(by_line), whole=True),
)
STATEMENTS = (
    _pattern("answer_line", rf"{ANSWER}{_KEYS}{END}{NOT}", last(by_letter), STATES),
    _pattern(
        "heading",
        rf"^[#【\[ ]{{0,6}}(?:最終的?な?|final )?{WORD}[】\]]?\s?:?\n{{1,2}}\W{{0,4}}{_KEYS}\W{{0,3}}$"
        r"(?!\n\s{0,2}[a-j](?![a-z]))",
        last(by_letter),
        STATES,
    ),
    _pattern("answer_text", rf"{ANSWER}{SAID}", last(by_line), STATES),
    _pattern(
        "all_options",
        rf"{ANSWER}(?:全て|すべて|全部|all(?= of| the|\W|$))",
        last(all_options),
        ("全", "すべて", "all"),
    ),
    _pattern(
        "is_answer",
        r"(?:が|を|の(?=正解[とで])|のみが?|だけが)\s{0,2}(?:最も|一番)?(?:正解|正答|答え|解答|回答)"
        + UNSURE,
        last(by_subject),
        ("正解", "正答", "答え", "解答", "回答"),
    ),
    _pattern(
        "is_answer_en",
        rf"{_KEYS},? (?:is|are) (?:the )?(?:most )?(?:correct|right|best|appropriate|likely)"
        r" (?:answers?|option|choice)",
        last(by_letter),
        (" is ", " are "),
    ),
    _pattern(
        "correction",
        rf"(?:[a-j]\W{{0,2}}(?:では|じゃ|で)なく(?:て)?|正しくは|訂正(?:します|すると|する)?"
        rf"|(?<![a-z])(?:actually|correction|i meant|rather))[、,。:]?\s{{0,3}}{NAME}{_KEYS}{END}{NOT}",
        last(by_letter),
        ("なく", "正しくは", "訂正", "actually", "correction", "meant", "rather"),
    ),
    _pattern(
        "conclusion",
        r"(?:したがって|従って|よって|ゆえに|以上(?:より|から)|(?<![a-z])(?:therefore|thus|hence|so))"
        r"[、,]?\s?(?:正解|正答|答え)?(?:選択肢|option )?"
        rf"{_KEYS}(?=である|です|とな[るり]|と(?:判断|考え)|\s{{0,2}}[。.]?\s{{0,2}}$)",
        last(by_letter),
        ("したがって", "従って", "よって", "ゆえに", "以上", "therefore", "thus", "hence", "so "),
    ),
    _pattern(
        "chosen",
        r"を(?:まず)?(?:予想|選(?:択(?!しな|せず|肢|すると)|び(?!がち)|ぶ(?!べきでは|のは|と)"
        r"|ん(?!では|だとす)|ばざる))",
        last(by_subject),
        ("を選", "をまず", "を予想"),
    ),
    _pattern(
        "chosen_en",
        r"(?<![a-z])(?<!not )(?:choose|select|chose|selected|pick|go with|corresponds? to|matches)"
        r"[ :](?:the )?"
        rf"(?:option |choice |answer )?{_KEYS}{END}",
        last(by_letter),
        ("choose", "select", "chose", "pick", "go with", "corresponds", "matches"),
    ),
)
STATED = (_pattern("line", rf"^\W{{0,6}}{_KEYS}\W{{0,4}}$", edge(by_letter)), *STATEMENTS)
BOXED = (
    _pattern(
        "boxed",
        rf"\\boxed\s?\{{\s?(?:\\(?:text|mathrm|mathbf)\w{{0,4}}\{{)?\s?{_KEYS}",
        last(by_letter),
        ("\\boxed",),
    ),
)
REMARK = (
    _pattern(
        "remark",
        rf"\W{{0,3}}{_KEYS}(?: \s?|(?=\())(?!正|誤|適|不|[^\n]{{0,80}}[。、 ][a-j][ :.、)])"
        r"[^a-z\s][^\n]{0,80}",
        last(by_letter),
        whole=True,
    ),
)
VERDICTS = (
    _pattern(
        "verdicts",
        VERDICT,
        by_verdicts,
        ("正", "誤", "適", "○", "×", "correct", "true", "false", "wrong"),
    ),
)
PROSE = (
    _pattern(
        "prose",
        PREDICATE,
        by_predicate,
        (
            "最",
            "該当",
            "正",
            "適",
            "妥当",
            "可能性",
            "考えられ",
            "疑われ",
            "誤",
            "有力",
            "挙げ",
            "診断",
        ),
    ),
    _pattern("fits_as", FITS_AS, by_predicate, ("として", "に該当", "に最も")),
    _pattern("option_topic", OPTION_TOPIC, last(by_topic), ("選択肢",)),
    _pattern("topic", TOPIC, last(by_topic), ("最も", "正しい", "正解", "該当", "対応し", "適切")),
    _pattern("prose_en", PREDICATE_EN, last(by_line), (" is ", " are ", " be ")),
    _pattern("restated", RESTATED, last(by_restated), ("は",)),
    _pattern("restates", RESTATES, by_restating, ("は", "が")),
    _pattern("cleft", CLEFT, by_copula, ("は", "のが")),
    _pattern("cleft_list", CLEFT_LIST, by_copula, tuple(f"({one})" for one in LETTERS)),
    _pattern("copula", COPULA, by_copula, ("最", "正", "適", "べき", "誤", "のは", "答")),
)
CHOICE = (WHOLE, STATED, BOXED, REMARK, VERDICTS, PROSE)
"""The tiers for a question with options."""

_NUMBER = r"(?P<number>[^\n。]{0,60})"
NUMERIC = (
    (_pattern("number", ALONE, last(number_in), whole=True),),
    (_pattern("number_line", rf"{ANSWER}{_NUMBER}", last(number_in), STATES),),
    (
        _pattern(
            "result",
            rf"(?:は|が|=|≈|≒|約|で|と|度|率|値)\s?[①-⑳]?\s?(?P<number>(?:{NUMBER}){UNIT})"
            r"(?=です|である|とな|と(?:求|計算|算出)|にな|に相当|[(/。\[]|\s{0,2}$)",
            closing(number_in),
        ),
        _pattern(
            "concluded",
            rf"(?:したがって|よって|ゆえに|以上より)[^。\n]{{1,60}}?は\s?(?P<number>(?:{NUMBER}){UNIT})"
            r"の[^0-9。\n]{1,10}?(?:です|である)",
            last(number_in),
            ("したがって", "よって", "ゆえに", "以上より"),
        ),
    ),
)
"""The tiers for a question that asks for a number."""

NAMES = tuple(pattern.name for tiers in (CHOICE, NUMERIC) for tier in tiers for pattern in tier)
WHOLE_NAMES = frozenset(
    pattern.name
    for tiers in (CHOICE, NUMERIC)
    for tier in tiers
    for pattern in tier
    if pattern.whole
)
"""Patterns that leave no explanation."""
