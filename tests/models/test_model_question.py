"""Every kind of item that the exams have can be said, and nothing that cannot be."""

import pytest
from pydantic import ValidationError

from curate.models import Document, Exclusion, Provenance, Question

FIVE = ["心臓", "胃", "肺", "腎臓", "肝臓"]


@pytest.fixture
def provenance():
    return Provenance(source="exams", path="a.jsonl", sha256="0" * 64, line=3)


@pytest.fixture
def question(provenance):
    def make(**keys):
        return Question(
            **{"id": "112A1", "text": "どれか。", "choices": FIVE, "provenance": provenance, **keys}
        )

    return make


KINDS = {
    "one letter": {"answers": [["c"]]},
    "two letters": {"answers": [["a", "d"]]},
    "three letters": {"answers": [["a", "b", "e"]]},
    "one of six": {"choices": [*FIVE, "脾臓"], "answers": [["f"]]},
    "one of eight": {"choices": [*FIVE, "脾臓", "膵臓", "脳"], "answers": [["h"]]},
    "one of ten": {"choices": FIVE * 2, "answers": [["j"]]},
    "a number": {"choices": [], "answers": [["26"]]},
    "a number with a decimal point": {"choices": [], "answers": [["7.20"]]},
    "a number that lost its point": {"choices": [], "answers": [["04"]]},
    "a or d": {"answers": [["a"], ["d"]], "exclusion": Exclusion.SEVERAL_KEYS},
    "three answers": {"answers": [["a"], ["b"], ["c"]], "exclusion": Exclusion.SEVERAL_KEYS},
    "any two of three": {
        "answers": [["a", "b"], ["a", "c"], ["b", "c"]],
        "exclusion": Exclusion.SEVERAL_KEYS,
    },
    "no answer": {"answers": [], "exclusion": Exclusion.DROPPED},
    "an unknown key": {"answers": []},
    "dropped with a key": {"answers": [["a"]], "exclusion": Exclusion.DROPPED},
    "counted if right": {
        "answers": [["b"]],
        "required": True,
        "exclusion": Exclusion.COUNTED_IF_RIGHT,
    },
    "no points, with a key": {"answers": [["a"]], "points": 0},
    "three points": {"answers": [["a"]], "points": 3},
    "an image beside the stem": {"answers": [["a"]], "has_image": True},
    "options that are images": {"choices": [], "answers": [["g"]], "has_image": True},
    "a first serial question": {
        "original_text": "次の文を読み、62～64の問いに答えよ。\n60歳の男性。\nどれか。",
        "vignette": "60歳の男性。",
        "vignette_id": "112A1",
    },
    "a follow-up": {"vignette": "60歳の男性。", "vignette_id": "112A1"},
    "blank options": {"choices": ["①と②", "", "", "", ""], "answers": [["a"]]},
    "an empty stem": {"text": ""},
    "a verified explanation": {
        "explanation": "ａが正しい。",
        "explanation_verified": "the publisher",
        "published": 2016,
    },
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_of_item_is_representable_and_comes_back(question, kind):
    made = question(**KINDS[kind])
    assert Question.model_validate_json(made.model_dump_json()) == made
    for name, value in KINDS[kind].items():
        assert getattr(made, name) == value


REFUSED = {
    "a letter beyond the choices": ({"answers": [["f"]]}, "beyond the 5 choices"),
    "unsorted letters": ({"answers": [["d", "a"]]}, "sorted"),
    "a letter twice": ({"answers": [["a", "a"]]}, "without repeats"),
    "an answer twice": ({"answers": [["a"], ["a"]]}, "twice"),
    "an empty answer": ({"answers": [[]]}, "at least 1"),
    "a capital letter": ({"answers": [["A"]]}, "neither letters"),
    "two letters in one": ({"answers": [["ab"]]}, "neither letters"),
    "prose": ({"answers": [["心臓"]]}, "neither letters"),
    "a number with choices": ({"answers": [["26"]]}, "multiple choice"),
    "two numbers": ({"choices": [], "answers": [["2", "6"]]}, "neither letters"),
    "a number and a letter": ({"choices": [], "answers": [["2", "a"]]}, "neither letters"),
    "a number with a unit": ({"choices": [], "answers": [["26mg"]]}, "neither letters"),
    "a number with a line break": ({"choices": [], "answers": [["26\n"]]}, "neither letters"),
    "a number without its digits": ({"choices": [], "answers": [[".4"]]}, "neither letters"),
    "letters without choices or image": ({"choices": [], "answers": [["a"]]}, "no choices"),
    "eleven choices": ({"choices": ["x"] * 11}, "at most 10"),
    "several_keys with one key": (
        {"answers": [["a"]], "exclusion": "several_keys"},
        "at least two",
    ),
    "several_keys with none": ({"answers": [], "exclusion": "several_keys"}, "at least two"),
    "counted_if_right outside 必修": (
        {"answers": [["a"]], "exclusion": "counted_if_right"},
        "必修",
    ),
    "an unknown exclusion": ({"exclusion": "maybe"}, "Input should be"),
    "a vignette without its id": ({"vignette": "60歳の男性。"}, "go together"),
    "a vignette's id alone": ({"vignette_id": "112A1"}, "go together"),
    "an empty vignette": ({"vignette": "", "vignette_id": "112A1"}, "at least 1"),
    "verified without an explanation": ({"explanation_verified": "us"}, "need an explanation"),
    "published without an explanation": ({"published": 2016}, "need an explanation"),
    "an empty explanation": ({"explanation": ""}, "at least 1"),
    "an empty id": ({"id": ""}, "at least 1"),
    "a year that is an exam's number": ({"year": 112}, "greater than or equal"),
    "negative points": ({"points": -1}, "greater than or equal"),
    "points beyond a table's integers": ({"points": 2**63}, "less than"),
    "a number beyond a table's integers": ({"number": 10**19}, "less than"),
    "an unknown field": ({"answer": "a"}, "Extra inputs"),
    "another kind": ({"kind": "document"}, "Input should be"),
}


@pytest.mark.parametrize("state", REFUSED)
def test_an_illegal_state_is_refused(question, state):
    keys, message = REFUSED[state]
    with pytest.raises(ValidationError, match=message):
        question(**keys)


def test_records_are_frozen(question):
    with pytest.raises(ValidationError, match="frozen"):
        question().text = "another"


def test_the_full_text_of_a_first_serial_question_holds_its_case_once(question):
    made = question(
        original_text="60歳の男性。\nどれか。", vignette="60歳の男性。", vignette_id="112A1"
    )
    assert made.full_text == "60歳の男性。\nどれか。\n心臓\n胃\n肺\n腎臓\n肝臓\n"


def test_the_full_text_of_a_follow_up_ends_with_its_case(question):
    made = question(
        choices=["心臓"], explanation="解説", vignette="60歳の男性。", vignette_id="112A0"
    )
    assert made.full_text == "どれか。\n心臓\n解説\n60歳の男性。"


def test_a_document_is_its_text(provenance):
    made = Document(id="d1", text="本文", published=2015, provenance=provenance)
    assert made.full_text == "本文"
    assert Document.model_validate_json(made.model_dump_json()) == made


@pytest.mark.parametrize("place", [{"line": 1}, {"page": 1}])
def test_provenance_has_a_line_or_a_page(place):
    made = Provenance(source="s", path="p", sha256="a" * 64, **place)
    assert Provenance.model_validate_json(made.model_dump_json()) == made


@pytest.mark.parametrize("place", [{}, {"line": 1, "page": 1}, {"line": 0}, {"page": -1}])
def test_provenance_without_one_place_is_refused(place):
    with pytest.raises(ValidationError):
        Provenance(source="s", path="p", sha256="a" * 64, **place)


@pytest.mark.parametrize("sha256", ["", "a" * 63, "A" * 64, "a" * 64 + "\n", "g" * 64])
def test_a_hash_is_64_hexadecimal_digits(sha256):
    with pytest.raises(ValidationError):
        Provenance(source="s", path="p", sha256=sha256, line=1)
