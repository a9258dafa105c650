"""The four layouts on small invented files."""

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pydantic import TypeAdapter, ValidationError

from curate.errors import InputError
from curate.models import Document, Exclusion, Quarantined, Question
from curate.sources import (
    AnySource,
    DocumentsSource,
    IgakuqaSource,
    Limits,
    QuestionsSource,
    YakugakuqaSource,
    detect_layout,
    read_source,
    source_files,
)


def test_the_layout_picks_the_source():
    adapter = TypeAdapter(AnySource)
    for kind in (IgakuqaSource, YakugakuqaSource, QuestionsSource, DocumentsSource):
        layout = kind.model_fields["layout"].default
        assert type(adapter.validate_python({"layout": layout, "path": "x"})) is kind
    with pytest.raises(ValidationError):
        adapter.validate_python({"layout": "igakuqa", "path": "x", "serail": {}})
    with pytest.raises(ValidationError):
        adapter.validate_python({"layout": "questions", "path": "x", "fields": {"txt": "body"}})


def test_igakuqa(write, one, medical_row):
    row = medical_row("112B7", text_only=False, points="0", answer=["d", "ａ"], explanation=" ")
    found = one(IgakuqaSource, write("112-B.jsonl", [row]), licence="none", name="bench")
    assert (found.id, found.exam, found.year, found.year_rule) == (
        "112B7",
        "112",
        2018,
        "exam+1906",
    )
    assert (found.section, found.number, found.required) == ("B", 7, True)
    assert (found.points, found.has_image, found.answers) == (0, True, [["a", "d"]])
    assert (found.explanation, found.published, found.published_rule) == (None, None, None)
    assert found.provenance.source == "bench"
    assert (found.provenance.path, found.provenance.line) == ("112-B.jsonl", 1)
    assert found.provenance.licence == "none"


def test_igakuqa_prompts(write, one, medical_row):
    row = medical_row("100A1", explanation="心臓である。")
    del row["points"]
    path = write("prompt.jsonl", [row])
    assert detect_layout(path) == "igakuqa"
    found = one(IgakuqaSource, path, explanation_verified="by hand")
    assert (found.explanation, found.explanation_verified) == ("心臓である。", "by hand")
    assert (found.published, found.published_rule) == (2006, "exam_year (assumed)")
    assert found.points is None


@pytest.mark.parametrize(
    ("keys", "exam", "year"),
    [
        ({"id_": "2018A001"}, "112", 2018),
        ({"id_": "A001", "exam": "第117回（2023年公表）"}, "117", 2023),
        ({"id": "(111A-1)"}, "111", 2017),
        ({"id_": "unreadable"}, None, None),
    ],
)
def test_igakuqa_ids_stay_as_found(write, one, medical_row, keys, exam, year):
    found = one(IgakuqaSource, write("112-A.jsonl", [medical_row(**keys)]))
    assert found.id == (keys.get("id") or keys["id_"])
    assert (found.exam, found.year) == (exam, year)


def test_igakuqa_number(write, one, medical_row):
    row = medical_row(choices=[], answer=["7.20"])
    assert one(IgakuqaSource, write("112-A.jsonl", [row])).answers == [["7.20"]]


def test_igakuqa_alternatives(write, one, medical_row):
    found = one(IgakuqaSource, write("112-A.jsonl", [medical_row(answer=["a or d"])]))
    assert found.answers == [["a"], ["d"]]
    assert found.exclusion is Exclusion.SEVERAL_KEYS


def test_igakuqa_folder_leaves_companions_out(write, read, medical_row, tmp_path):
    for name in ("112-A", "112-A_translate", "112-A_metadata", "112-B"):
        write(f"set/data/2018/{name}.jsonl", [medical_row()])
    write("set/baseline_results/2018/112-A_gpt4.jsonl", [{"prediction": "a"}])
    write("set/prompts/prompt.jsonl", [medical_row()])
    expected = ["2018/112-A.jsonl", "2018/112-B.jsonl"]
    for root, prefix in ((tmp_path / "set", "data/"), (tmp_path / "set/data", "")):
        assert detect_layout(root) == "igakuqa"
        found = [row.provenance.path for row in read(IgakuqaSource, root)]
        assert found == [prefix + name for name in expected]


