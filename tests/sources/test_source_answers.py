"""Keys in the spellings that are found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.models import LETTERS, Exclusion
from curate.sources.answers import parse_key, parse_numbered_key

NONE, DROPPED, SEVERAL = Exclusion.NONE, Exclusion.DROPPED, Exclusion.SEVERAL_KEYS


@pytest.mark.parametrize(
    ("found", "answers", "exclusion"),
    [
        (["a"], [["a"]], NONE),
        (["d", "a"], [["a", "d"]], NONE),
        ([" d", "Ａ"], [["a", "d"]], NONE),
        (["a or d"], [["a"], ["d"]], SEVERAL),
        ("A OR D", [["a"], ["d"]], SEVERAL),
        ("ac or bd", [["a", "c"], ["b", "d"]], SEVERAL),
        ([["a"], ["d"]], [["a"], ["d"]], SEVERAL),
        ([["c", "a"]], [["a", "c"]], NONE),
        ("a", [["a"]], NONE),
        ("a,d", [["a", "d"]], NONE),
        ("ca", [["a", "c"]], NONE),
        (["26"], [["26"]], NONE),
        (["7.20"], [["7.20"]], NONE),
        (["04"], [["04"]], NONE),
        (["２６"], [["26"]], NONE),
        (["解なし"], [], DROPPED),
        ([], [], NONE),
        ("", [], NONE),
        (None, [], NONE),
    ],
)
def test_key(found, answers, exclusion):
    assert parse_key(found) == (answers, exclusion)


@pytest.mark.parametrize(
    "found", [3, True, {"a": 1}, [1], ["z"], ["1", "2"], ["a", "1"], [[]], "k"]
)
def test_what_is_no_key_is_refused_by_name(found):
    with pytest.raises(ValueError, match=r"^answers: "):
        parse_key(found)


def test_the_refusal_does_not_quote():
    with pytest.raises(ValueError, match=r"^answers: ") as caught:
        parse_key("長い説明の文章")
    assert "説明" not in str(caught.value)


@given(st.sets(st.sampled_from(LETTERS), min_size=1), st.sampled_from([",", "、", ", ", " ", ""]))
def test_letters_come_back_sorted(letters, between):
    assert parse_key(between.join(letters)).answers == [sorted(letters)]


@pytest.mark.parametrize(
    ("found", "answers", "exclusion"),
    [
        (["3"], [["c"]], NONE),
        (["4", "2"], [["b", "d"]], NONE),
        (["7"], [["g"]], NONE),
        (["解なし"], [], DROPPED),
        (["解なし（設問に誤りがあるため）"], [], DROPPED),
        (["2", "5（図に誤りがあり", "解なしとなった）"], [], DROPPED),
        (["1", "2（いずれか一つを選択で正解とする）"], [["a"], ["b"]], SEVERAL),
        (["1", "4（いずれか1つを選択で正解とする）"], [["a"], ["d"]], SEVERAL),
        (
            ["2", "4", "5（いずれか2つ選択で正解とする）"],
            [["b", "d"], ["b", "e"], ["d", "e"]],
            SEVERAL,
        ),
        (
            ["1", "2", "3（いずれか２つを選択すれば正解）"],
            [["a", "b"], ["a", "c"], ["b", "c"]],
            SEVERAL,
        ),
        ([], [], NONE),
    ],
)
def test_numbered_key(found, answers, exclusion):
    assert parse_numbered_key(found) == (answers, exclusion)


@pytest.mark.parametrize("found", [["0"], ["11"], ["a"], [""], ["不明"]])
def test_what_is_no_numbered_key_is_refused(found):
    with pytest.raises(ValueError, match=r"^answer: "):
        parse_numbered_key(found)
