"""Disguised items are found and classed; what only looks alike is not."""

import re
import unicodedata
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from leak_items import BY_ID, ENGLISH, ITEMS, OTHERS, PAGES, PLACE, copy, page, parts, verdicts

from curate.leakage import BenchmarkItem, Detector
from curate.models import Document, Question
from curate.text import fold

PLAIN = [
    "20A1", "20A2", "20A3", "20A4", "20A5", "20A6", "20B2", "21A2", "21A3", "21A4", "21A6", "21B1",
    "21B2", "21C2",
]  # fmt: skip


def _wide(text):
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def _other_kana(text):
    return "".join(chr(ord(c) + 0x60) if "ぁ" <= c <= "ゖ" else c for c in text)


def _broken(text):
    return "\n".join(text[i : i + 12] for i in range(0, len(text), 12))


def _variants(text):
    for one, other in (("嚢", "囊"), ("頸", "頚"), ("――――", "---------"), ("――", "……")):
        text = text.replace(one, other)
    return text


SPELLINGS = {
    "verbatim": str,
    "full width": _wide,
    "NFKC": lambda text: unicodedata.normalize("NFKC", text),
    "NFD": lambda text: unicodedata.normalize("NFD", text),
    "katakana": _other_kana,
    "line breaks": _broken,
    "variants and dashes": _variants,
    "spaces": " ".join,
    "no punctuation": lambda text: re.sub(r"[、。]", "", text),
}


def _spelt(id_, spelling, **keys):
    question = BY_ID[id_].question
    spell = SPELLINGS[spelling]
    return copy(
        id_, text=spell(question.text), choices=[spell(c) for c in question.choices], **keys
    )


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("id_", PLAIN)
def test_a_spelling_hides_nothing(detector, id_, spelling):
    assert verdicts(detector, _spelt(id_, spelling)) == {id_: "contaminated"}
    assert verdicts(detector, _spelt(id_, spelling, year=2016)) == {id_: "recycled"}


@pytest.mark.parametrize("id_", PLAIN)
def test_the_order_of_options_hides_nothing(detector, id_):
    backwards = copy(id_, choices=BY_ID[id_].question.choices[::-1], answers=[])
    assert verdicts(detector, backwards) == {id_: "contaminated"}
    assert parts(detector, backwards, id_) == {"stem", "choices"}


@pytest.mark.parametrize("id_", PLAIN)
def test_a_stem_alone_is_the_item(detector, id_):
    text = BY_ID[id_].question.text
    assert verdicts(detector, page(text)) == {id_: "contaminated"}
    assert parts(detector, page(text), id_) == {"stem"}


@pytest.mark.parametrize("id_", PLAIN)
def test_a_stem_with_other_options_is_for_review(detector, id_):
    other = copy(id_, choices=["海馬", "脾臓", "膀胱", "声帯", "虫垂"], answers=[])
    assert verdicts(detector, other) == {id_: "review"}
    assert parts(detector, other, id_) == {"stem"}


@pytest.mark.parametrize("id_", ["20A2", "20A5", "21A2", "21A4", "21B2"])
def test_the_options_under_another_stem_are_for_review(detector, id_):
    other = copy(id_, text="次に挙げるもののうち、夏の夜空で最も明るい星に関わるのはどれか。")
    assert verdicts(detector, other) == {id_: "review"}
    assert parts(detector, other, id_) == {"choices"}


@pytest.mark.parametrize("id_", ["20B1", "21C2", "20A1", "21B1"])
def test_a_changed_option_leaves_a_leak(detector, id_):
    choices = list(BY_ID[id_].question.choices)
    choices[4] = choices[4].replace("118", "162") if id_ == "21C2" else "いずれも起こらない"
    assert verdicts(detector, copy(id_, choices=choices)) == {id_: "contaminated"}


@pytest.mark.parametrize(
    ("id_", "old", "new"),
    [("21A6", "0.1", "0.3"), ("20B2", "60", "45"), ("21B1", "0.2", "0.1"), ("20A5", "８", "１０")],
)
def test_a_changed_number_in_the_stem_leaves_a_leak(detector, id_, old, new):
    text = BY_ID[id_].question.text
    assert old in text
    assert verdicts(detector, copy(id_, text=text.replace(old, new))) == {id_: "contaminated"}


