"""What columns are taken for: by their names, else by their look, and what stays in doubt."""

import pytest

from curate.sources.guess import guess


def _rows(count=6, **columns):
    return [{name: make(n) for name, make in columns.items()} for n in range(count)]


STEM = {"id": lambda n: f"q{n}", "text": lambda n: f"{n}番目に来るのはどれか。"}
FIVE = {"choices": lambda _: ["甲", "乙", "丙", "丁", "戊"]}


def test_our_own_columns_need_no_mapping():
    found = guess(_rows(**STEM, **FIVE, answers=lambda n: "abcdea"[n], year=lambda _: 2015))
    assert (found.layout, found.keys, found.doubts) == ("questions", {}, [])


@pytest.mark.parametrize(
    ("columns", "choices"),
    [
        (["A", "B", "C"], ["A", "B", "C"]),
        (["option_a", "option_b"], ["option_a", "option_b"]),
        (["opa", "opb", "opc", "opd"], ["opa", "opb", "opc", "opd"]),
        (["choice1", "choice2", "choice3"], ["choice1", "choice2", "choice3"]),
        (["選択肢１", "選択肢２"], ["選択肢１", "選択肢２"]),
        (["o0", "o1", "o2"], ["o0", "o1", "o2"]),
        (["c", "a", "b"], ["a", "b", "c"]),
        (["A", "C"], None),
        (["x1", "x2"], None),
    ],
)
def test_options_in_columns_of_their_own(columns, choices):
    options = {name: lambda n, name=name: f"{name}の{n}" for name in columns}
    found = guess(_rows(**STEM, **options))
    assert found.keys.get("fields", {}).get("choices") == choices
    assert found.layout == ("questions" if choices else "documents")


@pytest.mark.parametrize(
    "choices",
    [
        lambda _: {"A": "甲", "B": "乙"},
        lambda _: {"label": ["A", "B"], "text": ["甲", "乙"]},
        lambda _: [{"key": "A", "value": "甲"}, {"key": "B", "value": "乙"}],
    ],
)
def test_options_in_one_column(choices):
    found = guess(_rows(**STEM, options=choices, answer_idx=lambda n: "AB"[n % 2]))
    assert found.keys == {"fields": {"choices": "options", "answers": "answer_idx"}}


@pytest.mark.parametrize(
    ("name", "value", "key", "doubt"),
    [
        ("answer", lambda n: "ABCDEA"[n], None, False),
        ("answer", lambda n: ["a", "c"][: 1 + n % 2], None, False),
        ("answer", lambda _: "a,d", None, False),
        ("正解", lambda n: 1 + n % 5, "numbers", False),
        ("answer", lambda n: str(1 + n % 5), "numbers", False),
        ("answer", lambda n: n % 5, "indexes", False),
        ("answer", lambda n: 1 + n % 4, "numbers", True),
        ("cop", lambda n: 1 + n % 4, "indexes", True),
        ("label", lambda n: 1 + n % 5, "numbers", False),
        ("answer", lambda n: "甲乙丙丁戊甲"[n], "texts", False),
    ],
)
def test_the_form_of_the_key(name, value, key, doubt):
    found = guess(_rows(**STEM, **FIVE, **{name: value}))
    assert found.layout == "questions"
    assert found.keys.get("key") == key
    assert found.keys.get("fields", {}).get("answers", "answer") == name
    assert any(one.startswith("key: numbers from 1 and indexes") for one in found.doubts) is doubt


def test_a_letter_is_a_surer_key_than_a_text():
    found = guess(
        _rows(**STEM, **FIVE, answer=lambda n: "甲乙丙丁戊甲"[n], answer_idx=lambda n: "ABCDEA"[n])
    )
    assert found.keys == {"fields": {"answers": "answer_idx"}}


def test_a_column_named_as_the_key_that_is_none_is_told():
    found = guess(_rows(**STEM, **FIVE, answer=lambda _: "自由に書く"))
    assert "no column was found to be the key: rows have none" in found.doubts


def test_other_names_and_misspelled_ones():
    found = guess(
        _rows(
            問題番号=lambda n: n, 問題文=STEM["text"], 選択肢=FIVE["choices"], 正答=lambda _: 0,
            yaer=lambda _: "平成27年", 解説=lambda _: "解く。", 公開日=lambda _: "2016-01-01",
        )
    )  # fmt: skip
    assert found.layout == "questions"
    assert found.keys["fields"] == {
        "id": "問題番号", "text": "問題文", "choices": "選択肢", "answers": "正答", "explanation": "解説",
        "year": "yaer", "published": "公開日",
    }  # fmt: skip
    assert found.doubts == []


def test_documents_by_name_and_by_look():
    found = guess(_rows(doc_id=lambda n: n, body=lambda _: "長い文。", date=lambda _: "2016-03"))
    assert found.layout == "documents"
    assert found.keys == {
        "fields": {"id": "doc_id", "text": "body"},
        "published": {"field": "date"},
    }
    looks = guess(
        _rows(x=lambda n: f"k{n}", y=lambda _: "とても長い文章である。", z=lambda _: "短い")
    )
    assert looks.keys == {"fields": {"id": "x", "text": "y"}}
    assert [doubt.partition(" ")[0] for doubt in looks.doubts] == ["text:", "id:", "no", "texts"]


@pytest.mark.parametrize(
    "columns",
    [
        {"messages": lambda _: [{"role": "user", "content": "文"}]},
        {"id": lambda n: n, "prompt": lambda _: "文", "completion": lambda _: "文"},
        {"instruction": lambda _: "文", "input": lambda _: "", "output": lambda _: "文"},
        {"question": lambda _: "同じ文", "note": lambda _: "x"},
        {"n": lambda n: n},
    ],
)
def test_what_has_no_id_or_is_a_chat_is_texts(columns):
    found = guess(_rows(**columns))
    assert (found.layout, found.keys) == ("texts", {})
    assert "year.unknown" in found.doubts[-1]


def test_rows_that_differ_are_no_trouble():
    rows = [
        {},
        {"id": None},
        {"id": "a", "text": "b"},
        {"id": 2, "text": None, "x": [1]},
        {"id": {}},
    ]
    assert guess(rows).layout == "texts"
    assert guess([]).layout == "texts"
