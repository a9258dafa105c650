"""CSV as questions and documents: headers, named columns, options in columns, cells that are lists."""

import pytest
from pydantic import ValidationError

from curate.errors import InputError
from curate.models import Quarantined
from curate.sources import (
    Csv,
    DocumentsSource,
    Limits,
    MmluSource,
    QuestionsSource,
    TextsSource,
    cut,
    detect_layout,
    read_block,
    read_source,
    source_files,
)

OPTIONS = "id,text,A,B,C,D,answer,year\n"


def test_options_stand_in_a_column_each(write, read):
    content = OPTIONS + '1,赤いのは。,火,水,"土,砂",,a,2015\n2,青いのは。,火,,水,空,d,\n'
    fields = {"choices": ["A", "B", "C", "D"]}
    first, second = read(QuestionsSource, write("q.csv", content.encode()), fields=fields)
    assert (first.choices, first.answers, first.year) == (["火", "水", "土,砂"], [["a"]], 2015)
    assert (second.choices, second.answers) == (["火", "", "水", "空"], [["d"]])
    assert second.year_rule == "field:year: no value"


def test_only_options_can_stand_in_several_columns():
    with pytest.raises(ValidationError, match="only choices"):
        QuestionsSource(path="x", fields={"text": ["a", "b"]})


def test_a_column_of_options_that_is_nowhere_stops(write, read):
    path = write("q.csv", OPTIONS.encode() + "1,赤い,火,水,土,空,a,2015\n".encode())
    with pytest.raises(InputError, match=r"no column 'E' \(for choices\)"):
        read(QuestionsSource, path, fields={"choices": ["A", "E"]})


def test_columns_are_named_where_there_is_no_header(write, read):
    path = write("q.csv", "\ufeffq1;赤いのはどれか。;火;水;a\nq2;青い;火;水;b\n".encode())
    keys = {"columns": ["id", "text", "A", "B", "answer"], "fields": {"choices": ["A", "B"]}}
    found = read(QuestionsSource, path, **keys, delimiter=";")
    assert [(row.id, row.answers, row.provenance.line) for row in found] == [
        ("q1", [["a"]], 1),
        ("q2", [["b"]], 2),
    ]


@pytest.mark.parametrize(
    ("cell", "answers"), [('"[""a"", ""c""]"', [["a", "c"]]), ("a or b", [["a"], ["b"]]), ("", [])]
)
def test_a_cell_may_hold_a_list(write, one, cell, answers):
    content = (
        'id,text,choices,answers,required\n1,赤い,"[""火"", ""水"", ""土""]",' + cell + ",TRUE\n"
    )
    found = one(QuestionsSource, write("q.csv", content.encode()))
    assert (found.choices, found.answers, found.required) == (["火", "水", "土"], answers, True)


def test_a_cell_that_is_nearly_a_list_is_set_aside(write, read):
    content = 'id,text,choices,answers\n1,赤い,"[""火""",a\n2,赤い,火,a\n'
    bad = read(QuestionsSource, write("q.csv", content.encode()))
    assert bad[0].error.startswith("choices: starts like a list, but is not JSON: ")
    assert bad[1].error == "choices: expected a list of texts, found text"


@pytest.mark.parametrize(
    "first",
    ["「顔」は何に関係しているか？,一,二", "1,2,3", "1,heart,lung", "a" * 65 + ",b,c", ",,"],
)
def test_a_first_row_that_names_nothing_is_no_header(write, read, first):
    path = write("t.csv", f"{first}\n4,5,6\n".encode())
    assert detect_layout(path) is None
    for kind in (TextsSource, DocumentsSource):
        with pytest.raises(InputError, match="does not look like the names of columns") as caught:
            read(kind, path)
        assert caught.value.where == "own/t.csv:1"
        assert "columns: [" in caught.value.hint
    assert len(read(TextsSource, path, columns=["x", "y", "z"])) == 2


def test_an_index_without_a_name_is_a_column(write, one):
    found = one(DocumentsSource, write("d.csv", b",id,text\n0,a,b\n"))
    assert (found.id, found.text) == ("a", "b")


