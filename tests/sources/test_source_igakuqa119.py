"""IgakuQA119: questions in JSON lists, their key in a CSV, and nothing of either lost."""

import orjson
import pytest

from curate.errors import InputError
from curate.models import Quarantined
from curate.sources import Igakuqa119Source, detect_layout, source_files

OPTIONS = ["a. 心臓", "b. 胃", "c. 肺", "d. 腎臓", "e. 肝臓"]
CASE = "次の文を読み、41、42の問いに答えよ。40歳の男性。息切れがある。"


def _question(number, **keys):
    return {
        "number": number,
        "question": "どれか。 ",
        "choices": OPTIONS,
        "has_image": False,
        **keys,
    }


@pytest.fixture
def exam(write, tmp_path):
    """Writes sections and a key, and returns the folder."""

    def exam(key, **sections):
        for section, rows in sections.items():
            write(f"set/questions/119{section}_json.json", orjson.dumps(rows))
        write("set/correct_answers.csv", ("\ufeff問題番号,解答\n" + key).encode())
        write("set/answers/119A_model.json", b'{"answer": "a"}')
        return tmp_path / "set"

    return exam


@pytest.fixture
def one_of(exam, read):
    """Reads the one question with this key."""
    return lambda key, **keys: read(
        Igakuqa119Source, exam(f"119B7,{key}\n", B=[_question("119B7", **keys)])
    )[0]


def test_it_is_found_by_itself_and_read_in_order(exam, read):
    folder = exam("119A1,a\n119B1,be\n119A2,c\n", B=[_question("119B1", has_image=True)],
                  A=[_question("119A1"), _question("119A2")])  # fmt: skip
    assert detect_layout(folder) == "igakuqa119"
    first, second, third = read(Igakuqa119Source, folder)
    assert (first.id, first.exam, first.year, first.section, first.number) == (
        "119A1", "119", 2025, "A", 1,
    )  # fmt: skip
    assert (first.choices, first.answers) == (["心臓", "胃", "肺", "腎臓", "肝臓"], [["a"]])
    assert (second.provenance.path, second.provenance.line) == ("questions/119A_json.json", 2)
    assert (third.answers, third.required, third.has_image) == ([["b", "e"]], True, True)
    assert not first.required
    source = Igakuqa119Source(path=str(folder))
    files = source_files(source)
    assert [file.relative for file in files] == [
        "correct_answers.csv", "questions/119A_json.json", "questions/119B_json.json",
    ]  # fmt: skip
    assert source.left_out(files) == []


def test_kinds_of_keys(one_of):
    assert one_of("a or d").answers == [["a"], ["d"]]
    assert one_of("解なし").exclusion == "dropped"
    assert one_of("36", choices=[]).answers == [["36"]]
    assert one_of("a", choices=[], has_image=True).answers == [["a"]]


@pytest.mark.parametrize(
    ("key", "choices", "error"),
    [
        ("e", [], "answers: ['e'] has letters, but there are no choices and no image"),
        ("c", [*OPTIONS[:2], *OPTIONS[3:]], "choices: there is no option c, which is in the key"),
        ("e", OPTIONS[:4], "choices: there is no option e, which is in the key"),
        ("a", [OPTIONS[1], OPTIONS[0]], "choices: expected labels from a on, found b, a"),
        ("a", [*OPTIONS[:4], "肝臓"], "choices: expected labels from a on, found a, b, c, d, ?"),
        ("?", OPTIONS, "answers: is neither letters a-j nor one number"),
    ],
)
def test_what_cannot_be_is_set_aside(one_of, key, choices, error):
    found = one_of(key, choices=choices)
    assert isinstance(found, Quarantined)
    assert (found.line, found.error) == (1, error)


def test_an_option_that_is_missing_leaves_its_letter_free(one_of):
    found = one_of("d", choices=[*OPTIONS[:2], *OPTIONS[3:]])
    assert found.choices == ["心臓", "胃", "", "腎臓", "肝臓"]
    assert one_of("a", choices=["心臓", "胃"]).choices == ["心臓", "胃"]


def test_questions_and_keys_must_meet(exam, read):
    key = "119A1,a\n119A9,b\n119A1,b\nx\n"
    *bad, good, alone = read(
        Igakuqa119Source, exam(key, A=[_question("119A1"), _question("119A2")])
    )
    assert good.answers == [["a"]]
    assert [(row.file, row.line, row.error) for row in bad] == [
        ("own/correct_answers.csv", 3, "no question has this key"),
        ("own/correct_answers.csv", 4, "a second key of one question"),
        ("own/correct_answers.csv", 5, "expected 2 fields, found 1"),
    ]
    assert alone.error == "answers: correct_answers.csv has no key of this question"
    assert (alone.file, alone.line) == ("own/questions/119A_json.json", 2)


def test_a_case_that_is_printed_twice_is_one_case(exam, read):
    rows = [
        _question("119B41", question=CASE + "最も考えられるのはどれか。"),
        _question("119B42", question=CASE + "入院した。次に行うのはどれか。"),
        _question("119B43"),
    ]
    first, second, third = read(Igakuqa119Source, exam("119B41,a\n119B42,b\n119B43,c\n", B=rows))
    assert first.vignette_id == second.vignette_id == "119B41"
    assert (first.text, second.text) == ("最も考えられるのはどれか。", "次に行うのはどれか。")
    assert second.vignette == "40歳の男性。息切れがある。入院した。"
    assert second.original_text == rows[1]["question"]
    assert third.vignette is None


def test_a_recipe_says_how_long_a_group_without_numbers_is(exam, read):
    case = "次の文を読み、以下の問いに答えよ。40歳の男性。息切れがある。"
    rows = [_question("119B41", question=case + "診断はどれか。"), _question("119B42")]
    folder = exam("119B41,a\n119B42,b\n", B=rows)
    assert [row.vignette_id for row in read(Igakuqa119Source, folder)] == ["119B41", None]
    linked = read(Igakuqa119Source, folder, serial={"B": 2})
    assert [row.vignette_id for row in linked] == ["119B41", "119B41"]


def test_a_key_without_its_columns_stops(exam, read):
    folder = exam("", A=[_question("119A1")])
    (folder / "correct_answers.csv").write_text("number,answer\n119A1,a\n")
    with pytest.raises(InputError, match="has no columns 問題番号 and 解答"):
        read(Igakuqa119Source, folder)


@pytest.mark.data
def test_the_real_exam(real_data, read):
    found = read(Igakuqa119Source, real_data / "igakuqa119")
    bad = [row for row in found if isinstance(row, Quarantined)]
    good = [row for row in found if not isinstance(row, Quarantined)]
    assert (len(good), [(row.file, row.line) for row in bad]) == (
        397,
        [
            ("own/questions/119A_json.json", 22),
            ("own/questions/119E_json.json", 45),
            ("own/questions/119E_json.json", 48),
        ],
    )
    assert {row.year for row in good} == {2025}
    assert sum(row.required for row in good) == 98
    assert sum(row.vignette is not None for row in good) == 10
    assert [row.answers for row in good if not row.choices and not row.has_image] == [
        [["600"]], [["36"]], [["27"]], [["40"]],
    ]  # fmt: skip


def test_a_number_that_is_a_list_is_a_bad_row(exam, read):
    rows = [_question("119B1"), _question(["119B2"])]
    found = read(Igakuqa119Source, exam("119B1,a\n119B2,b\n", B=rows))
    assert [row.error for row in found if isinstance(row, Quarantined)] == [
        "no question has this key",
        "number: expected an id, found a list",
    ]