def test_yakugakuqa(write, one, pharmacy_row):
    path = write("2014/099.jsonl", [pharmacy_row()])
    found = one(YakugakuqaSource, path)
    assert (found.id, found.exam, found.number, found.year) == ("099001", "99", 1, 2014)
    assert (found.answers, found.section) == ([["c"]], None)
    assert (found.explanation, found.published) == ("食塩は水に溶ける。", 2014)


def test_yakugakuqa_images_keep_the_key(write, one, pharmacy_row):
    row = pharmacy_row(choices="IMAGES", answer=["7"], comment="", problem_text="")
    found = one(YakugakuqaSource, write("099.jsonl", [row]))
    assert (found.choices, found.has_image, found.answers) == ([], True, [["g"]])
    assert (found.explanation, found.text) == (None, "")


def test_yakugakuqa_without_an_answer(write, one, pharmacy_row):
    found = one(YakugakuqaSource, write("099.jsonl", [pharmacy_row(answer=["解なし"])]))
    assert (found.answers, found.exclusion) == ([], Exclusion.DROPPED)


def test_yakugakuqa_folder(write, read, pharmacy_row, tmp_path):
    write("pharm/2014/099.jsonl", [pharmacy_row()])
    assert detect_layout(tmp_path / "pharm") == "questions"
    write("pharm/2014/metadata_099.jsonl", [{"problem_id": "099001", "category": "x"}])
    assert detect_layout(tmp_path / "pharm") == "yakugakuqa"
    assert detect_layout(tmp_path / "pharm/2014/099.jsonl") == "yakugakuqa"
    rows = read(YakugakuqaSource, tmp_path / "pharm")
    assert [row.provenance.path for row in rows] == ["2014/099.jsonl"]


QUESTION = {"id": "112A1", "text": "赤いのはどれか。", "choices": ["火", "水"], "answers": [["a"]]}


@pytest.mark.parametrize("answers", ["a", ["a"], [["a"]], "Ａ"])
def test_questions_answers(write, one, answers):
    row = {**QUESTION, "answers": answers}
    assert one(QuestionsSource, write("q.jsonl", [row])).answers == [["a"]]
    row["answer"] = row.pop("answers")
    assert one(QuestionsSource, write("q.jsonl", [row])).answers == [["a"]]


def test_questions_numbers_are_not_guessed(write, read):
    (row,) = read(QuestionsSource, write("q.jsonl", [{**QUESTION, "answers": ["1"]}]))
    assert isinstance(row, Quarantined)
    assert row.error.startswith("answers: ")


def test_questions_place_and_year(write, one):
    found = one(QuestionsSource, write("q.jsonl", [{**QUESTION, "year": "2016", "points": "3"}]))
    assert (found.exam, found.section, found.number) == ("112", "A", 1)
    assert (found.year, found.year_rule, found.points) == (2016, "field:year", 3)
    own = {**QUESTION, "exam": 9, "section": "Z", "number": "4", "points": 1}
    found = one(QuestionsSource, write("q.jsonl", [own]), year={"exam_plus": 2000})
    assert (found.exam, found.section, found.number) == ("9", "Z", 4)
    assert (found.year, found.year_rule, found.points) == (2009, "exam+2000", 1)


def test_questions_year_that_is_none_is_kept(write, one):
    found = one(QuestionsSource, write("q.jsonl", [{**QUESTION, "year": "2017?"}]))
    assert (found.year, found.year_rule) == (None, "field:year: '2017?' is not a year")


def test_questions_mapped(write, one):
    row = {
        "qid": 7,
        "text": "not this",
        "body": "これか。",
        "opts": ["x"],
        "key": "a",
        "when": 2001,
    }
    fields = {"id": "qid", "text": "body", "choices": "opts", "answers": "key", "year": "when"}
    found = one(QuestionsSource, write("q.jsonl", [row]), fields=fields)
    assert (found.id, found.text, found.choices, found.year) == ("7", "これか。", ["x"], 2001)


