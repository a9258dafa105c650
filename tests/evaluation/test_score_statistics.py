"""The statistics on simulated answers whose truth is known, with fixed seeds."""

import numpy as np
import pytest
from scipy.stats import binomtest

from curate.evaluation import flips, holm, mcnemar, paired_difference, rate_interval
from curate.intervals import wilson

RUNS, DRAWS = 300, 600


def _cases(rng, size=150, of=3):
    """Cases of three questions that are answered alike: 1 right, 0 wrong, in two modes."""
    hard = rng.normal(0, 1.5, size).repeat(of)
    one = (rng.normal(0, 1, size * of) + 0.3 > hard).astype(float)
    moved = rng.normal(0, 1.5, size).repeat(of)
    other = (rng.normal(0, 1, size * of) + 0.1 + moved > hard).astype(float)
    return one, other, [str(n) for n in np.arange(size).repeat(of)]


def _truth():
    one, other, _ = _cases(np.random.default_rng(99), size=1_000_000)
    return one.mean() - other.mean(), one.mean()


@pytest.fixture(scope="module")
def intervals():
    """Intervals of many simulated exams: of the difference and the rate, by cases and by single items."""
    found = {"difference": [], "rate": [], "single": []}
    for run in range(RUNS):
        one, other, cases = _cases(np.random.default_rng(run))
        total, single = np.ones(len(one)), [str(n) for n in range(len(one))]
        both = (one, other)
        found["difference"].append(paired_difference(both, total, cases, seed=run, draws=DRAWS))
        found["rate"].append(rate_interval(one, total, cases, seed=run, draws=DRAWS))
        found["single"].append(paired_difference(both, total, single, seed=run, draws=DRAWS))
    return found


def _coverage(intervals, truth):
    return sum(low <= truth <= high for _, low, high in intervals) / len(intervals)


def test_intervals_over_cases_cover_the_truth(intervals):
    difference, rate = _truth()
    assert 0.92 <= _coverage(intervals["difference"], difference) <= 0.98
    assert 0.92 <= _coverage(intervals["rate"], rate) <= 0.98


def test_intervals_over_single_items_would_not(intervals):
    assert _coverage(intervals["single"], _truth()[0]) < 0.90


def test_the_difference_is_of_points():
    value, low, high = paired_difference(([3, 0, 1], [0, 0, 1]), [3, 1, 1], ["a", "b", "c"])
    assert value == pytest.approx(3 / 5)
    assert low <= value <= high


@pytest.mark.parametrize("cases", [2, 24, 2000])
def test_equal_answers_and_none_right_are_as_unsure_as_their_cases_are_few(cases):
    names, ones, none = [str(n) for n in range(cases)], [1.0] * cases, [0.0] * cases
    hidden = float(1 - 0.025 ** (1 / cases))
    assert binomtest(0, cases).proportion_ci(method="exact").high == pytest.approx(hidden)
    assert paired_difference((ones, ones), ones, names, draws=9) == pytest.approx(
        (0, -hidden, hidden)
    )
    assert rate_interval(none, ones, names, draws=9) == pytest.approx((0, 0, hidden))
    assert rate_interval(ones, ones, names, draws=9) == pytest.approx((1, 1 - hidden, 1))


def test_a_seed_gives_the_same_interval():
    one, other, cases = _cases(np.random.default_rng(1))
    total = np.ones(len(one))
    first, again, third = (
        paired_difference((one, other), total, cases, seed=seed, draws=500) for seed in (5, 5, 6)
    )
    assert first == again
    assert first != third


def test_draws_without_a_point_are_no_error():
    value, low, high = rate_interval([1, 0], [1, 0], ["a", "b"], draws=200)
    assert (value, low, high) == (1.0, 0.0, 1.0)


@pytest.mark.parametrize("clusters", [["a"], []])
def test_one_case_has_no_interval(clusters):
    with pytest.raises(ValueError, match=r"two or more|at least"):
        rate_interval([1.0] * len(clusters), [1.0] * len(clusters), clusters)


def test_values_that_do_not_fit_their_cases():
    with pytest.raises(ValueError, match="as many values"):
        rate_interval([1, 0], [1, 1], ["a"])


def test_mcnemar_keeps_its_size_and_has_power():
    rng = np.random.default_rng(7)
    discordant = rng.binomial(400, 0.2, 2000)
    null = [
        mcnemar(b, n - b) for n, b in zip(discordant, rng.binomial(discordant, 0.5), strict=True)
    ]
    shifted = [
        mcnemar(b, n - b) for n, b in zip(discordant, rng.binomial(discordant, 0.7), strict=True)
    ]
    assert 0.02 <= np.mean(np.array(null) <= 0.05) <= 0.06
    assert np.mean(np.array(shifted) <= 0.05) > 0.9


@pytest.mark.parametrize(
    ("first", "second", "p"),
    [(0, 0, 1.0), (5, 5, 1.0), (0, 6, 2 / 64), (10, 2, 158 / 4096), (2, 10, 158 / 4096)],
)
def test_mcnemar_by_hand(first, second, p):
    assert mcnemar(first, second) == pytest.approx(p)


def test_holm_by_hand():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []


def test_holm_keeps_the_family_error():
    rng = np.random.default_rng(3)
    families = rng.uniform(size=(4000, 5))
    assert 0.04 <= np.mean([min(holm(one)) <= 0.05 for one in families]) <= 0.06
    assert np.mean(families.min(axis=1) <= 0.05) > 0.2


def test_flips_by_hand():
    right = ([True, True, False, False, False], [True, False, True, False, False])
    answers = (
        [("a",), ("b",), ("c",), ("d",), ("e",)],
        [("a",), ("c",), ("b",), ("d",), ("a",)],
    )
    found = flips(right, answers)
    assert found[:5] == (1, 1, 1, 1, 1)
    assert found.agreement == 2 / 5
    assert sum(found[:5]) == 5


def test_flips_of_nothing_or_of_other_items():
    with pytest.raises(ValueError, match="no item"):
        flips(([], []), ([], []))
    with pytest.raises(ValueError, match="argument"):
        flips(([True], [True, False]), ([("a",)], [("a",)]))


def test_wilson_covers():
    rng = np.random.default_rng(11)
    for truth in (0.5, 0.9, 0.98):
        known = {some: wilson(some, 200)[1:] for some in range(201)}
        drawn = rng.binomial(200, truth, 4000)
        covered = np.mean([known[some][0] <= truth <= known[some][1] for some in drawn])
        assert 0.93 <= covered <= 0.975