def test_a_header_that_is_not_utf8_stops(write, read):
    path = write("d.csv", "番号,text\na,b\n".encode("shift_jis"))
    with pytest.raises(InputError, match="not UTF-8") as caught:
        read(DocumentsSource, path)
    assert "Shift_JIS" in caught.value.hint


def test_a_file_with_nothing_but_a_header_has_no_rows(write, read):
    assert read(DocumentsSource, write("d.csv", b"\n\nid,text\n\n")) == []


ROWS = ['a,"b\nc"', 'a,"b', "a", 'a,b"c', '"a"b,c', "", "a,\xff", 'x",', "a,b", '"a\n\n', 'é""",x']


@pytest.mark.parametrize("seed", range(30))
def test_broken_quotes_are_the_same_wherever_a_file_is_cut(write, seed):
    picked = [ROWS[(seed * 7 + n * (seed % 5 + 1)) % len(ROWS)] for n in range(40)]
    content = ("id,text\n" + "\n".join(picked)).encode("latin-1" if seed % 2 else "utf-8")
    source = DocumentsSource(path=str(write("d.csv", content)), name="own")
    (file,) = source_files(source)
    whole = list(read_source(source, [file]))
    for limits in (Limits(1, 1), Limits(3, 1 << 20), Limits(1 << 20, 20)):
        blocks = list(cut(source, file, limits))
        found = [row for block in blocks for row in read_block(source, file, block)]
        assert [row if isinstance(row, Quarantined) else row[1] for row in found] == whole
        assert sum(block.rows for block in blocks) == content.count(b"\n") + (
            not content.endswith(b"\n")
        )


def test_a_quote_that_never_closes_is_bounded_and_says_what_it_holds(write):
    content = b'a,b\n1,"' + b"x\n" * 100_000 + b"1,2\n"
    rows = list(Csv()(write("t.csv", content), "own/t.csv"))
    assert "lines 2-65538 are in it" in rows[0].error
    assert "field larger than field limit" in rows[0].error
    assert rows[-1].cells == {"a": "1", "b": "2"}


def test_the_form_of_mmlu_is_found_by_itself(write, read, tmp_path):
    content = '\ufeff顔は何か？,先端,"頭蓋\n底",水頭,上顎,B\n目は何か？,一,二,三,四,Ｄ\n'
    write("in/anatomy.csv", content.encode())
    write("in/LICENSE", b"free")
    assert detect_layout(tmp_path / "in") == detect_layout(tmp_path / "in/anatomy.csv") == "mmlu"
    first, second = read(MmluSource, tmp_path / "in")
    assert (first.id, first.section, first.answers) == ("anatomy:1", "anatomy", [["b"]])
    assert (first.choices[1], first.year) == ("頭蓋\n底", None)
    assert (second.id, second.answers, second.provenance.line) == ("anatomy:3", [["d"]], 3)
    write("in/other.csv", "問題,a,b,c,d,答え\n目は何か？,一,二,三,四,D\n".encode())
    assert detect_layout(tmp_path / "in") is None


@pytest.mark.data
def test_the_real_jmmlu_is_found_and_whole(real_data, read):
    assert detect_layout(real_data / "jmmlu") == "mmlu"
    found = read(MmluSource, real_data / "jmmlu")
    assert len(found) == 681
    assert all(len(row.choices) == 4 and len(row.answers) == 1 for row in found)
    assert sum("\n" in row.text for row in found) == 13


def test_what_follows_in_a_field_that_passes_the_limit_in_its_first_line_is_no_row(tmp_path):
    path = tmp_path / "t.csv"
    inside = ['d1,"' + "x" * 200_000, "d9,not a row,2015", 'end",2015']
    path.write_text("\n".join(["id,text,year", *inside, "d2,a row,2015"]) + "\n")
    bad, good = Csv()(path, "own/t.csv")
    assert isinstance(bad, Quarantined)
    assert "lines 2-4 are in it" in bad.error
    assert (good.number, good.cells["id"]) == (5, "d2")
