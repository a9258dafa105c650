"""Options in one column or several, and keys as letters, numbers, indexes and texts."""

import pytest

from curate.models import Quarantined
from curate.sources import QuestionsSource
from curate.sources.options import formed_key, option_texts

THREE = ["甲", "乙", "丙"]


@pytest.mark.parametrize(
    "value",
    [
        THREE,
        {"A": "甲", "B": "乙", "C": "丙"},
        {"2": "乙", "10": "丙", "1": "甲"},
        {"A": "甲", "B": "乙", "C": "丙", "D": None},
        {"label": ["A", "B", "C"], "text": THREE},
        [{"label": "A", "text": "甲"}, {"label": "B", "text": "乙"}, {"label": "C", "text": "丙"}],
        [{"key": "A", "value": one} for one in THREE],
    ],
)
def test_options_in_one_column(value):
    assert option_texts({"choices": value}, "choices") == THREE


@pytest.mark.parametrize("value", [None, [], {}])
def test_no_options(value):
    assert option_texts({"choices": value}, "choices") == []


@pytest.mark.parametrize(
    ("value", "error"),
    [
        ("甲", "choices: expected a list of texts, found text"),
        ({"A": None, "B": "乙"}, "choices: an option is null before another"),
        ({"A": 1}, r"choices\[1\]: expected text, found a number"),
        ([{"label": "A"}], r"choices\[1\]: expected text, found null"),
    ],
)
def test_what_is_no_options(value, error):
    with pytest.raises(ValueError, match=f"^{error}"):
        option_texts({"choices": value}, "choices")


@pytest.mark.parametrize(
    ("value", "form", "answers"),
    [
        ("a,c", "letters", [["a", "c"]]),
        (1, "numbers", [["a"]]),
        (3.0, "numbers", [["c"]]),
        ("2", "numbers", [["b"]]),
        ("１，３", "numbers", [["a", "c"]]),
        ([1, 3], "numbers", [["a", "c"]]),
        ("解なし", "numbers", []),
        (0, "indexes", [["a"]]),
        ("2", "indexes", [["c"]]),
        ([0, 2], "indexes", [["a", "c"]]),
        ("乙", "texts", [["b"]]),
        (["丙", " 甲 "], "texts", [["a", "c"]]),
        (None, "numbers", []),
        (None, "texts", []),
    ],
)
def test_a_key(value, form, answers):
    assert formed_key(value, form, THREE).answers == answers


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ("a", "numbers"),
        (0, "numbers"),
        (-1, "indexes"),
        (1.5, "numbers"),
        (True, "numbers"),
        ({}, "indexes"),
        ("丁", "texts"),
        (2, "texts"),
        ("9" * 99, "indexes"),
    ],
)
def test_what_is_no_key_of_its_form(value, form):
    with pytest.raises(ValueError, match="answer"):
        formed_key(value, form, THREE)


def test_a_text_of_two_options_is_no_key():
    with pytest.raises(ValueError, match="the text is that of 2 options"):
        formed_key("甲", "texts", ["甲", "甲"])


def test_columns_and_key_of_a_recipe(write, read):
    rows = [
        {"n": 1, "q": "問", "o1": "甲", "o2": "乙", "o3": None, "gold": 1},
        {"n": 2, "q": "問", "o1": "甲", "o2": "乙", "o3": "丙", "gold": 3},
    ]
    fields = {"id": "n", "text": "q", "choices": ["o1", "o2", "o3"], "answers": "gold"}
    good, bad = read(QuestionsSource, write("q.jsonl", rows), fields=fields, key="indexes")
    assert (good.choices, good.answers) == (["甲", "乙"], [["b"]])
    assert isinstance(bad, Quarantined)
    assert "beyond the 3 choices" in bad.error
