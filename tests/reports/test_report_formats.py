"""Numbers keep their separators and denominators, and none is rounded up to 100 %."""

import pytest

from curate.reports import formats


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (0, "0.0 %"),
        (0.0004, "<0.1 %"),
        (0.29, "29.0 %"),
        (0.9997, "99.9 %"),
        (0.9999999, "99.9 %"),
        (1, "100 %"),
        (1.0, "100 %"),
    ],
)
def test_percent_rounds_down(share, expected):
    assert formats.percent(share) == expected


@pytest.mark.parametrize(
    ("share", "expected"), [(0, "0.0 %"), (0.0004, "0.1 %"), (0.9999, "99.9 %"), (1, "100 %")]
)
def test_a_share_of_errors_rounds_up(share, expected):
    assert formats.percent_up(share) == expected


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        (0, 0, "no share"),
        (0, 5, "0.0 %"),
        (1, 5000, "<0.1 %"),
        (9997, 10_000, "99.9 %"),
        (5, 5, "100 %"),
    ],
)
def test_percent_of_whole_numbers(part, whole, expected):
    assert formats.percent_of(part, whole) == expected


def test_intervals_never_reach_a_hundred_by_rounding():
    assert formats.interval(0.986, 0.99996) == "[98.6, 99.9]"


def test_scores_are_not_rounded_up_to_their_threshold():
    assert formats.score(0.6199) == "0.61"


def test_years_become_ranges():
    assert formats.year_ranges([2022, 2018, 2020, 2021, 2021]) == "2018, 2020-2022"
    assert formats.year_ranges([]) == ""


def test_counts_and_plurals():
    assert formats.count(2073) == "2,073"
    assert formats.plural(1, "leak") == "1 leak"
    assert formats.plural(3000, "leak") == "3,000 leaks"


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [(0, 0, "0.00%"), (1, 3, "33.33%"), (9, 3, "100.00%"), (3, 3, "100.00%")],
)
def test_bars_stay_inside_their_cell(part, whole, expected):
    assert formats.bar_width(part, whole) == expected
