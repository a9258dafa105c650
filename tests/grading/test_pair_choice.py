"""Pairs: everything adds up, whatever the sides; the choice is a hash's, and nothing else's."""

import hashlib

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.grading.pairs import TRIES, draw_pairs, named
from curate.grading.policies import GroundTruth, Hierarchy, Samples
from curate.models import Tier

COLUMNS = {
    "question_id": pl.String,
    "tier": pl.String,
    "index": pl.Int64,
    "text": pl.String,
    "sha256": pl.String,
    "tokens": pl.Int64,
}
RANK = {tier: rank for rank, tier in enumerate(Tier)}


def _sides(*given_sides, tokens=None):
    rows = [
        (id_, tier, at, text, hashlib.sha256(text.encode()).hexdigest(), tokens and tokens[at])
        for at, (id_, tier, text) in enumerate(given_sides)
    ]
    return pl.DataFrame(rows, schema=COLUMNS, orient="row")


def _texts(drawn):
    return drawn.frame().select("chosen", "rejected").rows()


ALL = [
    ("Q", "ground_truth", "正解の長い解説である"),
    ("Q", "chosen", "よい答えを示す文"),
    ("Q", "rejected", "まちがいを述べる別の文"),
]


def test_the_hierarchy_is_the_papers():
    drawn = draw_pairs(_sides(*ALL), Hierarchy(), 0)
    truth, right, wrong = (text for *_, text in ALL)
    assert _texts(drawn) == [(truth, right), (truth, wrong), (right, wrong)]
    tiers = drawn.frame().select("chosen_tier", "rejected_tier").rows()
    assert [tuple(map(Tier, some)) for some in tiers] == list(Hierarchy.tiers)


@pytest.mark.parametrize(("policy", "number"), [(Samples(), 1), (GroundTruth(), 2)])
def test_other_policies_pair_other_tiers(policy, number):
    assert len(_texts(draw_pairs(_sides(*ALL), policy, 0))) == number


def test_sides_that_are_nearly_the_same_make_no_pair():
    long = "左室は厚い壁で血液を大動脈へ強く押し出している"
    sides = _sides(("Q", "chosen", long), ("Q", "rejected", long + "。"), ("Q", "rejected", "胃"))
    drawn = draw_pairs(sides, Samples(per_tiers=9), 0)
    assert _texts(drawn) == [(long, "胃")]
    assert drawn.left["chosen.rejected", "pair.near_identical"] == 1


def test_the_nearest_length_is_taken_in_tokens_where_they_are_known():
    three = [("Q", "chosen", "い" * 9), ("Q", "rejected", "ろ" * 99), ("Q", "rejected", "は" * 10)]
    policy = Samples(lengths="nearest")
    for seed in range(20):
        assert _texts(draw_pairs(_sides(*three), policy, seed)) == [("い" * 9, "は" * 10)]
        tokens = (5, 6, 50)
        drawn = draw_pairs(_sides(*three, tokens=tokens), policy, seed)
        assert _texts(drawn) == [("い" * 9, "ろ" * 99)]


def test_one_sided_questions_are_left_out_where_the_policy_says_so():
    right = _sides(("Q", "ground_truth", "解説"), ("Q", "chosen", "よい"))
    wrong = _sides(("Q", "ground_truth", "解説"), ("Q", "rejected", "わるい"))
    for sides, key in ((right, "all_right"), (wrong, "all_wrong")):
        assert len(_texts(draw_pairs(sides, Hierarchy(), 0))) == 1
        drawn = draw_pairs(sides, Hierarchy(**{key: "leave_out"}), 0)
        assert _texts(drawn) == []
        assert [reason for _, reason in +drawn.left] == [f"pair.{key}"]


def test_a_question_has_a_limit_of_its_own():
    many = [("Q", "chosen", f"よい答え{'一二三四五'[at] * 9}") for at in range(5)]
    many += [("Q", "rejected", f"別の話{'甲乙丙丁戊'[at] * 9}") for at in range(5)]
    sides = _sides(("Q", "ground_truth", "まったく別の解説"), *many)
    assert len(_texts(draw_pairs(sides, Hierarchy(per_tiers=4), 0))) == 12
    drawn = draw_pairs(sides, Hierarchy(per_tiers=4, per_question=6), 0)
    assert [*drawn.made.values()] == [4, 2, 0]


