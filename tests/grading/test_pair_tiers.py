"""Which responses and solutions may be sides, and as what text."""

import hashlib

import polars as pl
import pytest
from pair_rows import DIRECT, PAPER, answered, asked, rows

from curate.grading.policies import Hierarchy
from curate.grading.tiers import Form, ground_truths, sampled_sides
from curate.models import Exclusion

RIGHT = " 厚い壁をもつ。\n Answer: a"
WRONG = " 拍動するのは胃である。\n Answer: b"
FORM = Form.of(PAPER)


def _sides(graded, question=None, **policy):
    question = question or asked()
    return sampled_sides(graded, {question.id: question}, Hierarchy(**policy), FORM)


def _reasons(graded, question=None, **policy):
    return _sides(graded, question, **policy)[0]["reason"].to_list()


def test_right_and_wrong_answers_are_sides_as_they_came():
    sides, edited = _sides(answered(RIGHT, WRONG))
    assert sides["tier"].to_list() == ["chosen", "rejected"]
    assert sides["text"].to_list() == [RIGHT, WRONG]
    assert sides["sha256"][0] == hashlib.sha256(RIGHT.encode()).hexdigest()
    assert edited.total() == 0


NEVER = {
    "grade.truncated": (" 厚い壁を", "length"),
    "grade.refused": "申し訳ありませんが、回答できません。",
    "grade.degenerate": " ",
    "grade.no_answer": " 心臓についての文章である。",
    "grade.out_of_range": " 説明である。\n Answer: h",
    "grade.conflicting": " 説明である。\n Answer: a or b",
    "grade.wrong_count": " 説明である。\n Answer: a,b",
}


@pytest.mark.parametrize("reason", NEVER)
def test_what_is_no_single_answer_is_no_side(reason):
    sides, _ = _sides(answered(NEVER[reason]))
    assert sides.select("reason", "text", "sha256").row(0) == (reason, None, None)


def test_a_wrong_count_is_a_wrong_answer_where_the_policy_says_so():
    graded = answered(NEVER["grade.wrong_count"])
    sides, _ = _sides(graded, wrong_count="rejected")
    assert sides["tier"].to_list() == ["rejected"]
    assert sides["reason"].to_list() == [None]


def test_an_answer_to_a_question_without_a_key_has_no_grade():
    question = asked(answers=[])
    assert _reasons(answered(RIGHT, question=question), question) == ["grade.none"]


def test_a_sample_without_its_explanation_is_left_out_where_one_is_asked_for():
    graded = answered("a", RIGHT)
    assert _reasons(graded) == ["sample.unexplained", None]
    assert _reasons(graded, unexplained="keep") == [None, None]
    direct, _ = sampled_sides(graded, {"Q1": asked()}, Hierarchy(), Form.of(DIRECT))
    assert direct["reason"].to_list() == [None, None]


def test_a_flagged_sample_is_left_out_where_the_policy_says_so():
    graded = answered(" 短い。\n Answer: a", " 左室の壁は厚く、血液を大動脈へ強く押し出している。\n Answer: a")
    assert _reasons(graded) == [None, None]
    assert _reasons(graded, flags=("explanation_short",)) == ["flag.explanation_short", None]


def test_what_is_said_again_counts_once():
    assert _reasons(answered(RIGHT, RIGHT, RIGHT + "\n")) == [None, *["sample.repeated"] * 2]


def test_a_run_on_is_cut_where_the_grader_stopped_reading():
    run_on = RIGHT + "\nQuestion: 骨はどれか。\na: 心\nb: 胃\n Answer: b"
    sides, edited = _sides(answered(run_on))
    assert sides["text"].to_list() == [RIGHT]
    assert edited["run_on"] == 1


def test_blanks_at_the_end_go_and_the_lost_one_at_the_beginning_comes_back():
    sides, edited = _sides(answered(RIGHT.lstrip() + " \n\u3000"))
    assert sides["text"].to_list() == [RIGHT]
    assert edited == {"run_on": 0, "end": 1, "lead": 1}
    sampled = answered(RIGHT.lstrip(), engine=pl.lit("vllm"))
    assert _sides(sampled)[0]["text"].to_list() == [RIGHT.lstrip()]


def test_a_leaking_sample_is_left_out_whatever_its_grade():
    graded = answered(RIGHT, ("", "length"), leak=pl.lit("leakage.review"))
    assert _reasons(graded) == ["leakage.review"] * 2


def _truth(question, template=PAPER):
    found = ground_truths(rows(question), template)
    return found.select("text", "reason").row(0)


def test_a_solution_is_written_as_the_template_writes_one():
    text, reason = _truth(asked())
    assert (text, reason) == (" 左室は厚い壁で血液を大動脈へ押し出す。\n Answer: a", None)
    assert ground_truths(rows(asked()), PAPER)["tier"].to_list() == ["ground_truth"]


NO_TRUTH = {
    "no_key": {"answers": []},
    "excluded": {"exclusion": Exclusion.DROPPED},
    "no_explanation": {"explanation": None},
    "not_verified": {"explanation_verified": None},
    "contradicts_key": {
        "text": "血液を全身に送り出すのはどれか。正しいのを選べ。",
        "explanation": "ａ　誤り。ｂ　正しい。ｃ　誤り。ｄ　誤り。ｅ　誤り。",
    },
}


@pytest.mark.parametrize("why", NO_TRUTH)
def test_a_doubtful_solution_is_left_out(why):
    assert _truth(asked(**NO_TRUTH[why])) == (None, f"ground_truth.{why}")


def test_an_answer_alone_needs_no_explanation():
    assert _truth(asked(explanation=None), DIRECT) == (" a", None)


def test_the_form_of_the_shipped_templates():
    assert FORM == (" ", "Answer:", True)
    assert Form.of(DIRECT) == (" ", None, False)