def test_questions_published(write, one):
    row = {**QUESTION, "explanation": "火は赤い。", "published": "2016-05-01", "year": 2015}
    path = write("q.jsonl", [row])
    assert one(QuestionsSource, path).published == 2016
    assert one(QuestionsSource, path, published="exam_year").published == 2015
    assert one(QuestionsSource, path, published="unknown").published_rule == "unknown"
    assert one(QuestionsSource, path, published={"field": "year"}).published == 2015


def test_questions_read_a_record_back(write, one, tmp_path):
    row = {
        **QUESTION,
        "vignette": "火と水がある。",
        "vignette_id": "112A0",
        "original_text": "火と水がある。赤いのはどれか。",
        "exclusion": "counted_if_right",
        "required": True,
        "explanation": "火は赤い。",
        "explanation_verified": "twice",
        "published": 2016,
        "year": 2016,
    }
    first = one(QuestionsSource, write("q.jsonl", [row]))
    again = {**first.model_dump(mode="json"), "rendered": "ignored", "dropped_by": None}
    pl.DataFrame([again]).write_parquet(tmp_path / "kept.parquet")
    second = one(QuestionsSource, tmp_path / "kept.parquet")
    assert second.model_copy(update={"provenance": first.provenance}) == first
    assert second.provenance.line == 1


def test_parquet_rows_have_numbers_across_batches(read, tmp_path, monkeypatch):
    monkeypatch.setattr("curate.sources.formats.base.READ", Limits(2, 1 << 20))
    rows = [{**QUESTION, "id": f"q{n}", "answers": [["z" if n == 4 else "a"]]} for n in range(1, 6)]
    pl.DataFrame(rows).write_parquet(tmp_path / "q.parquet")
    found = read(QuestionsSource, tmp_path / "q.parquet")
    assert [isinstance(row, Quarantined) for row in found] == [False, False, False, True, False]
    assert (found[3].line, found[4].provenance.line) == (4, 5)
    assert '"id": "q4"' in found[3].raw


def test_parquet_keeps_documents_documents(read, tmp_path):
    rows = [{**QUESTION, "kind": "question"}, {"id": "d", "text": "章", "kind": "document"}]
    pl.DataFrame(rows).write_parquet(tmp_path / "kept.parquet")
    assert [type(row) for row in read(QuestionsSource, tmp_path / "kept.parquet")] == [
        Question,
        Document,
    ]


def test_broken_parquet_is_an_input_error(write, read):
    path = write("q.parquet", b"PAR1 no more")
    with pytest.raises(InputError, match="Parquet"):
        read(QuestionsSource, path)


@pytest.mark.parametrize("unit", ["us", "ms"])
def test_parquet_with_a_date_that_python_cannot_hold_is_an_input_error(tmp_path, unit):
    path = tmp_path / "d.parquet"
    far = pl.Series("date", [1 << 60]).cast(pl.Datetime(unit))
    pl.DataFrame({"id": ["a"], "text": ["b"], "date": far}).write_parquet(path)
    source = DocumentsSource(path=str(path))
    with pytest.raises(InputError, match="cannot be read as Parquet"):
        list(read_source(source, source_files(source)))


def test_a_bad_row_with_a_map_by_bytes_is_quarantined(tmp_path, read):
    by_bytes = pa.array([[(b"\xff", 1)]], pa.map_(pa.binary(), pa.int8()))
    pq.write_table(pa.table({"id": by_bytes, "text": ["a"]}), tmp_path / "d.parquet")
    (row,) = read(DocumentsSource, tmp_path / "d.parquet")
    assert row.error == "id: expected an id, found an object"
    assert "xff" in row.raw


def test_documents(write, read):
    rows = [
        {"id": 1, "text": "一章", "year": 2016, "more": []},
        {"id": "b", "text": "", "year": "2016-05-01"},
        {"id": "c", "text": "三章"},
    ]
    found = read(DocumentsSource, write("d.jsonl", rows))
    assert [(row.id, row.published) for row in found] == [("1", 2016), ("b", 2016), ("c", None)]
    assert found[0].published_rule == "field:year"
    assert found[2].published_rule == "field:year: no value"


