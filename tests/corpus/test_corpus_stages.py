"""What each stage drops, and what it must not."""

import pytest
from corpus_rows import build, document, question, recipe_text, write_lines


@pytest.fixture
def run(tmp_path):
    """Builds a corpus of rows through one stage; sources keep the keys they are given."""
    count = iter(range(100))

    def run(rows, *stages, layout="questions", source=None, **keys):
        folder = tmp_path / str(next(count))
        write_lines(folder / "a.jsonl", rows)
        entry = {"path": "a.jsonl", "layout": layout, "name": "own", **(source or {})}
        (folder / "recipe.yaml").write_text(recipe_text(stages, [entry], **keys))
        return build(folder / "run", recipe=folder / "recipe.yaml")

    return run


YEAR = {"stage": "year"}


@pytest.mark.parametrize(("rule", "exam"), [(1906, 111), (1915, 102)])
def test_the_last_exam_of_2017_stays_and_the_first_of_2018_goes(run, rule, exam):
    rows = [question(f"{n}A1", exam=str(n), year=None) for n in (exam - 1, exam, exam + 1)]
    built = run(rows, YEAR, source={"year": {"exam_plus": rule}}, max_year=2017)
    assert built.ids() == [f"{exam - 1}A1", f"{exam}A1"]
    assert built.reasons() == {f"{exam + 1}A1": "year.after"}
    assert built.frame("kept")["year"].to_list() == [2016, 2017]
    assert built.frame("kept")["year_rule"].to_list() == [f"exam+{rule}"] * 2


def test_an_exam_has_another_year_by_the_pharmacists_rule(run):
    rows = [question("105A1", exam="105", year=None)]
    assert run(rows, YEAR, source={"year": {"exam_plus": 1906}}, max_year=2017).ids() == ["105A1"]
    assert run(rows, YEAR, source={"year": {"exam_plus": 1915}}, max_year=2017).ids() == []


def test_an_explanation_published_late_goes_with_its_question(run):
    rows = [
        question("on time", explanation="心臓である。", published=2017),
        question("late", explanation="心臓である。", published=2018),
        question("undated", explanation="心臓である。", published="unclear"),
        question("none", published=2021),
    ]
    built = run(rows, YEAR, max_year=2017)
    assert built.ids() == ["on time", "none"]
    assert built.reasons() == {"late": "year.after", "undated": "year.unknown"}


def test_an_explanation_without_a_date_of_its_own_is_assumed_to_be_of_the_exam_s_year(run):
    built = run([question("a", explanation="心臓である。")], YEAR, max_year=2017)
    assert built.frame("kept")["published_rule"].to_list() == ["exam_year (assumed)"]
    unknown = {"published": "unknown"}
    built = run([question("a", explanation="心臓である。")], YEAR, source=unknown, max_year=2017)
    assert built.reasons() == {"a": "year.unknown"}


def test_documents_count_by_their_year_of_publication(run):
    rows = [document("old", year=2017), document("new", year=2018), document("x", year=None)]
    built = run(rows, YEAR, layout="documents", max_year=2017)
    assert built.ids() == ["old"]
    assert built.reasons() == {"new": "year.after", "x": "year.unknown"}


def test_unknown_years_are_kept_only_where_the_recipe_says_so(run):
    rows = [question("a", year=None), question("b", year=2018), question("c", year="2017頃")]
    assert run(rows, YEAR, max_year=2017).ids() == []
    built = run(rows, {**YEAR, "unknown": "keep"}, max_year=2017)
    assert built.ids() == ["a", "c"]
    assert built.reasons() == {"b": "year.after"}


def test_a_late_row_without_the_other_year_is_late_whatever_is_done_with_the_unknown(run):
    rows = [question("a", year=None, explanation="心臓である。", published=2020)]
    assert run(rows, {**YEAR, "unknown": "keep"}, max_year=2017).reasons() == {"a": "year.after"}
    assert run(rows, YEAR, max_year=2017).reasons() == {"a": "year.after"}


def test_without_a_year_nothing_is_dropped_by_year(run):
    rows = [question("a", year=None), question("b", year=2022)]
    assert run(rows, YEAR).ids() == ["a", "b"]


def test_a_stage_s_own_year_wins_over_the_recipe_s(run):
    rows = [question("a", year=2016), question("b", year=2017)]
    assert run(rows, {**YEAR, "max_year": 2016}, max_year=2017).ids() == ["a"]


