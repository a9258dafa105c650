"""CSV and JSON documents as rows: a bad row costs only itself, and knows its line."""

import gzip

import pytest

from curate.errors import InputError
from curate.models import Quarantined
from curate.sources import Csv, JsonDocument


def _told(rows):
    return [
        (row.line, row.error) if isinstance(row, Quarantined) else (row.number, dict(row.cells))
        for row in rows
    ]


@pytest.fixture
def csv_rows(tmp_path):
    def read(content, columns=None, delimiter=","):
        path = tmp_path / "t.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return _told(Csv(columns, delimiter)(path, "own/t.csv"))

    return read


@pytest.fixture
def json_rows(tmp_path):
    def read(content):
        path = tmp_path / "t.json"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return _told(JsonDocument()(path, "own/t.json"))

    return read


AB = [(2, {"a": "一", "b": "二"}), (3, {"a": "三", "b": "四"})]


@pytest.mark.parametrize(
    "content",
    [
        "a,b\n一,二\n三,四\n",
        "\ufeffa,b\n一,二\n三,四",
        "a,b\r\n一,二\r\n三,四\r\n",
        'a,b\n"一","二"\n三,四\n',
        " a ,b\n一,二\n三,四\n",
    ],
)
def test_the_header_names_the_columns(csv_rows, content):
    assert csv_rows(content) == AB


def test_columns_can_be_named_where_there_is_no_header(csv_rows):
    assert csv_rows("一,二\n", ["a", "b"]) == [(1, {"a": "一", "b": "二"})]


def test_another_delimiter(csv_rows):
    assert csv_rows("a\tb\n一,二\t三\n", delimiter="\t") == [(2, {"a": "一,二", "b": "三"})]


def test_a_quoted_field_holds_commas_quotes_and_line_ends(csv_rows):
    content = 'a,b\r\n"一,\r\n""二""",三\r\n四,五\r\n'
    assert csv_rows(content) == [(2, {"a": '一,\n"二"', "b": "三"}), (4, {"a": "四", "b": "五"})]


def test_blank_lines_are_skipped_and_counted(csv_rows):
    assert csv_rows("a,b\n\n一,二\n\n三,四\n") == [(3, AB[0][1]), (5, AB[1][1])]


@pytest.mark.parametrize(
    ("row", "error"),
    [
        ("一", "expected 2 fields, found 1"),
        ("一,二,三", "expected 2 fields, found 3"),
        ('"一"二,三', "not CSV: "),
        ("一\r二,三", "not CSV: "),
        (b"\xff,b", "not UTF-8 at byte 1"),
        (f"{'長' * 140_000},二", "not CSV: field larger than field limit"),
    ],
)
def test_a_bad_row_costs_only_itself(csv_rows, row, error):
    row = row if isinstance(row, bytes) else row.encode()
    first, bad, last = csv_rows(b"a,b\n1,2\n" + row + b"\n3,4\n")
    assert (first[0], last) == (2, (4, {"a": "3", "b": "4"}))
    assert bad[0] == 3
    assert bad[1].startswith(error)


def test_a_quote_that_never_closes_is_said_with_the_line_it_opened_on(csv_rows):
    first, bad = csv_rows('a,b\n一,二\n三,"四\n五,六\n')
    assert first == AB[0]
    assert bad == (3, "not CSV: unexpected end of data; lines 3-4 are in it")


def test_a_long_quoted_field_costs_its_own_lines_alone(csv_rows):
    long = '"' + '四""\n' * 60_000 + '"'
    first, bad, last = csv_rows(f"a,b\n一,二\n三,{long}\n五,六\n")
    assert (first, last) == (AB[0], (60_004, {"a": "五", "b": "六"}))
    assert bad[0] == 3
    assert bad[1].endswith("field limit (131072); lines 3-60003 are in it")


def test_a_bad_quote_on_a_second_line_costs_those_two_alone(csv_rows):
    bad, last = csv_rows('a,b\n一,"二\n三"四\n五,六\n')
    assert bad == (2, "not CSV: ',' expected after '\"'; lines 2-3 are in it")
    assert last == (4, {"a": "五", "b": "六"})


def test_a_repeated_column_is_refused(csv_rows):
    with pytest.raises(InputError, match="'a' stands twice"):
        csv_rows("a,a\n1,2\n")


def test_what_a_truncated_gzip_lost_is_a_row(tmp_path):
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n" + b"1,2\n" * 9_000)[:-20])
    *_, last = Csv()(path, "own/t.csv.gz")
    assert isinstance(last, Quarantined)
    assert (last.file, "gzip" in last.error) == ("own/t.csv.gz", True)


def test_keys_are_ids_and_entries_are_counted(json_rows):
    content = '\ufeff{\n "1": {"t": "一"},\n "2": {\n  "t": "二",\n  "id": "own"}\n}\n'
    assert json_rows(content) == [(1, {"id": "1", "t": "一"}), (2, {"id": "own", "t": "二"})]


def test_a_list_of_objects(json_rows):
    assert json_rows('[{"a": 1},\n{"a": 2}]') == [(1, {"a": 1}), (2, {"a": 2})]
    assert json_rows("[ ]") == json_rows("{ }\n") == []


def test_a_repeated_key_is_two_rows(json_rows):
    assert json_rows('{"1": {}, "1": {}}') == [(1, {"id": "1"}), (2, {"id": "1"})]


def test_an_entry_that_is_no_object_costs_only_itself(json_rows):
    told = json_rows('{"1": 5,\n"2": {"t": 1}}')
    assert told == [(1, "expected a JSON object, found a number"), (2, {"id": "2", "t": 1})]


@pytest.mark.parametrize(
    "rest",
    ["", ",", ",\n}", ',\n"2" {}}', ",\n2: {}}", "}\n{}", ',\n"2": ' + "[" * 100_000],
)  # fmt: skip
def test_what_breaks_a_document_is_one_row(json_rows, rest):
    first, broken = json_rows('{"1": {"t": 1}' + rest)
    assert first == (1, {"id": "1", "t": 1})
    assert broken[1].startswith("not JSON: ")
    line = 1 + rest[:20].count("\n")
    assert broken[1].endswith(f"nothing after it was read (line {line})")


@pytest.mark.parametrize(
    ("value", "error"),
    [(b'"\xff"', "not UTF-8 at byte "), (b"NaN", "not JSON: "), (rb'"\ud800"', "not JSON: ")],
)
def test_a_value_that_cannot_be_read_costs_its_entry(json_rows, value, error):
    _, bad, after = json_rows(b'{"1": {},\n"2": {"t": ' + value + b'}, "3": {}}')
    assert bad[0] == 2
    assert bad[1].startswith(error)
    assert after == (3, {"id": "3"})


@pytest.mark.parametrize("chunk", [1, 5, 1 << 18])
def test_a_document_is_read_a_chunk_at_a_time(json_rows, monkeypatch, chunk):
    monkeypatch.setattr("curate.sources.lines.CHUNK", chunk)
    content = '[{"a": "心\\n臓", "b": [1, {"c": "}"}]}, 12, {"a": 2}\n]'
    whole, bad, last = json_rows(content)
    assert whole == (1, {"a": "心\n臓", "b": [1, {"c": "}"}]})
    assert (bad, last) == ((2, "expected a JSON object, found a number"), (3, {"a": 2}))


@pytest.mark.parametrize("content", ["", "5", '"text"', "null"])
def test_a_file_without_object_or_list_is_refused(json_rows, content):
    with pytest.raises(InputError, match="holds no JSON object or list"):
        json_rows(content)
