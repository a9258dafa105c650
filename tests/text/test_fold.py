"""Laws of folding: a way back to every character, and what is one and what is not."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from curate.text import fold, fold_all, folds_between, normalise

_SPICE = "がぎパｶﾞﾊﾟﾞﾟ゛゜\u3099\u309aヴ囊嚢―－-〜～…．.。、$_{}７7２2㌔①⒈ßİﬁ　 \n"
_HANGING = ".\u3099\u309a"  # these hang on a neighbour, which a span may leave out
TEXTS = st.text(
    st.one_of(
        st.sampled_from(_SPICE),
        st.characters(min_codepoint=0x3040, max_codepoint=0x30FF),
        st.characters(min_codepoint=0xFF00, max_codepoint=0xFFEF),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=60,
)


@given(TEXTS)
@example("")
@example("ﾞ")
@example("...")
def test_every_folded_character_has_an_origin(text):
    folded = fold(text)
    assert len(folded.first) == len(folded.last) == len(folded.text)
    assert list(folded.first) == sorted(folded.first)
    assert all(0 <= a <= b < len(text) for a, b in zip(folded.first, folded.last, strict=True))


@given(st.lists(TEXTS, max_size=6))
@example(["1.", "5", "", "か", "ﾞ"])
def test_many_at_once_are_folded_each_by_itself(texts):
    found = fold_all(texts)
    assert found.keys() == set(texts)
    for text, folded in found.items():
        alone = fold(text)
        assert folded.text == alone.text
        assert (list(folded.first), list(folded.last)) == (list(alone.first), list(alone.last))


@given(TEXTS, st.data())
def test_a_span_lies_in_the_text_and_runs_forward(text, data):
    folded = fold(text)
    start = data.draw(st.integers(0, len(folded.text)))
    end = data.draw(st.integers(start, len(folded.text)))
    first, last = folded.span(start, end)
    assert 0 <= first <= last <= len(text)
    assert (first == last) == (start == end)


@given(
    TEXTS.filter(lambda text: not set(unicodedata.normalize("NFKC", text)) & set(_HANGING)),
    st.data(),
)
def test_the_text_of_a_span_folds_to_what_the_span_is_of(text, data):
    folded = fold(text)
    start = data.draw(st.integers(0, len(folded.text)))
    end = data.draw(st.integers(start, len(folded.text)))
    assert folded.text[start:end] in fold(text[slice(*folded.span(start, end))]).text


@given(TEXTS)
def test_folding_twice_is_folding_once(text):
    once = fold(text).text
    assert fold(once).text == once


@given(TEXTS)
def test_space_carries_no_meaning(text):
    assert fold(" ".join(["", *text.split(" "), ""])).text == fold(text).text


@given(st.text(st.characters(min_codepoint=0x3041, max_codepoint=0x3094), max_size=30))
def test_kana_of_any_composition_fold_equal(text):
    katakana = "".join(chr(ord(c) + 0x60) for c in text)
    decomposed = unicodedata.normalize("NFD", katakana)
    assert fold(text).text == fold(katakana).text == fold(decomposed).text == text


EQUAL = {
    "width": ("ＡＢＣ １２３", "abc123"),
    "case": ("Na", "na"),
    "katakana and hiragana": ("タンパク", "たんぱく"),
    "half-width voiced kana": ("ｶﾞﾝﾊﾞﾚﾌﾟ", "ガンバレプ"),
    "half-width voiced う": ("ｳﾞ", "ヴ"),
    "combining voicing marks": ("か\u3099ん", "がん"),
    "spacing voicing marks": ("か゛ん", "がん"),
    "spacing semi-voiced marks": ("は゜ん", "ぱん"),
    "囊 and 嚢": ("胆囊", "胆嚢"),
    "頸 and 頚": ("頸部", "頚部"),
    "彎 and 弯": ("側彎", "側弯"),
    "leader dashes": ("心臓――――肺", "心臓---------肺"),
    "leader dashes and none": ("心臓――――肺", "心臓肺"),
    "dots": ("心臓……肺", "心臓・・・肺"),
    "wave dashes": ("62〜64", "62～64"),
    "LaTeX scraps": ("ビタミンB$_{12}$", "ビタミンB12"),
    "LaTeX powers": ("10$^{3}$/μL", "10³/μL"),
    "subscripts": ("CO₂", "CO2"),
    "circled digits": ("①②", "12"),
    "units in one glyph": ("3㎎", "3mg"),
    "line breaks": ("心\n臓", "心臓"),
    "full stops": ("である。", "である"),
    "brackets": ("（Ａ）", "[A]"),
    "a full-width point": ("７．２", "7.2"),
}


@pytest.mark.parametrize("what", EQUAL)
def test_spellings_without_a_difference_in_meaning_fold_equal(what):
    one, other = EQUAL[what]
    assert fold(one).text == fold(other).text


DIFFERENT = {
    "voicing": ("がん", "かん"),
    "half-width voicing": ("ｶﾞﾝ", "ｶﾝ"),
    "semi-voicing": ("ばん", "ぱん"),
    "a decimal point": ("7.2", "72"),
    "a lost point": ("0.4", "04"),
    "values": ("Hb 7.2", "Hb 14.8"),
    "a plus": ("(+)", "()"),
    "bounds": (">5", "<5"),
    "small kana": ("びょういん", "びよういん"),
    "a long mark": ("ビル", "ビール"),
    "percent": ("5%", "5"),
}


@pytest.mark.parametrize("what", DIFFERENT)
def test_a_difference_in_meaning_stays(what):
    one, other = DIFFERENT[what]
    assert fold(one).text != fold(other).text


def test_a_point_counts_between_digits_only():
    assert fold("Hb 7.2. 第1.項 .5").text == "hb7.2第1項5"


def test_origins_lead_to_the_characters_they_came_from():
    text = "ｶﾞﾝ、㌔ 7.2。"
    folded = fold(text)
    assert folded.text == "がんきろ7.2"
    assert list(folded.first) == [0, 2, 4, 4, 6, 7, 8]
    assert folded.span(0, 1) == (0, 2)  # the voicing mark belongs to its kana
    assert text[slice(*folded.span(2, 4))] == "㌔"
    assert text[slice(*folded.span(4, 7))] == "7.2"


@given(TEXTS)
def test_normalising_twice_is_normalising_once_where_case_is_stable(text):
    once = normalise(text)
    assert "".join(once.split()) == once


def test_normalising_keeps_what_exact_copies_share():
    assert normalise("Ｈｂ 7.2\n") == "hb7.2"
    assert normalise("タンパク") != normalise("たんぱく")
    assert normalise("がん") != normalise("かん")


def test_folded_spellings_are_listed():
    assert folds_between("胆囊Ａ", "胆嚢A") == ["囊 = 嚢", "Ａ = A"]
    assert folds_between("胆囊", "胆囊") == []
    assert folds_between("囊嚢", "嚢") == []
