"""Numbers as a reader sees them: separators, denominators, nothing rounded up to 100 %."""

from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, Decimal

from curate.models import Bounded

__all__ = [
    "bar_width",
    "bounds",
    "count",
    "decimals",
    "interval",
    "p_value",
    "percent",
    "percent_of",
    "percent_up",
    "plural",
    "points",
    "score",
    "short",
    "signed",
    "signed_whole",
    "span",
    "whole",
    "year_ranges",
]

_TENTH = Decimal("0.1")
_LAST_TENTH = Decimal("99.9")
_LEAST_P, _FINE_P = 0.001, 0.1


def count(number: int) -> str:
    """Returns the number with thousands separators."""
    return f"{number:,}"


def plural(number: int, noun: str, many: str = "") -> str:
    """Returns "1 leak" or "3 leaks"."""
    return f"{count(number)} {noun if number == 1 else many or noun + 's'}"


def percent(share: float) -> str:
    """Returns a share as percent, rounded down to a tenth: only a whole share is "100 %"."""
    return f"{_tenths(share, ROUND_FLOOR)} %"


def percent_up(share: float) -> str:
    """Returns a share of errors as percent, rounded up, so that no error is rounded away."""
    return f"{_tenths(share, ROUND_CEILING)} %"


def percent_of(part: int, whole: int) -> str:
    """Returns `part` of `whole` as percent, rounded down; "no share" of nothing."""
    if not whole:
        return "no share"
    tenths = part * 1000 // whole
    if part and not tenths:
        return "<0.1 %"
    return "100 %" if part == whole else f"{tenths // 10}.{tenths % 10} %"


def interval(low: float, high: float) -> str:
    """Returns an interval of shares as "[98.6, 99.4]", in percent."""
    return f"[{_tenths(low, ROUND_FLOOR)}, {_tenths(high, ROUND_FLOOR)}]"


def decimals(share: float) -> str:
    """Returns a rate as the papers print it, ".868"; only a whole one is "1"."""
    text = f"{share:.3f}"
    return "1" if share == 1 else ".999" if text == "1.000" else text.removeprefix("0")


def points(difference: float) -> str:
    """Returns a difference of rates in points of 100, with a digit: "2.1"."""
    text = f"{difference * 100:.1f}"
    return "0.0" if text == "-0.0" else text.replace("-", "−")


def bounds(one: Bounded) -> str:
    """Returns the interval of a rate, "[.853, .881]"; nothing where there is none."""
    return (
        ""
        if one.low is None or one.high is None
        else f"[{decimals(one.low)}, {decimals(one.high)}]"
    )


def span(one: Bounded) -> str:
    """Returns the interval of a difference in points of 100, "[0.8, 3.4]"; nothing where there is none."""
    return "" if one.low is None or one.high is None else f"[{points(one.low)}, {points(one.high)}]"


def p_value(p: float) -> str:
    """Returns a p value with as many digits as it is good for; none is "0"."""
    return "<0.001" if p < _LEAST_P else f"{p:.3f}" if p < _FINE_P else f"{p:.2f}"


def score(share: float) -> str:
    """Returns a score in [0, 1] with two digits, rounded down."""
    return str(Decimal(str(share)).quantize(Decimal("0.01"), rounding=ROUND_FLOOR))


def signed(value: float) -> str:
    """Returns a number in [-1, 1] with its sign and two digits, rounded towards 0: only ±1 is "±1.00"."""
    cut = Decimal(str(value)).quantize(Decimal("0.01"), rounding=ROUND_DOWN)
    return f"{cut:+}".replace("-", "−") if cut else "0.00"


def signed_whole(value: float) -> str:
    """Returns a number with its sign, rounded to a whole one."""
    return f"{round(value):+,}".replace("-", "−") if round(value) else "0"


def whole(value: float) -> str:
    """Returns a number rounded to a whole one, with thousands separators."""
    return count(round(value))


def bar_width(part: int, whole: int) -> str:
    """Returns the CSS width of a bar, in percent with two digits, within 0 and 100."""
    hundredths = min(part * 10_000 // whole, 10_000) if whole else 0
    return f"{hundredths // 100}.{hundredths % 100:02d}%"


def short(digest: str) -> str:
    """Returns the first twelve digits of a hash, enough to tell two apart by eye."""
    return digest[:12]


def year_ranges(years: Sequence[int]) -> str:
    """Returns years as "2018-2020, 2022"."""
    runs: list[list[int]] = []
    for year in sorted(set(years)):
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def _tenths(share: float, rounding: str) -> str:
    value = (Decimal(str(share)) * 100).quantize(_TENTH, rounding=rounding)
    if value == 0 and share > 0:
        return "<0.1"
    # Only a whole share may read as 100, even where errors are rounded up.
    if share >= 1:
        return "100"
    return str(min(value, _LAST_TENTH))
