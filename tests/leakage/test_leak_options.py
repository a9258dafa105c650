"""Options in running text: what is ruled out without a look is what a look would not find."""

from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from curate.leakage.options import EXACT_BELOW, SIMILAR, options_in_text

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


@given(WORDS.filter(lambda word: len(word) > EXACT_BELOW + 3), st.data())
def test_an_option_with_one_wrong_character_in_ten_is_found(option, data):
    at = data.draw(st.integers(0, len(option) - 1))
    text = f"答えは{option[:at]}誤{option[at + 1 :]}である"
    assert options_in_text([option], text).shared == 1
