"""Every disguise changes an item as it says, the same way every time, or declines it."""

import re

import pytest
from leak_items import BY_ID, ITEMS, PAGES
from rapidfuzz.distance import Levenshtein

from curate.leakage import BenchmarkItem
from curate.leakage.disguises import DISGUISES, HALF, Disguise, Material, plantable
from curate.leakage.wording import LOOKALIKES, full_width, half_width, other_kanji, telling
from curate.models import Document, Question, Verdict
from curate.text import fold

MATERIAL = Material([page.text for page in PAGES.values()], ITEMS)
BY_NAME = {disguise.name: disguise for disguise in DISGUISES}
NOISE = {"OCR noise 2 %": 0.02, "OCR noise 5 %": 0.05, "OCR noise 8 %": 0.08}
SERIAL = BY_ID["20C2"]


def case_of(item):
    question = item.question
    return f"{question.vignette}\n{question.text}" if question.vignette else question.text


def made(name, item, seed=0, material=MATERIAL):
    done = BY_NAME[name].apply(item, material, seed)
    return done.record if done else None


def texts(name, items=ITEMS):
    """(item, text of the disguised record) of every item that admits the disguise."""
    pairs = [(item, made(name, item)) for item in items]
    found = [(item, record.full_text) for item, record in pairs if record is not None]
    assert found, f"no item admits {name}"
    return found


def changed_item(**keys):
    question = BY_ID["20A1"].question.model_copy(update=keys)
    return BenchmarkItem("held-out", question)


def test_names_are_told_apart_and_expect_a_leak_or_a_review():
    assert len(BY_NAME) == len(DISGUISES) >= 14
    assert {d.expected for d in DISGUISES} == {Verdict.CONTAMINATED, Verdict.REVIEW}


@pytest.mark.parametrize("disguise", DISGUISES, ids=lambda d: d.name)
def test_a_disguise_is_a_function_of_item_and_seed(disguise: Disguise):
    first = [disguise.apply(item, MATERIAL, 7) for item in ITEMS]
    again = [disguise.apply(item, MATERIAL, 7) for item in reversed(ITEMS)][::-1]
    assert first == again
    assert any(first)


@pytest.mark.parametrize("disguise", DISGUISES, ids=lambda d: d.name)
def test_a_disguised_item_is_a_new_record_that_holds_the_item(disguise: Disguise):
    for item in ITEMS:
        done = disguise.apply(item, MATERIAL, 0)
        if done is None:
            continue
        assert item in done.items
        assert isinstance(done.record, Document | Question)
        assert done.record.provenance.source == "planted"
        assert done.record != item.question
        assert done.record.full_text.strip()


@pytest.mark.parametrize("disguise", DISGUISES, ids=lambda d: d.name)
def test_an_item_of_a_formula_admits_no_disguise(disguise: Disguise):
    empty = changed_item(text="正しいのはどれか。2つ選べ。", choices=["a", "b", "c", "d", "e"])
    assert not plantable(empty)
    assert disguise.apply(empty, MATERIAL, 0) is None


FIXED = ("verbatim", "stem only", "options only", "English translation")
RANDOM = [d for d in DISGUISES if d.name not in FIXED]


@pytest.mark.parametrize("disguise", RANDOM, ids=lambda d: d.name)
def test_another_seed_disguises_otherwise(disguise: Disguise):
    forms = [[disguise.apply(item, MATERIAL, seed) for item in ITEMS] for seed in range(4)]
    assert any(form != forms[0] for form in forms)


@pytest.mark.parametrize("disguise", DISGUISES, ids=lambda d: d.name)
def test_real_items_admit_every_disguise(disguise: Disguise, igakuqa):
    material = Material(MATERIAL.texts, igakuqa)
    done = [disguise.apply(item, material, 0) for item in igakuqa[:400]]
    admitted = [one for one in done if one]
    assert len(admitted) > 100
    assert admitted == [one for item in igakuqa[:400] if (one := disguise.apply(item, material, 0))]
    serial = [one for one in admitted if one.items[0].question.vignette]
    assert serial or disguise.name == "options only"


def test_verbatim_has_case_question_and_options():
    for item, text in texts("verbatim"):
        assert case_of(item) in text
        assert all(choice in text for choice in item.question.choices)
    assert SERIAL.question.vignette in made("verbatim", SERIAL).text


def test_a_page_holds_the_item_whole_among_real_text():
    for item, text in texts("buried in a page"):
        own = made("verbatim", item).text
        assert own in text
        assert 300 <= len(text) - len(own) <= 3002
        assert set(text.replace(own, "")) <= set("".join(MATERIAL.texts) + "\n")
    assert made("buried in a page", ITEMS[0], material=Material(items=ITEMS)) is None


def test_width_changes_every_letter_and_nothing_that_is_read():
    for item, text in texts("other width"):
        assert text != made("verbatim", item).text
        assert all(fold(choice).text in fold(text).text for choice in item.question.choices)
        assert fold(case_of(item)).text in fold(text).text
    assert full_width("Hb 7.2") == "Ｈｂ ７．２"
    assert half_width("ビタミンＢ１２") == "ﾋﾞﾀﾐﾝB12"
    assert half_width("がん漢字") == "がん漢字"
    assert other_kanji("胆囊と胆嚢") == "胆嚢と胆囊"


