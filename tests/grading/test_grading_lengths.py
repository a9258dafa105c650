"""Statistics of the texts in pairs: every text once, gaps by question, n-grams of equal samples."""

import hashlib

import polars as pl
import pytest

from curate.grading.lengths import pair_kinds, round_step, tier_table
from curate.models import Tier

TIERS = {"g": "ground_truth", "c": "chosen", "r": "rejected"}


def pairs(*rows, tokens=True):
    """Returns pairs from (question, tiers such as "gc", chosen, rejected)."""

    def sha(text):
        return hashlib.sha256(text.encode()).hexdigest()

    return pl.DataFrame(
        {
            "question_id": [row[0] for row in rows],
            "chosen_tier": [TIERS[row[1][0]] for row in rows],
            "rejected_tier": [TIERS[row[1][1]] for row in rows],
            "chosen": [row[2] for row in rows],
            "rejected": [row[3] for row in rows],
            "chosen_sha256": [sha(row[2]) for row in rows],
            "rejected_sha256": [sha(row[3]) for row in rows],
            "chosen_tokens": [len(row[2]) // 2 if tokens else None for row in rows],
            "rejected_tokens": [len(row[3]) // 2 if tokens else None for row in rows],
        },
        schema_overrides={"chosen_tokens": pl.Int64, "rejected_tokens": pl.Int64},
    ).lazy()


RUN = pairs(
    ("q1", "gc", "あ" * 40, "い" * 20),
    ("q1", "gr", "あ" * 40, "う" * 10),
    ("q1", "cr", "い" * 20, "う" * 10),
    ("q2", "gr", "えお" * 20, "か" * 60),
)


def test_a_text_in_two_pairs_is_one_text():
    table = {row.tier: row for row in tier_table(RUN).rows}
    assert list(table) == list(Tier)
    truth = table[Tier.GROUND_TRUTH]
    assert (truth.texts, truth.questions, truth.preferred, truth.dispreferred) == (2, 2, 3, 0)
    chosen = table[Tier.CHOSEN]
    assert (chosen.texts, chosen.preferred, chosen.dispreferred) == (1, 1, 1)
    assert (truth.characters.median, truth.tokens.median) == (40, 20)
    assert table[Tier.REJECTED].characters.longest == 60


def test_lengths_fall_into_bins_that_hold_all_of_them():
    table = tier_table(RUN)
    assert table.edges == [*range(0, 63, 2)]
    for row in table.rows:
        assert len(row.histogram) == len(table.edges) - 1
        assert sum(row.histogram) == row.texts
    assert table.rows[1].histogram[10] == 1


def test_one_endless_text_does_not_flatten_the_others():
    many = [(f"q{at}", "cr", "あ" * (50 + at), "い" * (20 + at)) for at in range(120)]
    table = tier_table(pairs(*many, ("q", "cr", "あ" * 90_000, "い")))
    assert table.edges[-1] < 400
    assert table.rows[0].histogram[-1] == 10 + 1
    assert table.rows[0].characters.longest == 90_000


def test_distinct_n_is_of_as_many_characters_of_every_tier():
    table = tier_table(pairs(("q1", "cr", "あいうえおかきくけこ" * 4, "ああああいいいい")))
    assert table.distinct_characters == 8
    chosen, rejected = table.rows
    assert [(d.n, d.share) for d in chosen.distinct] == [(1, 1), (2, 1), (3, 1)]
    assert [d.share for d in rejected.distinct] == [2 / 8, 3 / 7, 4 / 6]


def test_tokens_are_not_guessed():
    table = tier_table(pairs(("q1", "cr", "ああ", "い"), tokens=False))
    assert [row.tokens for row in table.rows] == [None, None]
    [kind] = pair_kinds(pairs(("q1", "cr", "ああ", "い"), tokens=False))
    assert (kind.gap.unit, kind.gap.median) == ("characters", 1)


def test_the_gap_counts_every_question_once():
    gaps = {(k.chosen_tier, k.rejected_tier): k for k in pair_kinds(RUN)}
    assert len(gaps) == 3
    gap = gaps[Tier.GROUND_TRUTH, Tier.REJECTED].gap
    assert (gap.longer, gap.equal, gap.shorter, gap.delta) == (1, 0, 1, 0)
    crowded = [("q1", "cr", "あ" * (9 + at), "い") for at in range(8)]
    [kind] = pair_kinds(pairs(*crowded, ("q2", "cr", "え", "お" * 30)))
    assert (kind.pairs, kind.questions, kind.gap.delta) == (9, 2, 0)
    assert (kind.gap.longer, kind.gap.shorter) == (8, 1)


def test_the_interval_of_the_gap_narrows_with_questions_and_never_to_a_point():
    def gap(number):
        rows = [(f"q{at}", "cr", "ああああ", "いい") for at in range(number)]
        return pair_kinds(pairs(*rows))[0].gap

    few, many = gap(5), gap(500)
    assert few.delta == many.delta == few.high == 1
    assert few.low < many.low < 1
    assert few.low == pytest.approx(2 * 5 / (5 + 1.959964**2) - 1, abs=1e-6)


def test_no_pair_gives_no_row():
    assert tier_table(RUN.clear()) == ([], [], 0)
    assert pair_kinds(RUN.clear()) == []


@pytest.mark.parametrize(
    ("least", "step"), [(0.1, 1), (1, 1), (1.1, 2), (3, 5), (7, 10), (11, 20), (400, 500)]
)
def test_steps_are_round(least, step):
    assert round_step(least) == step