@pytest.mark.parametrize(("year", "verdict"), [
    (2016, "recycled"), (2019, "recycled"), (2020, "contaminated"), (2021, "contaminated"),
    (None, "contaminated"),
])  # fmt: skip
def test_an_older_exam_s_question_is_recycled_and_a_later_one_contaminated(detector, year, verdict):
    assert verdicts(detector, copy("20A1", year=year)) == {"20A1": verdict}


def test_of_two_items_that_read_the_same_each_is_found_and_classed_by_its_own_year():
    later = BenchmarkItem("held-out", copy("20A1", id="22A1", year=2022), *ENGLISH["20A1"])
    twice = Detector([*ITEMS, later])
    record = copy("20A1", year=2021)
    assert verdicts(twice, record) == {"20A1": "contaminated", "22A1": "recycled"}
    found = {"20A1": [], "22A1": []}
    for finding in twice.find(record):
        found[finding.item_id].append(finding.model_dump(exclude={"item_id", "verdict"}))
    assert found["20A1"] == found["22A1"] != []


def test_a_document_is_never_recycled(detector):
    old = Document(id="old", text=BY_ID["20A1"].question.text, published=1990, provenance=PLACE)
    assert verdicts(detector, old) == {"20A1": "contaminated"}


@pytest.mark.parametrize("id_", PLAIN)
def test_an_explanation_that_quotes_is_contaminated_whatever_its_exam_s_year(detector, id_):
    item = BY_ID[id_].question
    quoting = OTHERS[0].model_copy(
        update={"explanation": f"類題がある。{item.text} {' '.join(item.choices)} が出された。"}
    )
    assert verdicts(detector, quoting) == {id_: "contaminated"}
    assert "explanation" in parts(detector, quoting, id_)


@pytest.mark.parametrize("id_", PLAIN)
def test_an_item_buried_in_a_long_page_is_found(detector, id_):
    item = BY_ID[id_].question
    filler = "".join(other.full_text for other in OTHERS)
    text = f"{filler}\n{item.text}\n" + "\n".join(item.choices) + f"\n{filler}{PAGES['tb06'].text}"
    assert len(text) > 8_000
    assert verdicts(detector, page(text)) == {id_: "contaminated"}


@pytest.mark.parametrize("id_", ENGLISH)
def test_a_translation_is_found(detector, id_):
    text, choices = ENGLISH[id_]
    for record in (page(f"{text}\n" + "\n".join(choices)), page(text.upper())):
        assert verdicts(detector, record) == {id_: "contaminated"}
        assert "translation" in parts(detector, record, id_)
    question = copy(id_, text=text, choices=list(choices), answers=[])
    assert verdicts(detector, question) == {id_: "contaminated"}


@pytest.mark.parametrize("length", [70, 80, 90, 145])
def test_half_of_a_case_in_a_page_is_found_and_shown(detector, length):
    case = BY_ID["20C1"].question.vignette
    record = page(case[:length] + PAGES["tb06"].text + PAGES["tb01"].text)
    assert verdicts(detector, record) == {"20C1": "contaminated", "20C2": "contaminated"}
    for finding in detector.find(record):
        assert finding.part.value == "vignette"
        assert finding.score >= finding.threshold


def test_a_case_counts_for_each_of_its_questions(detector):
    record = copy("20C2")
    assert verdicts(detector, record) == {"20C1": "contaminated", "20C2": "contaminated"}
    assert parts(detector, record, "20C2") == {"stem", "choices", "vignette"}


@pytest.mark.parametrize("record", OTHERS, ids=lambda record: record.id)
def test_other_questions_are_not_flagged(detector, record):
    assert verdicts(detector, record) == {}


@pytest.mark.parametrize("id_", ["tb01", "tb02", "tb03", "tb04", "tb06"])
def test_other_pages_are_not_flagged(detector, id_):
    assert verdicts(detector, PAGES[id_]) == {}


