"""Sentences that state an answer, as regular expressions over folded text."""

from curate.grading.keys import KEYS, PARENTHESISED

WORD = (
    r"(?:答え?|解答|回答|正解|正答|答案|結論"
    r"|(?<![a-z])(?:answers?|correct (?:option|choice)|final choice))"
)
"""What an answer is announced by."""

NAME = r"(?:the )?(?:選択肢|option|choice|記号|番号)?[^\S\n]{0,2}"
_LINK = (
    r"(?:[\"'」】\])]{0,3}\s{0,2}(?:\([^()\n]{0,15}\))?\s{0,2}"
    r"(?:は(?!、?\s{0,2}(?:次|以下)の)|が(?=\s?[(「]?[a-j])|:|=|→|⇒|仍?[为為]"
    r"|(?:(?:would|should|must) )?(?:is|are|be)\b)[、,:]?[^\S\n]{0,4}"
    r"|[】\]][^\S\n]{0,4}|(?:(?<=^答え)|(?<=回答)|(?<=正解)|(?<=正答)) {1,3})"
)
ANSWER = rf"{WORD}{_LINK}{NAME}"
SAID = r"(?P<said>[^\n]{1,160}?)(?:である|です|となる|だ)?[。.]?$"
STATES = ("答", "正解", "結論", "answer", "correct", "choice")
UNSURE = r"(?!では|じゃ|でな|肢?は|とは(?:な|言え)|に(?:は)?な(?:ら|り得)な)"


_MOST = r"(?:最も|もっとも|一番)"
_NEGATED = (
    r"(?!で(?:は)?な|では|で(?:は)?あ?り?ませ|く(?:ない|なか|あり)|とは(?:言|い|な|限)|と(?:は)?言え"
    r"|に(?:は)?(?:なり得|なら)な|な(?:もの|選択肢)?(?:は|では)(?:な|あ)|し(?:ない|ません|ておらず|得な)"
    r"|(?:られ|れ)?(?:ない|なか|ません|にくい))"
)
_NAMES = (
    rf"{_MOST}(?:に|も|[^。、\n]{{1,12}}に)?(?:適切|妥当|適当|正し|考え(?:られ|やす)|可能性が高"
    r"|疑わ|疑い|有力|一致|合致|該当|ふさわし|近い|矛盾しな|適し)"
    r"|最適|(?:この)?選択肢(?:に|と)(?:該当|な[るり])"
    r"|適切な(?:選択肢|対応|治療|処置|検査|答|回答|解答)|正解|正答"
)
PREDICATE = (
    r"(?:が|は|を|も|に(?=該当)|の(?=可能性|診断)|と(?=診断)|のみが?|のほうが|の方が)"
    r"[、,]?\s?(?:本(?:症例|問)では)?(?:"
    rf"(?P<names>{_NAMES}){_NEGATED}"
    rf"|(?P<right>正しい|適切|適し|妥当|適当|可能性が(?:最も)?高|考えられ|疑われ|最有力|有力(?:です|である|で、|と(?=考え|判断|思わ|され))|挙げられ"
    rf"|診断(?:とな|され|でき|し|す|に至)){_NEGATED}"
    rf"|(?P<meets>該当(?:す|し)){_NEGATED}"
    r"|(?P<wrong>誤り|誤って|正しくな|不適切|適切では?な|不適当|適当でな))"
)
"""What is said of an option.

`names` calls it the answer, `meets` what is asked for; `right` and `wrong` do so by what the stem wants.
"""

FITS_AS = (
    r"(?:が|は)[^。、\n]{1,20}?(?:として|に)(?:最も)?"
    rf"(?:(?P<meets>該当(?:す|し))|(?P<right>適切|正しい|妥当|適し)){_NEGATED}"
)
"""What an option is said to be an example of."""

PREDICATE_EN = (
    r"(?:^|[.,;]\s{0,2}|therefore,? |thus,? |so )(?:the )?(?P<said>[^.\n]{2,80}?)"
    r" (?:is|are|would be) (?:the )?"
    r"(?:most (?:appropriate|likely|suitable|common|probable)|best|correct)"
)
"""The same in English, of an option by its text."""

_ENDS = (
    rf"(?:(?P<names>{_MOST}(?:適切|妥当|適当|正し|考え|可能性|適し)|(?:正しい|適切な)(?:選択肢|答|回答|解答)"
    rf"|正解(?:と|で)|(?:該当|対応)(?:す|し)){_NEGATED}|(?P<right>適切な[^。、\n]{{1,10}}(?:です|である)|として適切(?:です|である|と(?=考え|判断))))"
)
TOPIC = (
    rf"(?:^|(?<=[。\n]))\s?(?P<said>[^。、\n]{{1,50}}?)(?:では|は)[、,]?[^。\n]{{1,130}}?{_ENDS}"
)
"""A sentence that begins with one option, and calls it the answer at its end."""

OPTION_TOPIC = (
    rf"選択肢\s?(?P<said>{KEYS}(?:の[^。、\n]{{1,25}})?)\s?(?:では|は|が)[、,]?"
    rf"[^。\n]{{1,130}}?{_ENDS}"
)
"""The same anywhere in a sentence, of options by their letters."""

COPULA = (
    rf"(?:{_MOST}|最適|正し[いく]|正解|正答|適切|べき|誤って|高いの|なるの)[^。\n]{{0,40}}?"
    r"(?<!で)は[、,:]?\s?(?P<said>[^。\n]{1,60}?)"
    r"(?:である|です|だ(?=[。\n]|$)|と(?:考え|判断|思わ|な[るり])|だと"
    r"|が(?:最も)?(?:妥当|適切|考え)|(?=[。\n]|$))"
)
"""A sentence whose subject asks, and whose predicate is an option."""

CLEFT = (
    rf"(?<=[^。、\n]{{3}})(?:は|(?<=の)が)[、,:]?\s?(?P<said>(?:[a-j]\s?[~-]\s?[a-j]のうち)?(?:選択肢)?{KEYS}"
    r"(?:[の.:][^。、\n]{1,25}?)?)(?:である|です|だ(?=[。\n]|$)|とな[るり]|と(?:考え|判断))"
)
"""A sentence whose predicate is an option's letter."""

CLEFT_LIST = (
    rf"(?:は|したがって|よって|ゆえに)[、,:]?\s?(?P<said>{PARENTHESISED})(?:のみ|だけ)?"
    r"(?:である|です|だ(?=[。\n]|$)|とな[るり]|と(?:考え|判断))"
)
"""The same of options by text and letter."""