def test_documents_mapped_and_dated(write, one):
    path = write("d.jsonl", [{"key": "a", "body": "章", "printed": 2001, "web": 2005}])
    fields = {"id": "key", "text": "body", "year": "printed"}
    assert one(DocumentsSource, path, fields=fields).published == 2001
    assert one(DocumentsSource, path, fields=fields, published="web").published == 2005
    assert one(DocumentsSource, path, fields=fields, published="unknown").published is None
    by_exam = one(DocumentsSource, path, fields=fields, year={"exam_plus": 1906})
    assert (by_exam.published, by_exam.published_rule) == (
        None,
        "exam+1906: a document has no exam number",
    )


@pytest.mark.parametrize(
    ("row", "layout"),
    [
        ({"id": "a", "text": "章"}, "documents"),
        ({"id": "a", "text": "章", "year": 2000}, "documents"),
        (QUESTION, "questions"),
        ({"problem_text": "どれか。", "options": []}, "questions"),
        ({"name": "x"}, None),
    ],
)
def test_detect_by_the_first_row(write, tmp_path, row, layout):
    path = write("in/sub/rows.jsonl", b"\nbroken\n")
    assert detect_layout(path) is None
    write("in/sub/rows.jsonl.gz", b"")
    write("in/sub/rows2.jsonl", [row])
    assert detect_layout(tmp_path / "in/sub/rows2.jsonl") == layout
    assert detect_layout(tmp_path / "in") == layout
    assert detect_layout(tmp_path / "in/**/*2.jsonl") == layout


def test_folders_and_globs(write, read, tmp_path):
    for name in ("b.jsonl", "a/c.jsonl", ".hidden.jsonl", ".git/x.jsonl", "notes.txt"):
        write(f"docs/{name}", [{"id": name, "text": "章"}])
    found = read(DocumentsSource, tmp_path / "docs")
    assert [row.provenance.path for row in found] == ["a/c.jsonl", "b.jsonl"]
    found = read(DocumentsSource, tmp_path / "docs/**/c.*")
    assert [row.provenance.path for row in found] == ["a/c.jsonl"]


def test_files_come_sorted_hashed_and_sized(write, tmp_path):
    write("docs/b.jsonl", b"two\n")
    write("docs/a.jsonl", b"")
    found = source_files(DocumentsSource(path=str(tmp_path / "docs")))
    assert [(file.relative, file.size) for file in found] == [("a.jsonl", 0), ("b.jsonl", 4)]
    assert found[1].sha256 == "27dd8ed44a83ff94d557f9fd0412ed5a8cbca69ea04922d88c01184a07300a5a"
    assert all(file.path.is_absolute() for file in found)


def test_unnamed_source_goes_by_its_layout(write):
    source = DocumentsSource(path=str(write("d.jsonl", [{"id": "a", "text": "b"}])))
    (row,) = read_source(source, source_files(source))
    assert row.provenance.source == "documents"


@pytest.mark.parametrize(
    ("source", "name"), [(IgakuqaSource, "112-A.jsonl"), (YakugakuqaSource, "099.jsonl")]
)
def test_a_known_layout_s_columns_may_be_mapped(
    write, read, medical_row, pharmacy_row, source, name
):
    row = medical_row() if source is IgakuqaSource else pharmacy_row()
    theirs = {("body" if key == "problem_text" else key): value for key, value in row.items()}
    (mapped,) = read(source, write(name, [theirs]), fields={"id": "problem_id", "text": "body"})
    assert (mapped.id, mapped.text) == (row["problem_id"], row["problem_text"])


def test_a_mapped_column_of_a_known_layout_must_be_there(write, read, pharmacy_row):
    with pytest.raises(InputError, match="no column 'body' \\(for text\\)"):
        read(YakugakuqaSource, write("099.jsonl", [pharmacy_row()]), fields={"text": "body"})
