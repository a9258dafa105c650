"""Serial questions: the case goes with every question of its group, and with no other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.models import Question
from curate.sources import IgakuqaSource
from curate.sources.ids import ExamId
from curate.sources.serial import SerialLinker, split_question

CASE = "5歳の犬。尾を振っている。"
ASK = "最も考えられるのはどれか。"
NO_RANGE = "次の文を読み、以下の問いに答えよ。"


@pytest.mark.parametrize(
    ("case", "question"),
    [
        (CASE, ASK),
        (CASE, "最も考えられるのはどれか"),
        (CASE, "正しいのはどれか。2つ選べ。"),
        (CASE, "体重はどれか。ただし、1日に100g増えるものとする。"),
        (CASE, "何kgか。解答：①②"),
        (CASE, "まず行うことは何か。"),
        (CASE, "正しいものを2つ選べ。"),
        (CASE, "正しいのはどれか。\n\nａ\n1\nｂ\n2\n（単位kg）"),
        ("5歳の犬。飼い主は「どうすればよいですか。不安です。」と話した。", ASK),
        ("5歳の犬。体温\n38℃", ASK),
        ("5歳の犬。飼い主は治るのかと尋ねた。", "返答はどれか。"),
        (CASE, "説明文をまとめる"),
    ],
)
def test_case_and_question_are_parted(case, question):
    between = "\n" if not case.endswith("。") else ""
    assert split_question(case + between + question) == (case, question)


@given(st.text(alphabet="。か？「」（）\n 犬どれa", max_size=60))
def test_parting_loses_nothing(text):
    case, question = split_question(text)
    assert (case + question).replace(" ", "").replace("\n", "") == text.replace(" ", "").replace(
        "\n", ""
    )


@pytest.mark.parametrize(
    ("header", "last"),
    [
        ("次の文を読み、62～64の問いに答えよ。", 64),
        ("次の文を読み、62〜64の問いに答えよ。", 64),
        ("次の文を読み、６２～６４の問いに答えよ。", 64),
        ("次の文を読み、62 ~ 64 の問いに答えよ。", 64),
        ("次の文を読み，62-64の問いに答えよ。", 64),
        ("次の文を読み、62、63の問いに答えよ。", 63),
        ("次の文を読み、62,63の問いに答えよ。", 63),
        ("次の文を読み、62、63、64の問いに答えよ。", 64),
        ("　次の文を読み、以下の問いに答えよ。\n", 64),
        ("次の文を読み、以下の問いに答えよ", 64),
        ("次の文を読み、1～9の問いに答えよ。", 64),
    ],
)
def test_headers(header, last):
    linker = SerialLinker({"C": 3})
    first = linker.link("first", ExamId("112", "C", 62), header + CASE + ASK)
    assert first == (ASK, header + CASE + ASK, CASE, "first")
    linked = [
        number
        for number in range(1, 99)
        if linker.link("x", ExamId("112", "C", number), ASK).vignette_id
    ]
    assert linked == list(range(63, last + 1))


def test_a_section_without_a_rule_links_nothing():
    linker = SerialLinker({})
    assert linker.link("first", ExamId("112", "A", 1), NO_RANGE + CASE + ASK).vignette == CASE
    assert linker.link("next", ExamId("112", "A", 2), ASK) == (ASK, None, None, None)


@pytest.mark.parametrize("place", [("113", "C"), ("112", "F"), ("112", None), (None, None)])
def test_never_across_exam_or_section(place):
    linker = SerialLinker({"C": 3, "F": 3})
    linker.link("first", ExamId("112", "C", 62), NO_RANGE + CASE + ASK)
    assert linker.link("next", ExamId(*place, 63), ASK).vignette is None


def test_a_new_header_ends_a_group():
    linker = SerialLinker({"C": 3})
    linker.link("first", ExamId("112", "C", 1), NO_RANGE + CASE + ASK)
    linker.link("second", ExamId("112", "C", 2), NO_RANGE + "別の猫。" + ASK)
    assert linker.link("third", ExamId("112", "C", 3), ASK).vignette_id == "second"


@pytest.mark.parametrize("text", [NO_RANGE, NO_RANGE + ASK, NO_RANGE + "。"])
def test_a_header_without_a_case_links_nothing(text):
    linker = SerialLinker({"C": 3})
    assert linker.link("first", ExamId("112", "C", 1), text) == (text, None, None, None)
    assert linker.link("next", ExamId("112", "C", 2), ASK).vignette is None


def test_groups_in_a_file(write, read, medical_row):
    texts = [NO_RANGE + CASE + ASK, "次に行うのはどれか。", "独立の問いはどれか。"]
    rows = [medical_row(f"114B{n}", problem_text=text) for n, text in enumerate(texts, 41)]
    first, second, third = read(IgakuqaSource, write("114-B.jsonl", rows))
    assert (first.text, first.vignette, first.vignette_id) == (ASK, CASE, "114B41")
    assert first.original_text == texts[0]
    assert (second.text, second.vignette, second.vignette_id) == (texts[1], CASE, "114B41")
    assert second.original_text is None
    assert third.vignette is None


def test_group_sizes_are_the_recipes(write, read, medical_row):
    rows = [medical_row("114B1", problem_text=NO_RANGE + CASE + ASK), medical_row("114B3")]
    path = write("114-B.jsonl", rows)
    assert read(IgakuqaSource, path)[1].vignette is None
    assert read(IgakuqaSource, path, serial={"B": 3})[1].vignette == CASE


def test_a_broken_first_row_does_not_cost_the_others_their_case(write, read, medical_row):
    rows = [
        medical_row("114B1", problem_text=NO_RANGE + CASE + ASK, answer=["z"]),
        medical_row("114B2"),
    ]
    bad, good = read(IgakuqaSource, write("114-B.jsonl", rows))
    assert not isinstance(bad, Question)
    assert (good.vignette, good.vignette_id) == (CASE, "114B1")


def test_each_file_starts_afresh(write, read, medical_row, tmp_path):
    write("a/data/2020/114-B.jsonl", [medical_row("114B1", problem_text=NO_RANGE + CASE + ASK)])
    write("a/data/2020/114-C.jsonl", [medical_row("114B2")])
    rows = read(IgakuqaSource, tmp_path / "a")
    assert [row.vignette is None for row in rows] == [False, True]
