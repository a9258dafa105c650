"""The year boundary, through the command line: exam numbers, publication years, serial questions."""

import pytest

CASE = "六十歳の登山者。標高二千メートルの山小屋で夜に何度も目を覚まし、朝から頭が重いという。"


def _medical(id_, text, number=0):
    return {
        "problem_id": id_,
        "problem_text": text,
        "choices": [f"{word}{number}" for word in ("安静", "加温", "下山", "食事", "睡眠")],
        "text_only": True,
        "answer": ["c"],
        "points": "1",
    }


@pytest.fixture
def by_id(run, table):
    """Returns what became of each row: its reason, or None if it was kept."""

    def by_id():
        kept = {row["id"]: None for row in table(run / "kept.parquet")}
        return kept | {row["id"]: row["dropped_by"] for row in table(run / "dropped.parquet")}

    return by_id


def test_physicians_exams_are_cut_between_111_and_112(build, write, by_id, run, table):
    for year, exam in ((2017, 111), (2018, 112)):
        rows = [_medical(f"{exam}A1", f"第{exam}回の山小屋で最初に勧めるのはどれか。", exam)]
        folder = write(f"exams/data/{year}/{exam}-A.jsonl", rows).parents[2]
    assert build(folder).code == 0
    assert by_id() == {"111A1": None, "112A1": "year.after"}
    [kept] = table(run / "kept.parquet")
    assert (kept["exam"], kept["year"], kept["year_rule"]) == ("111", 2017, "exam+1906")


def test_pharmacists_exams_are_cut_between_102_and_103(build, write, by_id, run, table):
    for year, exam in ((2017, 102), (2018, 103)):
        row = {
            "problem_id": f"{exam}001",
            "problem_text": f"第{exam}回の水に最も溶けやすいのはどれか。1つ選べ。",
            "choices": ["油", "砂", "食塩", "鉄", "金"],
            "text_only": True,
            "answer": ["3"],
            "comment": "食塩は水に溶けて電離する。",
            "points": "1",
        }
        folder = write(f"pharma/{year}/{exam}.jsonl", [row]).parents[1]
        write(f"pharma/{year}/metadata_{exam}.jsonl", [{"problem_id": f"{exam}001"}] * 2)
    assert build(folder).code == 0
    assert by_id() == {"102001": None, "103001": "year.after"}
    [kept] = table(run / "kept.parquet")
    assert (kept["exam"], kept["year"], kept["year_rule"]) == ("102", 2017, "exam+1915")
    assert kept["answers"] == [["c"]]
    assert (kept["published"], kept["published_rule"]) == (2017, "exam_year (assumed)")


def test_an_explanation_published_later_drops_an_old_question(build, write, old, by_id):
    rows = old(year=2015, explanation="あとから書かれた説明である。")
    for row, published in zip(rows, (2017, 2018, "2018-04-01"), strict=True):
        row["published"] = published
    assert build(write("old.jsonl", rows)).code == 0
    assert by_id() == {"10A1": None, "10A2": "year.after", "10A3": "year.after"}


def test_a_document_goes_by_its_year(build, write, by_id):
    texts = (
        "腎臓は血漿を濾して尿を作る。",
        "肝臓は糖をたくわえて放す。",
        "脾臓は古い赤血球を壊す。",
    )
    rows = [
        {"id": f"d{n}", "text": text, "year": year}
        for n, (text, year) in enumerate(zip(texts, (2017, 2018, None), strict=True))
    ]
    assert build(write("pages.jsonl", rows)).code == 0
    assert by_id() == {"d0": None, "d1": "year.after", "d2": "year.unknown"}


def test_max_year_moves_the_boundary(build, write, old, by_id):
    rows = old()
    rows[0]["year"] = 2018
    path = write("old.jsonl", rows)
    assert build(path, "--set", "max_year=2018").code == 0
    assert by_id() == {"10A1": None, "10A2": None, "10A3": None}


@pytest.mark.parametrize(
    ("section", "header", "linked"),
    [
        ("D", "次の文を読み、1、2の問いに答えよ。", {"111D1", "111D2"}),
        ("B", "次の文を読み、以下の問いに答えよ。", {"111B1", "111B2"}),
        ("C", "次の文を読み、以下の問いに答えよ。", {"111C1", "111C2", "111C3"}),
    ],
)
def test_serial_questions_carry_their_case(build, write, run, table, section, header, linked):
    first = f"111{section}1"
    rows = [
        _medical(first, f"{header}\n{CASE}\nこの人にまず勧めるのはどれか。", 1),
        _medical(f"111{section}2", "このとき血液で下がっているのはどれか。", 2),
        _medical(f"111{section}3", "数日後に血液で増えているのはどれか。", 3),
        _medical(f"111{section}4", "運動の後に筋で増えているのはどれか。", 4),
    ]
    folder = write(f"exams/data/2017/111-{section}.jsonl", rows).parents[2]
    assert build(folder).code == 0
    kept = {row["id"]: row for row in table(run / "kept.parquet")}
    assert {id_ for id_, row in kept.items() if row["vignette_id"] == first} == linked
    assert {row["vignette"] for row in kept.values()} == {CASE, None}
    assert kept[first]["text"] == "この人にまず勧めるのはどれか。"
    assert kept[first]["original_text"] == rows[0]["problem_text"]
    assert CASE in kept[f"111{section}2"]["rendered"]
