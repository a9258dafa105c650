"""Halves of cases and of short stems are found, and prose below a stem is not taken for its options."""

import pytest
from leak_items import BY_ID, PLACE, copy, verdicts

from curate.leakage import Detector
from curate.models import LEAKS, Document

LONG = 120
STEM = "21A2"


def _first(text):
    return text[: len(text) // 2]


def _middle(text):
    return text[len(text) // 4 : len(text) // 4 + len(text) // 2]


def _last(text):
    return text[len(text) // 2 :]


def _document(id_, text):
    return Document(id=id_, text=text, provenance=PLACE)


@pytest.mark.parametrize("half", [_first, _middle, _last])
def test_halves_of_real_cases_are_leaks(igakuqa, half):
    """Their middles are findings that many cases share, word for word."""
    long = [item.question for item in igakuqa if len(item.question.text) >= LONG]
    found = Detector(igakuqa).find_many([_document(q.id, half(q.text)) for q in long])
    leaks = [
        any(f.item_id == question.id and f.verdict in LEAKS for f in findings)
        for question, findings in zip(long, found, strict=True)
    ]
    assert sum(leaks) >= 0.98 * len(leaks)


@pytest.mark.parametrize("id_", ["20A2", "21B2", "14C3"])
def test_half_of_a_short_stem_is_a_leak_word_for_word_only(detector, id_):
    half = _first(BY_ID[id_].question.text)
    assert verdicts(detector, _document("half", half)) == {id_: "contaminated"}
    changed = "".join(c if i % 6 else "〇" for i, c in enumerate(half))
    assert verdicts(detector, _document("changed", changed)) == {}


def test_prose_that_lists_things_below_a_stem_is_no_set_of_options(detector):
    prose = "これは次のように分けられる。・春に咲く花\n・夏に咲く花\n・秋に咲く花\n・冬に咲く花\n"
    record = _document("prose", f"{BY_ID[STEM].question.text}\n{prose}")
    assert verdicts(detector, record) == {STEM: "contaminated"}


def test_options_of_another_question_one_a_line_are_for_review(detector):
    lines = "春に咲く花\n夏に咲く花\n秋に咲く花\n冬に咲く花"
    record = _document("lines", f"{BY_ID[STEM].question.text}\n{lines}")
    assert verdicts(detector, record) == {STEM: "review"}
    assert verdicts(detector, copy(STEM, choices=lines.split("\n"))) == {STEM: "review"}
