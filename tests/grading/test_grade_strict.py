"""The strict grade: commas, no stripping, half width, and the two items that the scorer treats apart."""

import pytest

from curate.grading import grade


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("a,d", True),
        ("d,a", True),
        ("A,D", True),
        ("ａ，ｄ", True),
        ("a, d", False),
        ("ad", False),
        ("a,d.", False),
        ("a,d\n", False),
        ("a,a", False),
        ("答え: a,d", False),
        ("", False),
        ("a,d" * 40, False),
    ],
)
def test_letters(question, text, right):
    assert grade(question([("a", "d")]), text).strict is right


@pytest.mark.parametrize(
    ("text", "right"), [("7.20", True), ("７．２０", True), ("7.2", False), ("7.20倍", False)]
)
def test_numbers_are_compared_as_strings(question, text, right):
    assert grade(question([("7.20",)], choices=()), text).strict is right


def test_either_of_two_keys_is_right(question):
    either = question([("a",), ("d",)])
    assert [grade(either, text).strict for text in ("a", "d", "a,d")] == [True, True, False]


def test_one_item_is_always_right(question):
    assert grade(question(id="116A71", exam="116"), "b").strict is True
    assert grade(question(id="116A71", exam="97"), "b").strict is False


def test_without_a_key_there_is_no_strict_grade(question):
    assert grade(question([]), "a").strict is None


def test_a_template_says_where_the_prediction_begins(question):
    explained = "鳥は磁場を感じる。\n Answer: c\n"
    assert grade(question(), explained).strict is False
    assert grade(question(), explained, label="Answer:").strict is True
    assert grade(question(), "鳥は磁場を感じる。", label="Answer:").strict is False
