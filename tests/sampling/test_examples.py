"""Few-shot examples: drawn by a seed, and never so near to a question that they give it away."""

import pytest
from asked import ORGANS, question, rows, solved, template

from curate.errors import InputError
from curate.sampling import drawn_examples, given_examples, make_prompts


def _drawn(corpus, *asked, count=3, **shots):
    chosen = template("paper", shots={"count": count, **shots})
    made, skipped = make_prompts(rows(*asked), chosen, drawn_examples(rows(*corpus), chosen))
    return [one.examples for one in made], [one.reason for one in skipped]


CORPUS = [solved(number) for number in range(20)]


def test_the_same_seed_draws_the_same_and_another_draws_others():
    asked = [question(f"Q{number}") for number in range(5)]
    first, _ = _drawn(CORPUS, *asked)
    again, _ = _drawn(CORPUS[::-1], *asked)
    other, _ = _drawn(CORPUS, *asked, seed=1)
    assert first == again
    assert len(set(first)) == 1
    assert other != first


def test_each_question_may_have_its_own():
    asked = [question(f"Q{number}") for number in range(10)]
    each, _ = _drawn(CORPUS, *asked, draw="each")
    alone, _ = _drawn(CORPUS, asked[7], draw="each")
    assert len(set(each)) > 5
    assert alone == each[7:8]


def test_a_question_is_never_its_own_example():
    drawn, skipped = _drawn(CORPUS, *CORPUS)
    assert not skipped
    for one, examples in zip(CORPUS, drawn, strict=True):
        assert one.id not in examples


NEAR = {
    "the same text": {"text": "血液を 全身に送り出すのはどれか。", "choices": ["ア", "イ"]},
    "the same options in another order": {"text": "別の問い。", "choices": ORGANS[::-1]},
    "its series": {"vignette": "症例。", "vignette_id": "Q"},
    "its answer in the explanation": {"explanation": "全身へは心臓の左室が送る。"},
    "its answer among the options": {"choices": ["心臓の左室", "心臓の右室"]},
}


@pytest.mark.parametrize("why", NEAR)
def test_what_is_near_to_a_question_is_no_example_of_it(why):
    near = solved(99, **NEAR[why])
    asked = question("Q", vignette="症例。", vignette_id="Q")
    far = question("R", "骨はどれか。", choices=["大腿骨頭", "橈骨"])
    for seed in range(5):
        drawn, _ = _drawn([near, *CORPUS[:3]], asked, seed=seed)
        assert near.id not in drawn[0]
    assert near.id in _drawn([near, *CORPUS[:2]], far)[0][0]


UNFIT = {
    "no explanation": {"explanation": None},
    "no key": {"answers": []},
    "an image": {"has_image": True},
    "dropped by its exam": {"exclusion": "dropped"},
    "an explanation at odds with its key": {"flags": ["explanation.contradicts"]},
    "read wrongly": {"flags": ["suspicious.control"]},
    "too long": {"explanation": "長" * 2001},
}


@pytest.mark.parametrize("why", UNFIT)
def test_what_cannot_be_an_example_is_none(why):
    with pytest.raises(InputError, match="3 few-shot examples are asked for, the corpus has 2"):
        _drawn([solved(99, **UNFIT[why]), *CORPUS[:2]], question("Q"))


def test_copies_count_once():
    copy = solved(1).model_copy(update={"id": "copy"})
    with pytest.raises(InputError, match="the corpus has 2 that can be one"):
        _drawn([copy, *CORPUS[:2]], question("Q"))


def test_a_question_for_which_too_few_are_left_is_skipped():
    drawn, skipped = _drawn(CORPUS[:3], CORPUS[0], question("Q"))
    assert len(drawn) == 1
    assert skipped == ["prompt.no_examples"]


def test_none_may_be_asked_for():
    assert _drawn([], question("Q"), count=0) == ([()], [])


def test_fewer_given_than_asked_for_is_an_error():
    chosen = template("paper")
    with pytest.raises(InputError, match="3 few-shot examples are asked for, 2 are given"):
        given_examples(rows(*CORPUS[:2]), chosen)


def test_a_given_example_without_explanation_is_named():
    chosen = template("paper", shots={"count": 2})
    with pytest.raises(InputError, match="the example E99 lacks"):
        given_examples(rows(solved(99, explanation=None), *CORPUS[:2]), chosen)