@pytest.mark.parametrize(
    "text",
    [
        "最も考えられるのはどれか。",
        "正しいのはどれか。２つ選べ。",
        "この患者で考えられるのはどれか。",
        "その理由として正しいのはどれか。",
        "意識は清明。脈拍は毎分72、血圧120/70 mmHg、体温36.5 ℃。",
        "組合せで正しいのはどれか。",
        "どれか。",
        "。",
        "",
    ],
)
def test_boilerplate_is_not_flagged(detector, text):
    assert verdicts(detector, page(text)) == {}
    question = OTHERS[0].model_copy(update={"text": text})
    assert verdicts(detector, question) == {}


def test_boilerplate_stems_of_the_benchmark_do_not_match_each_other():
    stems = ["最も考えられるのはどれか。", "正しいのはどれか。", "適切なのはどれか。２つ選べ。"]
    items = [
        BenchmarkItem("b", _short(f"{n}", stems[n % 3], [f"{w}の{n}番" for w in "甲乙丙丁戊"]))
        for n in range(30)
    ]
    detector = Detector([*items, *ITEMS])
    for stem in stems:
        record = _short("x", stem, ["心臓の弁", "胃の粘膜", "肺の動脈", "腎の皮質", "肝の小葉"])
        assert verdicts(detector, record) == {}


def _short(id_, text, choices):
    return Question(id=id_, text=text, choices=choices, year=2020, provenance=PLACE)


def test_a_short_item_is_undetermined_and_never_found(detector):
    assert [item.question.id for item in detector.undetermined()] == ["21B3"]
    assert verdicts(detector, copy("21B3")) in ({}, {"21B3": "boilerplate"})


@pytest.mark.parametrize(
    ("stem", "english"), [("正常。", ""), ("血圧", ""), ("あ", "abc"), ("あ", "?"), ("。", "")]
)
def test_items_shorter_than_an_n_gram_are_no_trouble(stem, english):
    short = BenchmarkItem("b", _short("s", stem, []), english, (english,) if english else ())
    detector = Detector([short, *ITEMS])
    for text in (stem, english, stem * 2, f"{stem}{english}", "血圧は正常。"):
        assert set(verdicts(detector, page(text)).values()) <= {"boilerplate"}
    assert "s" in {item.question.id for item in detector.undetermined()}


def test_no_item_finds_nothing():
    empty = Detector([])
    assert empty.find(copy("20A1")) == []
    assert list(empty.undetermined()) == []


@pytest.mark.parametrize(
    "spelling", [s for s in SPELLINGS if s != "NFD"]
)  # a last mark may stay outside
@pytest.mark.parametrize("id_", PLAIN)
def test_spans_hold_the_matched_text_on_both_sides(detector, id_, spelling):
    record = _spelt(id_, spelling)
    item = BY_ID[id_].question
    for finding in detector.find(record):
        ours = record.full_text[finding.record_start : finding.record_end]
        theirs = item.full_text[finding.item_start : finding.item_end]
        if finding.part.value == "stem":
            assert fold(theirs).text == fold(item.text).text
        if finding.part.value == "choices":
            assert theirs == "\n".join(item.choices)
        assert fold(ours).text == fold(theirs).text


@pytest.mark.parametrize("id_", PLAIN)
def test_spans_in_a_page_and_an_explanation_hold_the_matched_text(detector, id_):
    item = BY_ID[id_].question
    printed = "\n".join([item.text, *item.choices])
    quoting = OTHERS[1].model_copy(update={"explanation": f"前に、{printed}、と問われた。"})
    for record in (page(f"{PAGES['tb06'].text}\n{_broken(printed)}\n以上。"), quoting):
        found = [f for f in detector.find(record) if f.item_id == id_]
        stems = [f for f in found if f.part.value in ("stem", "explanation")]
        assert stems
        for finding in stems:
            ours = record.full_text[finding.record_start : finding.record_end]
            theirs = item.full_text[finding.item_start : finding.item_end]
            assert fold(theirs).text == fold(item.text).text
            assert fold(ours).text == fold(item.text).text


@pytest.mark.parametrize("id_", ENGLISH)
def test_spans_of_a_translation_count_in_the_english_text(detector, id_):
    item = BY_ID[id_]
    record = page(f"Past papers. {item.text_en} End.")
    (finding,) = [f for f in detector.find(record) if f.part.value == "translation"]
    ours = record.full_text[finding.record_start : finding.record_end]
    theirs = item.text_en[finding.item_start : finding.item_end]
    assert fold(ours).text == fold(theirs).text == fold(item.text_en).text


