"""Texts of any length and kind: work is bounded by the text's length, and nothing raises."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.grading import fits, fold, grade, numbers, readers, refusals, subjects, verdicts
from curate.grading.patterns import CHOICE, NUMERIC
from curate.models import Grade

PATTERNS = [
    *(pattern.regex for tiers in (CHOICE, NUMERIC) for tier in tiers for pattern in tier),
    *(
        value
        for module in (fits, fold, numbers, readers, refusals, subjects, verdicts)
        for value in vars(module).values()
        if isinstance(value, re.Pattern)
    ),
]
WORDS = "答え ： c ａ と または 、 。 ( ) 正しい 誤り 27 ① = 選択肢 地磁気 は が 最も適切 ～ 正解 です is"
PIECES = st.sampled_from([*WORDS.split(), "\n", " ", "user", "問題:", "\\boxed{", "\x00"])


def unbounded(parsed):
    """The repeats without an upper bound in a parsed expression."""
    for code, arguments in parsed:
        if str(code) in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            if arguments[1] is re._constants.MAXREPEAT:
                yield arguments
            yield from unbounded(arguments[2])
        elif str(code) == "BRANCH":
            for branch in arguments[1]:
                yield from unbounded(branch)
        elif str(code) == "SUBPATTERN":
            yield from unbounded(arguments[3])
        elif str(code) in ("ASSERT", "ASSERT_NOT"):
            yield from unbounded(arguments[1])
        elif str(code) == "ATOMIC_GROUP":
            yield from unbounded(arguments)


@pytest.mark.parametrize("regex", PATTERNS, ids=lambda regex: regex.pattern[:40])
def test_no_repeat_is_without_a_bound(regex):
    assert list(unbounded(re._parser.parse(regex.pattern, regex.flags))) == []


def test_that_test_can_fail():
    assert list(unbounded(re._parser.parse("(?:a|(?>b+))")))


@pytest.mark.parametrize("size", [10_000, 100_000, 1_000_000])
def test_patterns_see_a_bounded_part(size):
    seen = fold.read("答えはaとbの" * (size // 7))
    assert len(seen.text) <= fold.HEAD + fold.TAIL + 3


@pytest.mark.parametrize(
    "unit", ["答え", "a, ", "(", "c。", "=1", "①", "user ", "最も適切なのは", " ", "\n", "d\n"]
)
def test_long_repetitions_are_degenerate(question, unit):
    assert grade(question(), unit * (100_000 // len(unit))).grade is Grade.DEGENERATE


def test_the_answer_behind_a_long_explanation_is_read(question):
    words = "".join(f"鳥{at}羽が谷{at * 7}を渡る。" for at in range(9000))
    assert grade(question(), f"{words}\n答え: c").answer == ("c",)
    assert grade(question(), f"c\n{words}").answer == ("c",)
    assert grade(question([("27",)], choices=()), f"{words}\n答え: 27%").answer == ("27",)


@given(st.lists(PIECES, max_size=60).map("".join))
def test_no_mixture_raises(question, text):
    for asked in (
        question(),
        question([("27",)], choices=()),
        question([], choices=(), has_image=True),
    ):
        graded = grade(asked, text)
        assert bool(graded.answer) <= (graded.grade is not Grade.NO_ANSWER)


@given(st.text(max_size=300))
def test_no_text_raises(question, text):
    assert grade(question(), text).pattern
