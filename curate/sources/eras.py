"""Years as Japanese texts write them: of an era (平成29年, H29), or marked by 年 (2017年2月)."""

import re
from collections.abc import Callable, Iterator

from curate.sources.values import folded

LONGEST = 200
"""A text of more characters is prose, not a date."""

ERAS = {
    "明治": (1868, 45),
    "大正": (1912, 15),
    "昭和": (1926, 64),
    "平成": (1989, 31),
    "令和": (2019, 99),
}
"""The first year of each era, and its last, which the next era's first year shares; Reiwa still runs."""

_INITIALS = {"S": "昭和", "H": "平成", "R": "令和"}
"""M and T are not read: an "M4" is a student's fourth year more often than 1871."""

_DIGITS = str.maketrans("〇一二三四五六七八九", "0123456789")
_TO = r"\s*[-–~〜・、,]\s*"
_ERA = re.compile(
    rf"(?P<era>{'|'.join(ERAS)})\s*(?P<year>元|[0-9]{{1,4}}十?[0-9]?|十[0-9]?)"
    rf"(?:(?P<several>{_TO}[0-9]+)?\s*年(?P<fiscal>度)?)?"
)
_WESTERN = re.compile(
    rf"(?<![0-9])(?P<several>[0-9]{{4}}{_TO})?(?P<year>[0-9]{{4}})\s*年(?P<fiscal>度)?"
)
_MONTH, _DAY = r"(0?[1-9]|1[0-2])", r"(0?[1-9]|[12][0-9]|3[01])"
_INITIAL = re.compile(
    rf"(?P<era>[SHR])\s*(?P<year>元|[0-9]{{1,2}})(年(?P<fiscal>度)?.*|[./-]{_MONTH}([./-]{_DAY})?)?",
    re.IGNORECASE,
)
_NAMED_INITIAL = re.compile(r"(?<![A-Za-z0-9])(?P<era>[SHRshr])(?P<year>[0-9]{2})(?![A-Za-z0-9])")
_NAMED_WESTERN = re.compile(
    rf"(?<![0-9])(?P<year>(?:19|20)[0-9]{{2}})(?:{_MONTH.replace('?', '')}{_DAY.replace('?', '')})?(?![0-9])"
)


def written_year(value: str) -> int | None:
    """Returns the one year that a date writes by era or marks with 年; None where it writes none.

    Raises ValueError for a year that its era does not have, a fiscal year, and several years.
    """
    text = folded(value)
    if len(text) > LONGEST:
        return None
    initial = _INITIAL.fullmatch(text)
    if initial:
        _refuse_several(initial, ("fiscal",))
        return _of_era(initial)
    return _only(list(_marked(text)))


def named_year(name: str) -> int | None:
    """Returns the one year in a name: as dates write it, H29 with two digits, 2017 or 20170215.

    Raises ValueError as `written_year` does.
    """
    text = folded(name)
    found = [
        *_marked(text),
        *(_of_era(match) for match in _NAMED_INITIAL.finditer(text)),
        *(int(match["year"]) for match in _NAMED_WESTERN.finditer(text)),
    ]
    return _only(found)


def path_year(path: str) -> int | None:
    """Returns the year in a file's name without suffix, or else in its nearest folder's; None if none."""
    *folders, name = path.split("/")
    stem = name.rpartition(".")[0] or name
    years = (named_year(part) for part in (stem, *reversed(folders)))
    return next((year for year in years if year is not None), None)


def _marked(text: str) -> Iterator[int]:
    """Yields the years in a text that an era's name or a 年 marks as such."""
    plain = text.translate(_DIGITS)
    read: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], int]], ...] = (
        (_ERA, _of_era),
        (_WESTERN, lambda match: int(match["year"])),
    )
    for pattern, year in read:
        for match in pattern.finditer(plain):
            _refuse_several(match, ("fiscal", "several"))
            yield year(match)


def _refuse_several(match: re.Match[str], marks: tuple[str, ...]) -> None:
    if any(match[mark] for mark in marks):
        what = "a fiscal year lies" if match["fiscal"] else "lies"
        raise ValueError(f"{match[0]}: {what} in several calendar years; write one")


def _of_era(match: re.Match[str]) -> int:
    era = _INITIALS.get(match["era"].upper(), match["era"])
    first, last = ERAS[era]
    year = _number(match["year"])
    if not 1 <= year <= last:
        raise ValueError(f"{era} has no year {year}; its years are 1-{last}")
    return first + year - 1


def _number(written: str) -> int:
    """Returns the number in digits, of 元 (1), and with a ten in it ("2十9")."""
    if written == "元":
        return 1
    tens, ten, ones = written.rpartition("十")
    return int(ones or 0) + (int(tens or 1) * 10 if ten else 0)


def _only(found: list[int]) -> int | None:
    years = sorted(set(found))
    if len(years) > 1:
        raise ValueError(f"names several years: {', '.join(map(str, years[:3]))}; write one")
    return years[0] if years else None
