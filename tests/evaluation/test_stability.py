"""Stability by hand, on invented rows, and its statistics on simulated answers whose truth is known."""

import evaluated_rows as sea
import numpy as np
import polars as pl
import pytest

from curate.errors import InputError
from curate.evaluation import Ratio, mcnemar, permutation, ratio_intervals
from curate.evaluation.stability import stability

DIRECT = "aaaaaaaaabbc bb"
OTHER_ = "aaaaaaabbabd cb"
RUNS = 300


@pytest.fixture(scope="module")
def told():
    direct, explained = sea.rows(DIRECT), sea.rows(OTHER_, mode="explained", template="explained")
    again = sea.rows("aaaaaaaaabbb bb", repeat=1, seed=1)
    return stability(sea.frame(explained, direct, again), draws=500)


def test_flips_and_drop_by_hand(told):
    pair = next(one for one in told.pairs if one.metric == "published")
    assert (pair.baseline, pair.mode) == ("direct", "explained")
    flips = pair.flips
    assert (flips.right_right, flips.right_wrong, flips.wrong_right) == (7, 2, 1)
    assert (flips.wrong_same, flips.wrong_other, flips.wrong_unread) == (2, 2, 1)
    assert flips.turned_alike == 0
    assert flips.agreement == 9 / 15
    assert (pair.items, pair.cases, pair.unpaired) == (15, 10, 0)
    # S8, S9 lost and S10, worth three, won: 11 of 21 points, then 12
    assert pair.baseline_rate == pytest.approx(11 / 21, abs=1e-6)
    assert pair.drop.value == pytest.approx(-1 / 21, abs=1e-6)
    assert pair.drop.low < pair.drop.value < pair.drop.high
    assert pair.mcnemar == mcnemar(2, 1) == 1.0


def test_the_same_rate_may_hide_flips():
    one, other = sea.rows("aaaabbbb"), sea.rows("bbbbaaaa", mode="explained")
    level = [item.model_copy(update={"points": 1}) for item in (*one, *other)]
    pair = stability(sea.frame(level), draws=200).pairs[0]
    assert pair.drop.value == 0
    assert (pair.flips.right_wrong, pair.flips.wrong_right, pair.flips.agreement) == (4, 4, 0)


def test_a_form_that_is_not_read_turns_the_item_and_not_the_answer():
    one = sea.rows(DIRECT)
    prose = [item.model_copy(update={"strict": False, "mode": "explained"}) for item in one]
    strict, tolerant = stability(sea.frame(one, prose), draws=100).pairs[:2]
    assert (strict.flips.right_wrong, strict.flips.turned_alike) == (9, 9)
    assert (tolerant.flips.right_wrong, tolerant.flips.agreement) == (0, 14 / 15)


def test_noise_is_of_repeats_of_one_mode(told):
    direct, explained = told.modes
    assert (direct.mode, explained.mode, explained.noise) == ("direct", "explained", None)
    assert direct.noise.seeds == [None, 1]
    assert direct.noise.changed == 2 / 15  # S12 from c to b, and S13 had no answer twice
    assert direct.noise.flipped == 0
    assert direct.responses == 30
    assert direct.unreadable == 2 / 30
    assert sum(direct.grades.values()) == 30


def test_groups_add_up(told):
    for by in ("year", "section", "image", "human_accuracy"):
        groups = [one for one in told.groups if one.by == by]
        assert sum(one.items for one in groups) == 15
        assert sum(one.right_wrong for one in groups) == 2
    assert not [one for one in told.groups if one.by == "category"]  # all are of one


def test_what_one_mode_lacks_is_told():
    one, other = sea.rows(DIRECT), sea.rows(OTHER_[:12], mode="explained")
    pair = stability(sea.frame(one, other), draws=200).pairs[0]
    assert (pair.items, pair.unpaired) == (12, 3)


def test_another_baseline_and_another_method():
    likely = sea.rows("aab", mode="likely", method="loglikelihood", norm_correct=True, gestalt=None)
    frame = sea.frame(
        sea.rows("abb"), sea.rows("aaa", mode="cot"), sea.rows("abc", mode="mc"), likely
    )
    found = stability(frame, baseline="cot", draws=100)
    pairs = [(one.baseline, one.mode) for one in found.pairs if one.metric == "published"]
    assert pairs == [("cot", "direct"), ("cot", "mc"), ("direct", "mc")]
    rates = {one.mode: set(one.rates) for one in found.modes}
    assert rates["likely"] == {"accuracy", "norm_accuracy"}
    assert rates["mc"] == {"published", "tolerant", "gestalt"}


def test_one_case_has_no_interval_and_nothing_is_an_error():
    found = stability(sea.frame(sea.rows("aab"), sea.rows("abb", mode="cot")), draws=100)
    assert found.pairs[0].cases == 1
    assert found.pairs[0].drop.low is None
    with pytest.raises(InputError, match="no item was answered"):
        stability(sea.frame(sea.rows("a")).clear())


def test_a_frame_in_another_order_gives_the_same(told):
    frame = sea.frame(
        sea.rows(DIRECT),
        sea.rows(OTHER_, mode="explained", template="explained"),
        sea.rows("aaaaaaaaabbb bb", repeat=1, seed=1),
    )
    shuffled = frame.sample(fraction=1, shuffle=True, seed=3).sort("mode", maintain_order=True)
    assert stability(shuffled, draws=500) == told


def _cases(rng, size=120, of=3):
    """Two modes that are equally good, whose answers to a case go wrong together."""
    moved = rng.normal(0, 2, (2, size)).repeat(of, axis=1)
    right = (rng.normal(0.5, 1, (2, size * of)) + moved > 0).astype(float)
    return right[0], right[1], [str(n) for n in np.arange(size).repeat(of)]


def test_the_permutation_over_cases_keeps_its_size_where_mcnemar_does_not():
    ours, items = [], []
    for run in range(RUNS):
        one, other, cases = _cases(np.random.default_rng(run))
        ours.append(permutation((one - other).tolist(), cases, seed=run, draws=400))
        items.append(mcnemar(int((one > other).sum()), int((other > one).sum())))
    assert 0.02 <= np.mean(np.array(ours) <= 0.05) <= 0.08
    assert np.mean(np.array(items) <= 0.05) > 0.10


@pytest.mark.parametrize(
    ("differences", "p"), [([0, 0, 0], 1.0), ([3, 0, 0], 1.0), ([1, 1, 1], 0.25)]
)
def test_permutation_by_hand(differences, p):
    assert permutation(differences, ["a", "b", "c"]) == pytest.approx(p)


def test_a_difference_between_other_items_covers_the_truth():
    covered = 0
    for run in range(RUNS):
        rng = np.random.default_rng(run)
        is_first = rng.random(300) < 0.2
        right = (rng.random(300) < np.where(is_first, 0.8, 0.6)).astype(float)
        ratios = [Ratio(right * side, side.astype(float)) for side in (is_first, ~is_first)]
        cases = [str(n) for n in range(300)]
        *_, gap = ratio_intervals(ratios, cases, minus=[(0, 1)], seed=run, draws=500)
        covered += gap.low <= 0.2 <= gap.high
    assert 0.91 <= covered / RUNS <= 0.98


def test_draws_are_shared():
    right = pl.Series([1.0, 0, 1, 0, 1]).to_list()
    one = Ratio(right, [1.0] * 5)
    found = ratio_intervals([one, one], list("abcde"), minus=[(0, 1)], draws=100)
    assert found[0] == found[1]
    assert found[2] == (0.0, 0.0, 0.0)
