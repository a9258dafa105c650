"""Options in running text: what is ruled out without a look is what a look would not find."""

from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from curate.leakage.options import EXACT_BELOW, SIMILAR, options_in_text, options_may_stand
from curate.text import fold

WORDS = st.text("急性腎障害炎肝硬変の", min_size=1, max_size=14)


def _looked(option, text):
    if option in text:
        return 1.0
    if not EXACT_BELOW < len(option) <= len(text):
        return 0.0
    return fuzz.partial_ratio(option, text, score_cutoff=SIMILAR) / 100


@given(st.lists(WORDS, min_size=1, max_size=5), st.lists(WORDS, max_size=12).map("".join))
def test_options_are_found_as_if_each_were_looked_for(options, text):
    found = options_in_text(options, text)
    assert found.similarity == tuple(_looked(option, text) for option in options)


@given(
    st.lists(WORDS, min_size=1, max_size=5),
    st.lists(WORDS | st.sampled_from(["ガ", "㈱", "1.5", "。 "]), max_size=12).map("".join),
)
def test_no_options_are_ruled_out_that_stand_in_the_folded_text(options, text):
    folded = [fold(option).text for option in options]
    shared = options_in_text(folded, fold(text).text).shared
    assert options_may_stand(folded, text, shared)


def test_options_are_ruled_out_where_their_characters_stand_apart():
    options = ["急性腎障害", "慢性肝炎の増悪", "溶血性貧血", "甲状腺機能亢進症"]
    apart = "は".join("".join(options))
    assert not options_may_stand(options, apart, 0.25)
    assert options_may_stand(options, "、".join("".join(options)), 1.0)


@given(WORDS.filter(lambda word: len(word) > EXACT_BELOW + 3), st.data())
def test_an_option_with_one_wrong_character_in_ten_is_found(option, data):
    at = data.draw(st.integers(0, len(option) - 1))
    text = f"答えは{option[:at]}誤{option[at + 1 :]}である"
    assert options_in_text([option], text).shared == 1