@pytest.mark.parametrize("word", ["new", "b.jsonl", "b"])
def test_the_year_filter_looks_at_the_sources_it_is_told_to(tmp_path, word):
    write_lines(tmp_path / "a.jsonl", [question("a1", year=2021)])
    write_lines(tmp_path / "b.jsonl", [question("b1", year=2021)])
    sources = [
        {"path": "a.jsonl", "layout": "questions", "name": "old"},
        {"path": "b.jsonl", "layout": "questions", "name": "new"},
    ]
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(recipe_text([YEAR], sources, max_year=2017, applies_to=[word]))
    built = build(tmp_path / "run", recipe=recipe)
    assert (built.ids(), built.reasons()) == (["a1"], {"b1": "year.after"})


def test_lengths_are_of_stem_and_case_together_and_bounds_are_inside(run):
    rows = [
        question("nine", "一" * 9),
        question("ten", "二" * 10),
        question("twenty", "三" * 20),
        question("more", "四" * 21),
        question("case", "五" * 9, vignette="六", vignette_id="case"),
        question("long case", "七" * 10, vignette="八" * 11, vignette_id="long case"),
    ]
    built = run(rows, {"stage": "length", "min_chars": 10, "max_chars": 20})
    assert built.ids() == ["ten", "twenty", "case"]
    assert built.reasons() == {
        "nine": "length.short",
        "more": "length.long",
        "long case": "length.long",
    }


DUPLICATES = {"stage": "exact_duplicates"}


def test_width_and_space_make_no_other_text(run):
    rows = [
        question("1", "Hb 7.2g/dLの患者に行うのはどれか。", choices=["A", "B"]),
        question("2", "Ｈｂ　７.２ｇ/ｄＬの患者に\n行うのはどれか。", choices=["Ａ", "ｂ "]),
        question("3", "ＨＢ7.2G/DLの患者に行うのはどれか。 ", choices=["a", "b"]),
    ]
    built = run(rows, DUPLICATES)
    assert built.ids() == ["1"]
    assert built.frame("dropped")["survivor_id"].to_list() == ["1", "1"]


@pytest.mark.parametrize(
    "keys",
    [
        {"choices": ["心臓", "胃", "肺", "腎臓", "脾臓"]},
        {"choices": ["胃", "心臓", "肺", "腎臓", "肝臓"]},
        {"answers": ["b"]},
        {"explanation": "心臓である。"},
        {"text": "血液を全身に送り出さない臓器はどれか。"},
        {"text": "ケツエキを全身に送り出す臓器はどれか。"},
        {"vignette": "60歳の男性。", "vignette_id": "1"},
    ],
)
def test_another_text_is_no_duplicate(run, keys):
    assert run([question("1"), question("2", **keys)], DUPLICATES).ids() == ["1", "2"]


def test_a_document_is_no_duplicate_of_a_question(tmp_path):
    write_lines(tmp_path / "a.jsonl", [question("1", choices=[], answers=[])])
    write_lines(tmp_path / "b.jsonl", [document("2", question("1")["text"])])
    built = build(tmp_path / "run", tmp_path / "a.jsonl", tmp_path / "b.jsonl")
    assert built.ids() == ["1", "2"]


def test_the_survivor_is_the_earliest_row_that_nothing_dropped(run):
    rows = [question("late", year=2020), question("1"), question("2"), question("3")]
    built = run(rows, YEAR, DUPLICATES, max_year=2017)
    assert built.ids() == ["1"]
    survivors = dict(zip(built.ids("dropped"), built.frame("dropped")["survivor_id"], strict=True))
    assert survivors == {"late": None, "2": "1", "3": "1"}


def test_the_same_row_twice_is_a_duplicate_id(run):
    built = run([question("1"), question("2", "胃はどこにあるか、選べ。"), question("1")])
    assert built.ids() == ["1", "2"]
    dropped = built.frame("dropped")
    assert dropped.select("id", "dropped_by", "survivor_id").rows() == [("1", "duplicate.id", "1")]
    assert [place["line"] for place in dropped["provenance"]] == [3]


