"""How answers are spelled: letters alone, in lists, in ranges, run together; and what may follow them.

All of it is for folded text. Every repeat is bounded, so that no text costs more than its length.
"""

import re

from curate.models import LETTERS

_OPEN, _CLOSE = r"[(\[「『【〈<{\"'“‘]{0,2}", r"[)\]」』】〉>}\"'”’]{0,2}"
GLOSS = r"\s?(?:\([^()\n]{1,60}\)|「[^「」\n]{1,60}」|〈[^〈〉\n]{1,60}〉)"
"""What is said of a letter in brackets behind it, most often the option's text."""

_ITEM = rf"(?:選択肢\s?|option |choice )?{_OPEN}[a-j]{_CLOSE}(?:{GLOSS})?"
_OR = r"または|又は|もしくは|あるいは|か(?!ら)|や|or"
_AND = r"[,、・･/|&+;]|と|及び|および|ならびに|,? and"
_LIST = rf"(?>{_ITEM}(?:(?:\s?(?:{_AND}|{_OR})\s?|[ \t]){_ITEM}(?![a-z0-9])){{0,9}})"
_TOGETHER = rf"{_OPEN}[a-j]{{2,8}}{_CLOSE}"
_RANGE = rf"{_OPEN}[a-j]{_CLOSE}\s?[~-]\s?{_OPEN}[a-j]{_CLOSE}"
KEYS = rf"(?<![a-z0-9])(?:{_RANGE}|{_TOGETHER}|{_LIST})(?![a-z0-9~])"
"""One or more options by their letters: `c`, `(c)`, `a, d`, `a・d`, `aとd`, `acd`, `a~d`, `b (its text)`."""

PARENTHESISED = r"(?:[^()。\n]{1,30}\((?:選択肢)?[a-j]\)){1,6}"
"""Options by their texts, each with its letter behind it: `text (b) and text (e)`."""

END = (
    r"(?=\s{0,3}(?:$|\n|[。.,、;:!?)\]}」』】\"'”’（(「〈<|*]|です|である|だ(?!け)|と(?!も)|が|は|を|に"
    r"|の(?!中|うち|いずれ|どれ|どちら|み)|も|から|より|となる)"
    r"|\s{1,3}[^a-z0-9\s])"
)
"""What may stand behind letters that are an answer: no word goes on, no choice among them follows."""

NOT = r"(?!\s{0,2}(?:では(?:な|あり)|じゃな|でな|は(?:誤|不|間)|(?:is|are) (?:not|in)|isn't|aren't|を?除))"
"""Behind an answer: it is not taken back at once."""

_NAMED = re.compile(r"(?<![a-z0-9])[a-j](?![a-z0-9])")
_SPAN = re.compile(r"(?<![a-z0-9])([a-j])\W{0,4}[~-]\W{0,4}([a-j])(?![a-z0-9])")
_RUN = re.compile(r"(?<![a-z0-9])[a-j]{2,8}(?![a-z0-9])")
_GLOSSES = re.compile(rf"(?<=[a-j\])]){GLOSS}")
_SINGLE = re.compile(r"\([a-j]\)")
_EITHER = re.compile(r"または|又は|もしくは|あるいは|か(?!ら)|や|(?<![a-z])or(?![a-z])")
_PAIR = 2
_SLASHES = re.compile(r"[/|]")


def letters_of(spelled: str) -> tuple[str, bool]:
    """Returns the letters that a match of KEYS names, sorted, and whether it offers them as alternatives.

    There are none where the match is no answer: a word such as "bad", or options listed as in a template.
    """
    if not _SINGLE.search(spelled):
        spelled = _GLOSSES.sub("", spelled)
    spelled = spelled.replace("選択肢", "").replace("option ", "").replace("choice ", "")
    if span := _SPAN.search(spelled):
        first, last = LETTERS.index(span[1]), LETTERS.index(span[2])
        return LETTERS[first : last + 1], False
    named = _NAMED.findall(spelled)
    if not named:
        run = _RUN.search(spelled)
        ascending = run is not None and list(run[0]) == sorted(set(run[0]))
        return (run[0] if run and ascending else ""), False
    if len(named) > _PAIR and len(_SLASHES.findall(spelled)) >= len(named) - 1:
        return "", False
    return "".join(sorted(set(named))), len(named) > 1 and bool(_EITHER.search(spelled))


def parenthesised(spelled: str) -> tuple[str, bool]:
    """Returns the letters in brackets of a match of PARENTHESISED, and whether they are alternatives."""
    spelled = spelled.replace("(選択肢", "(")
    named = [found[1] for found in _SINGLE.findall(spelled)]
    rest = re.split(r"\([a-j]\)", spelled)[1:-1]
    either = any(
        part.startswith(("や", "また", "又", "もし", "ある", "か", " or")) for part in rest
    )
    return "".join(sorted(set(named))), len(named) > 1 and either