def test_so_many_near_twins_are_given_up():
    stem = "同じ文がいつまでも続いてゆくだけの長い長い説明である" * 4
    sides = _sides(
        *(("Q", "chosen", f"{stem}{at:03}") for at in range(20)),
        *(("Q", "rejected", f"{stem}{at:03}。") for at in range(20)),
    )
    drawn = draw_pairs(sides, Samples(), 0)
    assert drawn.left == {
        ("chosen.rejected", "pair.near_identical"): TRIES,
        ("chosen.rejected", "pair.gave_up"): 400 - TRIES,
    }


WORDS = st.text("あいうえおかきくけこ", min_size=1, max_size=12)
SIDES = st.lists(
    st.tuples(st.sampled_from(["Q1", "Q2", "Q3"]), st.sampled_from([*map(str, Tier)]), WORDS),
    max_size=30,
    unique=True,
)
POLICIES = st.builds(
    Hierarchy,
    per_tiers=st.integers(1, 4),
    per_question=st.none() | st.integers(1, 5),
    lengths=st.sampled_from(["any", "nearest"]),
    near_identical=st.floats(0.3, 1),
    all_right=st.sampled_from(["pair", "leave_out"]),
    all_wrong=st.sampled_from(["pair", "leave_out"]),
)


@given(SIDES, POLICIES, st.integers(0, 9))
def test_every_combination_is_a_pair_or_has_a_reason(some, policy, seed):
    drawn = draw_pairs(_sides(*some), policy, seed)
    frame = drawn.frame()
    for tiers in policy.tiers:
        name = named(tiers)
        left = sum(number for (of, _), number in drawn.left.items() if of == name)
        made = frame.filter(chosen_tier=str(tiers[0]), rejected_tier=str(tiers[1])).height
        assert drawn.combinations[name] == drawn.made[name] + left
        assert made == drawn.made[name]
    assert drawn.made.total() == frame.height
    for tier in Tier:
        used = {
            (row[f"{side}_sha256"], row["question_id"])
            for row in frame.iter_rows(named=True)
            for side in ("chosen", "rejected")
            if row[f"{side}_tier"] == str(tier)
        }
        assert len(used) == drawn.used[str(tier)]


@given(SIDES, POLICIES, st.integers(0, 9))
def test_every_pair_is_in_order_and_within_the_limits(some, policy, seed):
    frame = draw_pairs(_sides(*some), policy, seed).frame()
    assert frame.is_unique().all()
    for row in frame.iter_rows(named=True):
        assert RANK[Tier(row["chosen_tier"])] < RANK[Tier(row["rejected_tier"])]
        assert row["chosen"] != row["rejected"]
    for (*_,), group in frame.group_by("question_id", "chosen_tier", "rejected_tier"):
        assert group.height <= policy.per_tiers
    for _, group in frame.group_by("question_id"):
        assert group.height <= (policy.per_question or 99)


@given(SIDES, POLICIES, st.integers(0, 9), st.randoms(use_true_random=False))
def test_a_question_is_paired_the_same_way_in_any_shard_and_order(some, policy, seed, random):
    whole = draw_pairs(_sides(*some), policy, seed).frame()
    mixed = list(some)
    random.shuffle(mixed)
    for id_ in {id_ for id_, *_ in some}:
        alone = draw_pairs(_sides(*(one for one in mixed if one[0] == id_)), policy, seed).frame()
        ours = whole.filter(question_id=id_)
        texts = ("chosen_sha256", "rejected_sha256")
        assert alone.select(texts).rows() == ours.select(texts).rows()


def test_the_seed_draws():
    sides = _sides(*(("Q", tier, f"{tier}{at}" * 5) for tier in ("chosen", "rejected") for at in range(9)))
    found = {draw_pairs(sides, Samples(), seed).frame()["chosen"][0] for seed in range(30)}
    assert len(found) > 3