def test_lines_break_anywhere_and_lose_nothing():
    for item, text in texts("line breaks"):
        lines = text.split("\n")
        assert len(lines) > 1
        assert max(map(len, lines)) <= 41
        assert fold(text).text == fold(made("verbatim", item).text).text


def test_the_key_follows_the_reordered_options():
    for item in ITEMS:
        record = made("options reordered", item)
        if record is None:
            continue
        question = item.question
        assert record.choices != question.choices
        assert sorted(record.choices) == sorted(question.choices)
        keys = [{q.choices["abcdefgh".index(letter)] for a in q.answers for letter in a}
                for q in (record, question)]  # fmt: skip
        assert keys[0] == keys[1]
        assert (record.exam, record.year) == (None, None)


@pytest.mark.parametrize("name", ["options relabelled", "options unlabelled"])
def test_options_of_a_document_stand_in_another_order(name):
    for item, text in texts(name):
        places = [text.index(choice, len(case_of(item))) for choice in item.question.choices]
        assert places != sorted(places)
    assert made(name, changed_item(choices=["同じ", "同じ"], answers=[])) is None


def test_a_stem_stands_without_its_options():
    for item, text in texts("stem only"):
        assert text == case_of(item)
    assert made("stem only", changed_item(text="次のうち正しいのはどれか。")) is None


def test_options_stand_without_their_stem():
    for item, text in texts("options only"):
        assert all(choice in text for choice in item.question.choices)
        assert item.question.text not in text
    assert made("options only", changed_item(choices=["鉄", "銅", "銀", "金"])) is None
    assert made("options only", changed_item(choices=["長い選択肢" * 8] * 3)) is None


def test_numbers_and_sex_change_and_options_stay():
    item = changed_item(
        text="48歳の男性。体重60.5kg、血小板12,000。Ｔ3とVitB12は正常。正しいのを2つ選べ。"
    )
    text = made("other numbers and sex", item).text
    age, weight, count = re.match(
        r"(\d+)歳の女性。体重(\d+\.\d)kg、血小板(\d+,\d{3})。", text
    ).groups()
    assert age != "48"
    assert 38 <= int(age) <= 58
    assert weight != "60.5"
    assert count != "12,000"
    assert "VitB12は正常。正しいのを2つ選べ。" in text
    assert all(choice in text for choice in item.question.choices)
    assert made("other numbers and sex", changed_item(text="脳の血管を広げるのは何か。")) is None


@pytest.mark.parametrize(("name", "share"), NOISE.items())
def test_noise_touches_the_share_of_characters_it_names(name, share):
    for item, text in texts(name):
        clean = made("verbatim", item).text
        assert 0 < Levenshtein.distance(clean, text) <= round(share * len(clean)) * 2
        assert abs(len(clean) - len(text)) <= round(share * len(clean))


def test_glyphs_that_look_alike_are_others():
    assert len(LOOKALIKES) > 150
    assert not [glyph for glyph, alike in LOOKALIKES.items() if glyph in alike or not alike]


def test_a_paraphrase_changes_up_to_a_fifth_of_the_case():
    for item, text in texts("light paraphrase"):
        case = case_of(item)
        said = text[: text.index("\na ")] if item.question.choices else text
        share = Levenshtein.distance(case, said) / len(case)
        assert 0.04 < share <= 0.21, item.question.id
        assert all(choice in text for choice in item.question.choices)


def test_half_a_case_is_a_half_and_long_enough():
    for item, text in texts("half of the case"):
        assert text in case_of(item)
        assert len(fold(text).text) >= HALF
        assert len(text) <= 0.7 * len(case_of(item)) + 1
    assert made("half of the case", changed_item(text="短い文。" * 10)) is None
    assert made("half of the case", changed_item(text="一文だけが長く続く" * 30)) is None


def test_english_is_what_the_benchmark_ships():
    text = made("English translation", BY_ID["20A1"]).text
    assert BY_ID["20A1"].text_en in text
    assert all(choice in text for choice in BY_ID["20A1"].choices_en)
    assert made("English translation", BY_ID["20A2"]) is None


def test_one_option_is_replaced_by_another_items():
    for item in ITEMS:
        record = made("one option replaced", item)
        if record is None:
            assert len(item.question.choices) < 4 or not plantable(item)
            continue
        pairs = zip(record.choices, item.question.choices, strict=True)
        other = [new for new, old in pairs if new != old]
        assert len(other) == 1
        assert any(other[0] in one.question.choices for one in ITEMS)


def test_several_items_stand_in_one_document():
    for item in ITEMS:
        done = BY_NAME["several in one"].apply(item, MATERIAL, 0)
        if done is None:
            assert not plantable(item)
            continue
        assert 3 <= len(done.items) <= 5
        assert len({one.question.id for one in done.items}) == len(done.items)
        assert all(one.question.text in done.record.text for one in done.items)
    alone = Material(MATERIAL.texts, ITEMS[:1])
    assert BY_NAME["several in one"].apply(ITEMS[0], alone, 0) is None


def test_formulas_do_not_tell_items_apart():
    assert (
        telling(
            "次の文を読み、40、41の問いに答えよ。この患者に対する治療として最も適切なのはどれか。2つ選べ。"
        )
        < 8
    )
    assert telling("座位から体幹を前傾させると、より明瞭になる聴診所見はどれか。") >= 20
