"""What is noticed beside the grade, and what of a response is its explanation."""

import pytest

from curate.grading import FLAGS, grade

WHY = "鳥は目の中の蛋白で磁場を感じ、曇りの日にも方角を知る。"


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        (f"答え: c\n{WHY}", "answer_first"),
        ("磁場。\n答え: c", "explanation_short"),
        (f"{WHY * 90}\n答え: c", "explanation_long"),
        (f"{WHY}这是因为鸟类能感觉磁场。\n答え: c", "language_switched"),
        (
            f"{WHY} The bird has a protein in its eye that lets it feel the field of the earth. \n答え: c",
            "language_switched",
        ),
        (f"渡り鳥が帰る方角を知るのに用いるのはどれか。{WHY}\n答え: c", "question_copied"),
        (f"{WHY}\n答え: c\n問題: 巣の高さはどれか。\n答え: a", "run_on"),
        (
            "a 誤り。b 正しい。川は目印になる。c 誤り。d 誤り。e 誤り。\n答え: c",
            "verdicts_contradict",
        ),
        (f"{WHY}\n" + "鳥が飛ぶ、また飛ぶ。" * 40, "repetition_loop"),
    ],
)
def test_a_flag_is_set(question, text, flag):
    assert flag in grade(question(), text).flags


def test_every_flag_has_a_name_and_a_plain_response_has_none(question):
    assert grade(question(), f"{WHY}\n答え: c").flags == ()
    assert list(FLAGS) == sorted(FLAGS)


def test_verdicts_that_agree_are_no_contradiction(question):
    text = "a 誤り。b 誤り。c 正しい。d 誤り。e 誤り。\n答え: c"
    assert "verdicts_contradict" not in grade(question(), text).flags


@pytest.mark.parametrize(
    "text",
    [
        f"{WHY}\n答え: c",
        f"答え: c\n{WHY}",
        f"{WHY}\n\nc",
        f"{WHY}\n\n**正解：ｃ**",
        f"c\n{WHY}\n問題: 次はどれか。",
    ],
)
def test_the_explanation_is_the_rest(question, text):
    graded = grade(question(), text)
    assert (graded.explanation, graded.answer) == (WHY, ("c",))


def test_an_answer_within_a_sentence_leaves_the_text_whole(question):
    text = f"{WHY}したがって、正解はcである。"
    assert grade(question(), text).explanation == text


def test_a_bare_answer_has_no_explanation(question):
    assert grade(question(), "c").explanation is None


def test_long_texts_keep_their_lines(question):
    text = "\n".join([WHY] * 2000 + ["答え: c"])
    graded = grade(question(), text)
    assert graded.answer == ("c",)
    assert graded.explanation == "\n".join([WHY] * 2000)
