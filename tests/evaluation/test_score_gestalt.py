"""The legacy metric and its flaws: what says nothing is right, what says the letters is not."""

import pytest

from curate.evaluation import gestalt
from curate.models import Provenance, Question
from curate.sources import IgakuqaSource, read_source, source_files

CHOICES = ["北極星", "南十字星", "地磁気", "潮の流れ", "風の匂い"]


def _question(answers, **more):
    place = Provenance(source="birds", path="birds.jsonl", sha256="0" * 64, line=1)
    more = {"text": "手がかりはどれか。", "choices": CHOICES} | more
    return Question(id="1", answers=answers, provenance=place, **more)


@pytest.mark.parametrize(
    ("answers", "text", "letters", "right"),
    [
        ([["c"]], "地磁気", "c", True),
        ([["c"]], "それは地磁気である", "c", True),
        ([["a"]], "", "a", True),
        ([["c"]], "c", "a", False),
        ([["c"]], "北極星\n地磁気", "a", False),
        ([["b", "c"]], "地磁気と南十字星", "bc", True),
        ([["a"], ["c"]], "地磁気", "c", True),
    ],
)
def test_the_most_similar_options_are_picked(answers, text, letters, right):
    question = _question(answers)
    assert gestalt.picked(question, text) == letters
    assert gestalt.is_right(question, letters) is right


@pytest.mark.parametrize(
    "more",
    [
        {"choices": CHOICES[:4]},
        {"has_image": True},
        {"text": "あ" * 1025},
        {"text": "短い。", "original_text": "あ" * 1025, "vignette": "例", "vignette_id": "1"},
    ],
)
def test_questions_that_the_paper_left_out(more):
    assert gestalt.is_eligible(_question([["c"]]))
    assert not gestalt.is_eligible(_question([["c"]], **more))


@pytest.fixture(scope="module")
def eligible(real_data):
    source = IgakuqaSource(path=str(real_data / "igakuqa"), name="igakuqa")
    return [q for q in read_source(source, source_files(source)) if gestalt.is_eligible(q)]


def _share(questions, said):
    return sum(gestalt.is_right(q, gestalt.picked(q, said(q))) for q in questions) / len(questions)


@pytest.mark.data
def test_its_flaws_on_the_real_questions(eligible):
    assert len(eligible) == 1450
    assert round(_share(eligible, lambda _: "") * 1450) == 247
    assert round(_share(eligible, lambda q: ",".join(q.answers[0])) * 1450) == 239
    texts = dict(zip("abcde", range(5), strict=True))
    perfect = _share(eligible, lambda q: ",".join(q.choices[texts[a]] for a in q.answers[0]))
    assert round(perfect * 1450) == 1444
