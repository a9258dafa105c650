"""Numbers as answers: with units, with a comma for thousands, behind or in the circled places of a form."""

import re
from decimal import Decimal

from curate.grading.asked import Asked
from curate.grading.graded import Found

NUMBER = r"[0-9]{1,3}(?:,[0-9]{3}){1,4}(?:\.[0-9]{1,12})?|[0-9]{1,20}(?:\.[0-9]{1,12})?"
UNIT = r"[^0-9\n。、=ぁ-ん]{0,16}"
_SYMBOL = r"[^0-9①-⑳\n。、,;=ぁ-ん]{0,12}"
_PLACED = rf"(?:[①-⑳]\s{{0,2}})?(?:{NUMBER})?{_SYMBOL}"
ALONE = (
    rf"(?:約|およそ|about )?\s?(?P<number>(?:[①-⑳]\s{{0,2}})?(?:{NUMBER}){_SYMBOL}"
    rf"(?:[、,;\s]{{0,3}}{_PLACED}){{0,6}})\.?"
)
"""A text that is one number with its unit, or what stands in the circled places of a form."""
_NUMBERS = re.compile(rf"(?<![0-9.]){NUMBER}")
_ASIDE = re.compile(r"\([^()\n]{0,80}\)")
_CIRCLED = re.compile(r"[①-⑳]")
_BLANKS = re.compile(r"[①-⑳\s]")
_PLACES = re.compile(r"((?:\s{0,2}[①-⑳]\s{0,2}[0-9]\s{0,2}\.?){2,12})[^0-9]{0,20}")
_RATE = re.compile(r"/\s?(?:人口)?[0-9,]{1,12}(?:人|対)?")
_EQUAL = re.compile(r"[=≒≈≅]")


def number_in(match: re.Match[str], _asked: Asked) -> Found | None:
    """Reads the one number of a statement; two different ones are a conflict.

    Of an equation the right side counts, and digits in circled places (①2 ②6) are one number.
    """
    said = _EQUAL.split(_RATE.sub("", _ASIDE.sub("", match["number"])).strip())[-1]
    if places := _PLACES.fullmatch(said):
        said = _BLANKS.sub("", places[1])
    told = _NUMBERS.findall(_CIRCLED.sub(" ", said))
    values = {value_of(one) for one in told}
    if not told:
        return None
    return Found(
        match.start(), match.end(), number=plain_number(told[-1]), conflict=len(values) > 1
    )


def plain_number(number: str) -> str:
    """Returns a number without commas for thousands."""
    return number.replace(",", "")


def value_of(number: str) -> Decimal:
    """Returns the value of a number as NUMBER matches it."""
    return Decimal(plain_number(number))