def test_spans_of_a_case_lie_in_the_first_question_s_printed_stem(detector):
    first = BY_ID["20C1"].question
    printed = f"次の文を読み、問いに答えよ。\n{first.vignette}\n{first.text}"
    record = copy("20C1", original_text=printed)
    found = {f.part.value: f for f in detector.find(record) if f.item_id == "20C1"}
    for part, text in (("vignette", first.vignette), ("stem", first.text)):
        finding = found[part]
        ours = record.full_text[finding.record_start : finding.record_end]
        theirs = first.full_text[finding.item_start : finding.item_end]
        assert fold(ours).text == fold(text).text
        assert fold(theirs).text == fold(text).text


RECORDS = [*map(copy, PLAIN[:6]), *OTHERS[:6], PAGES["tb05"], page(ENGLISH["20B2"][0])]


def test_what_is_found_in_a_record_does_not_depend_on_the_records_before_it(detector):
    first = [detector.find(record) for record in RECORDS]
    backwards = [detector.find(record) for record in reversed(RECORDS)]
    assert backwards[::-1] == first
    assert [Detector(ITEMS).find(record) for record in RECORDS] == first


@settings(max_examples=6)
@given(st.randoms(use_true_random=False))
def test_what_is_found_does_not_depend_on_the_order_of_the_items(chance):
    shuffled = list(ITEMS)
    chance.shuffle(shuffled)
    one, other = Detector(ITEMS), Detector(shuffled)
    for record in RECORDS:
        assert _as_set(other.find(record)) == _as_set(one.find(record))
    assert {i.question.id for i in other.undetermined()} == {
        i.question.id for i in one.undetermined()
    }


def _as_set(findings):
    return {finding.model_dump_json() for finding in findings}


def test_rarity_does_not_depend_on_which_serial_question_comes_first():
    """A gram of the shared case that stands in one of its questions, too."""
    case = "眼球がやや突出し、首の前側に柔らかく腫れた甲状腺を触れる。"
    items = [
        BenchmarkItem("b", _short("1", "基準より低い値はどれか。", [])),
        BenchmarkItem("b", _short("2", "柔らかく腫れた甲状腺の原因はどれか。", [])),
    ]
    serial = [
        BenchmarkItem("b", item.question.model_copy(update={"vignette": case, "vignette_id": "1"}))
        for item in items
    ]
    one, other = Detector([*serial, *ITEMS]), Detector([*serial[::-1], *ITEMS])
    weights = [{i.item.question.id: [p.information for p in i.parts] for i in d.index.items}
               for d in (one, other)]  # fmt: skip
    assert weights[0] == weights[1]


NOISE = st.text(st.sampled_from("心臓はどれか。、 0123ガ\nabcdefg"), max_size=40)


@settings(max_examples=60)
@given(st.sampled_from(PLAIN), NOISE, NOISE)
def test_whatever_stands_around_an_item_it_is_found(id_, before, after):
    detector = _shared()
    record = page(before + "\n" + BY_ID[id_].question.text + "\n" + after)
    assert verdicts(detector, record)[id_] == "contaminated"
    for finding in detector.find(record):
        assert 0 <= finding.record_start < finding.record_end <= len(record.text)


@settings(max_examples=150)
@given(st.text(max_size=80) | NOISE, st.lists(st.text(max_size=10), max_size=10))
def test_no_text_breaks_the_detector(text, choices):
    question = Question(id="q", text=text, choices=choices, provenance=PLACE)
    for record in (page(text), question):
        for finding in _shared().find(record):
            assert finding.record_end <= len(record.full_text)


def _shared(made=[]):  # noqa: B006 (made once: hypothesis has no session)
    if not made:
        made.append(Detector(ITEMS))
    return made[0]


def test_characters_lost_at_random_hide_no_long_item(detector):
    chance = Random(3)  # noqa: S311 (nothing secret)
    for id_ in PLAIN:
        text = BY_ID[id_].question.text
        noisy = "".join("口" if chance.random() < 0.06 else c for c in text)
        assert verdicts(detector, copy(id_, text=noisy)) == {id_: "contaminated"}, noisy
