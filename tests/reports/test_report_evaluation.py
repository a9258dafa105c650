"""The report of an evaluation: the first line, the cards, that counts agree, that hostile text is text."""

from collections import Counter

import evaluated_rows as sea
import pytest
from evaluation_samples import DIRECT, EXPLAINED, hostile, leaks, report

from curate.models import EvaluationReport
from curate.reports import render_evaluation
from curate.reports.evaluation_page import lines_of, verdict


@pytest.fixture(scope="module")
def made():
    return report(leaks=leaks())


def test_the_report_survives_its_own_json(made):
    assert EvaluationReport.model_validate_json(made.model_dump_json()) == made


def test_cards_turn_as_the_flip_matrix_counts(made):
    counted = Counter(kind for line in lines_of(made) for kind in line.turns.values())
    flips = made.stability.pairs[0].flips.model_dump(exclude={"agreement", "turned_alike"})
    assert dict(counted) == {kind: number for kind, number in flips.items() if number}
    assert len(made.items) == 15


def test_what_turned_stands_first_with_both_answers(made):
    first = made.items[0]
    assert [side.right for side in first.sides] == [True, False]
    assert [side.mode for side in first.sides] == ["direct", "explained"]
    assert first.text.text
    assert all(side.said.text for side in first.sides)


@pytest.mark.parametrize(
    ("explained", "word", "words"),
    [
        ("bbbbbbbbbbbbbbb", "COSTS", "Mode explained instead of direct costs 52.4 points of 100"),
        ("aaaaaaaaaaaaaaa", "GAINS", "Mode explained instead of direct gains 47.6 points of 100"),
        (EXPLAINED, "NO DROP SHOWN", "still 3 answers of 15 turned between right and wrong"),
    ],
)
def test_the_first_line_says_what_explaining_costs(explained, word, words):
    told = verdict(report(sea.rows(DIRECT), sea.rows(explained, mode="explained")))
    assert told.word == word
    assert words in told.sentence


def test_one_mode_and_one_case_have_no_verdict():
    assert verdict(report(sea.rows(DIRECT))).word == "ONE MODE"
    one = verdict(report(sea.rows("aab"), sea.rows("abb", mode="explained")))
    assert one.word == "NO INTERVAL"


def test_the_page_says_what_the_model_may_have_seen(made):
    page = "".join(render_evaluation(made))
    assert "in the training data" in page
    assert "It did not look for <bdi>sky</bdi>" in page
    assert "The training data is not known here" in "".join(render_evaluation(report()))


def test_repeats_stand_on_the_card():
    again = sea.rows("bbbbbbbbbbbbbbb", repeat=1, seed=7)
    page = "".join(render_evaluation(report(sea.rows(DIRECT), again)))
    assert "repeats: b ✗" in page
    assert "Repeats of one mode" in page


def test_long_responses_keep_their_end():
    side = report(said="潮" * 9000).items[0].sides[0].said
    assert side.tail.endswith("答え: a")
    assert len(side.text) + side.left_out + len(side.tail) == 9000 + len("\n答え: a")


def test_hostile_text_is_text():
    page = "".join(render_evaluation(hostile()))
    assert "<img" not in page
    assert page.count("</style>") == page.count("<style>") == 1
    assert "\u202e" not in page
    assert "\x00" not in page