def test_an_id_with_two_contents_is_set_aside_whole(run):
    rows = [question("1"), question("2"), question("1", "胃はどこにあるか、選べ。"), question("1")]
    built = run(rows)
    assert built.ids() == ["2"]
    assert built.ids("dropped") == []
    assert [(row["file"], row["line"]) for row in built.quarantine()] == [
        ("own/a.jsonl", 1),
        ("own/a.jsonl", 3),
        ("own/a.jsonl", 4),
    ]
    assert all(row["error"].startswith("id.conflict: id '1'") for row in built.quarantine())
    assert '"胃はどこにあるか、選べ。"' in built.quarantine()[1]["raw"]


def test_an_id_is_of_its_exam_and_source(tmp_path):
    rows = [
        question("A1", exam="17"),
        question("A1", "胃はどこにあるか、選べ。", exam="18"),
        question("A1", "肺はどこにあるか、選べ。"),
    ]
    write_lines(tmp_path / "a.jsonl", rows)
    write_lines(tmp_path / "b.jsonl", [question("A1", "脳はどこにあるか、選べ。")])
    built = build(tmp_path / "run", tmp_path / "a.jsonl", tmp_path / "b.jsonl")
    assert (built.ids(), built.quarantine()) == (["A1"] * 4, [])


@pytest.mark.parametrize("text", ["", " ", "　", "\n\t　\r\n", "\u00a0\u2003", "\u200b\ufeff"])
def test_a_text_of_nothing_but_space_is_empty(run, text):
    built = run([question("1", text), question("2")])
    assert (built.ids(), built.reasons()) == (["2"], {"1": "text.empty"})


def test_a_text_of_one_character_is_not_empty(run):
    assert run([question("1", "　心　")]).ids() == ["1"]


def test_an_empty_row_that_stands_twice_is_counted_once_under_each_reason(run):
    built = run([question("1", ""), question("1", "")])
    assert built.frame("dropped")["dropped_by"].to_list() == ["text.empty", "duplicate.id"]


def test_a_row_dropped_by_one_leakage_stage_keeps_its_findings_through_a_second(tmp_path):
    item = question("h1", "酸素と結びついて運ぶ、鉄を含む赤血球のたんぱく質はどれか。", year=2020)
    write_lines(tmp_path / "h.jsonl", [item])
    write_lines(tmp_path / "a.jsonl", [{**item, "id": "a1", "year": 2015}, question("a2")])
    sources = [{"path": "a.jsonl", "layout": "questions", "name": "own"}]
    recipe = tmp_path / "recipe.yaml"
    stages = [{"stage": "leakage"}, {"stage": "leakage", "drop": []}]
    benchmarks = [{"name": "h", "path": "h.jsonl"}]
    recipe.write_text(recipe_text(stages, sources, benchmarks=benchmarks))
    built = build(tmp_path / "run", recipe=recipe)
    assert built.reasons() == {"a1": "leakage.recycled"}
    assert set(built.frame("findings")["record_id"]) == {"a1"}


def test_clashing_rows_come_with_their_lines_from_any_file_of_any_source(tmp_path):
    (tmp_path / "two").mkdir()
    for number, name in enumerate(("one.jsonl", "two/a.jsonl", "two/b.jsonl")):
        rows = [
            question(f"q{number}", f"{name}を送る臓器は？"),
            question("same", f"{name}にある臓器はどれか。"),
        ]
        write_lines(tmp_path / name, [*rows, question("same", f"{name}にない臓器はどれか。")])
    built = build(tmp_path / "run", tmp_path / "one.jsonl", tmp_path / "two")
    assert built.ids() == ["q0", "q1", "q2"]
    raw = [(row["file"].rpartition("/")[2], row["line"], row["raw"]) for row in built.quarantine()]
    lines = {
        path.name: path.read_text(encoding="utf-8").splitlines()
        for path in tmp_path.rglob("*.jsonl")
        if "run" not in path.parts
    }
    assert raw == [
        (name, line, lines[name][line - 1])
        for name in ("one.jsonl", "a.jsonl", "b.jsonl")
        for line in (2, 3)
    ]


@pytest.mark.parametrize("name", ["number", "points"])
def test_a_number_too_large_for_a_table_is_a_bad_row_not_a_crash(run, name):
    built = run([question("1"), question("2", **{name: 10**19})])
    assert built.ids() == ["1"]
    assert [row["line"] for row in built.quarantine()] == [2]
