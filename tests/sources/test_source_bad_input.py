"""Bad input: a bad row costs itself, a bad file stops the run, and both say where and why."""

import gzip
import os
import zlib
from hashlib import sha256

import pytest

from curate.errors import InputError
from curate.models import RAW_LIMIT, Quarantined
from curate.sources import (
    DocumentsSource,
    IgakuqaSource,
    Line,
    QuestionsSource,
    detect_layout,
    raw_text,
    read_lines,
    source_files,
)
from curate.sources import gzips as gzips_module

GOOD = b'{"id": "a", "text": "b"}\n'


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (b'{"id": "a", "text": "\xff"}', "not UTF-8 at byte 22"),
        (b'{"id": "a", "text": ', "not JSON: "),
        (b'{"id": "a", "text": "\x00"}', "not JSON: "),
        (b'{"id": "a", "text": "\\ud800"}', "not JSON: "),
        (b"[" * 5000, "not JSON: depth limit exceeded"),
        (b'{"a":' * 5000, "not JSON: depth limit exceeded"),
        (b'["a"]', "expected a JSON object, found a list"),
        (b'"a"', "expected a JSON object, found text"),
        (b"null", "expected a JSON object, found null"),
        (b'{"id": "a"}', "text: missing"),
        (b'{"text": "a"}', "id: missing"),
        (b'{"id": "", "text": "a"}', "id: empty"),
        (b'{"id": true, "text": "a"}', "id: expected an id, found a boolean"),
        (b'{"id": "a", "text": null}', "text: expected text, found null"),
        (b'{"id": "a", "text": ["secret"]}', "text: expected text, found a list"),
        (b'{"id": "a", "text": "b", "year": [1]}', "year: expected a year, found a list"),
    ],
)
def test_a_bad_line_costs_itself(write, read, line, error):
    before, bad, after = read(DocumentsSource, write("in/d.jsonl", GOOD + line + b"\n" + GOOD))
    assert isinstance(bad, Quarantined)
    assert (bad.file, bad.line) == ("own/d.jsonl", 2)
    assert bad.error.startswith(error)
    assert "\n" not in bad.error
    assert "secret" not in bad.error
    assert bad.raw == raw_text(line)
    assert (before.provenance.line, after.provenance.line) == (1, 3)


@pytest.mark.parametrize(
    ("keys", "error"),
    [
        ({"choices": "secret"}, "choices: expected a list of texts, found text"),
        ({"choices": ["a", 1]}, "choices[2]: expected text, found a number"),
        ({"choices": ["secret"] * 11, "answer": []}, "choices: List should have at most 10 items"),
        ({"choices": ["x"]}, "answers: 'b' is beyond the 1 choices"),
        ({"text_only": "secret"}, "text_only: expected true or false, found text"),
        ({"points": "many"}, "points: the text is not a whole number"),
        ({"points": 1.5}, "points: 1.5 is not a whole number"),
        ({"points": -1}, "points: Input should be greater than or equal to 0"),
        ({"points": []}, "points: expected a whole number, found a list"),
        ({"answer": [1]}, "answers: expected letters, found a number"),
        ({"answer": "b b"}, "answers: ['b', 'b'] must be sorted and without repeats"),
        ({"explanation": {"secret": 1}}, "explanation: expected text, found an object"),
        ({"problem_text": 3}, "problem_text: expected text, found a number"),
    ],
)
def test_a_wrong_value_names_its_field(write, read, medical_row, keys, error):
    row = medical_row(**{"answer": ["b"], **keys})
    (bad,) = read(IgakuqaSource, write("112-A.jsonl", [row]))
    assert bad.error.startswith(error)
    assert "secret" not in bad.error


@pytest.mark.parametrize(
    ("keys", "error"),
    [
        ({"exclusion": "secret"}, "exclusion: expected one of counted_if_right, "),
        ({"exclusion": "several_keys"}, "exclusion: several_keys needs at least two"),
        ({"vignette": "case"}, "vignette and vignette_id go together"),
        ({"number": "one"}, "number: the text is not a whole number"),
    ],
)
def test_a_wrong_question_names_its_field(write, read, keys, error):
    row = {"id": "q", "text": "t", "choices": ["x"], "answers": "a", **keys}
    (bad,) = read(QuestionsSource, write("q.jsonl", [row]))
    assert bad.error.startswith(error)
    assert "secret" not in bad.error


def test_marks_blank_lines_and_line_ends(write, read):
    content = b"\xef\xbb\xbf" + GOOD.replace(b"\n", b"\r\n") + b"\n  \r\n" + GOOD.rstrip()
    rows = read(DocumentsSource, write("d.jsonl", content))
    assert [row.provenance.line for row in rows] == [1, 4]


def test_escaped_nul_and_repeated_keys_are_read(write, read):
    (row,) = read(DocumentsSource, write("d.jsonl", b'{"id":"a","id":"b","text":"x\\u0000"}'))
    assert (row.id, row.text) == ("b", "x\0")


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("{}".encode("utf-16"), "UTF-16"),
        (b"\xfe\xff\x00{", "UTF-16"),
        (b"PK\x03\x04....", "zip"),
        (b"PAR1....", "Parquet"),
    ],
)
def test_what_is_no_text_stops_with_its_name(write, read, content, what):
    for path in (write("d.jsonl", content), write("e.jsonl.gz", gzip.compress(content))):
        with pytest.raises(InputError, match=what):
            read(DocumentsSource, path)


def test_gzip_by_suffix_and_by_content(write, read):
    packed = gzip.compress(GOOD) + gzip.compress(GOOD) + b"\0" * 512
    for name in ("d.jsonl.gz", "d.jsonl"):
        rows = read(DocumentsSource, write(name, packed))
        assert [row.provenance.line for row in rows] == [1, 2]


@pytest.mark.parametrize("keep", [0.2, 0.5, 0.9, 0.99])
def test_a_truncated_gzip_loses_one_row(write, read, keep):
    lines = [
        b'{"id": "%d", "text": "%s"}\n' % (n, sha256(b"%d" % n).hexdigest().encode())
        for n in range(500)
    ]
    packed = gzip.compress(b"".join(lines))
    packed = packed[: int(len(packed) * keep)]
    *rows, lost = read(DocumentsSource, write("d.jsonl.gz", packed))
    whole = zlib.decompressobj(31).decompress(packed)
    assert [row.id for row in rows] == [str(n) for n in range(whole.count(b"\n"))]
    assert isinstance(lost, Quarantined)
    assert (lost.line, lost.error) == (len(rows) + 1, "the gzip stream ends early")
    assert lost.raw == whole.rsplit(b"\n", 1)[1].decode()


def test_a_gzip_cut_in_its_trailer_says_so(write, read):
    row, lost = read(DocumentsSource, write("d.jsonl.gz", gzip.compress(GOOD)[:-3]))
    assert row.id == "a"
    assert (lost.line, lost.raw) == (2, "")


@pytest.mark.parametrize("damage", ["checksum", "tail"])
def test_a_corrupt_gzip_loses_one_row(write, read, damage):
    packed = gzip.compress(GOOD * 9)
    packed = packed[:-5] + b"\xff" + packed[-4:] if damage == "checksum" else packed + b"junk"
    *_, lost = read(DocumentsSource, write("d.jsonl.gz", packed))
    assert lost.error == "the gzip stream is corrupt"


def test_an_empty_gzip_is_a_loss(write, read):
    write("in/d.jsonl", GOOD)
    _, lost = read(DocumentsSource, write("in/e.jsonl.gz", b"").parent)
    assert (lost.file, lost.line, lost.error) == ("own/e.jsonl.gz", 1, "the gzip stream is empty")


@pytest.mark.parametrize(
    "content", [b"plain", b"\x1f\x8b", b"\x1f\x8b\x07\x00", b"\x1f\x8b\x08\xff"]
)
def test_a_corrupt_gzip_header_stops(write, read, content):
    with pytest.raises(InputError, match="header"):
        read(DocumentsSource, write("d.jsonl.gz", content + b"." * 20))


def test_a_bomb_stops(write, monkeypatch):
    monkeypatch.setattr(gzips_module, "BOMB_FLOOR", 1 << 20)
    path = write("d.jsonl.gz", gzip.compress(b"\0" * (1 << 23)))
    with pytest.raises(InputError, match="1000 times"):
        list(read_lines(path))


def test_honest_compression_is_no_bomb(write, monkeypatch):
    monkeypatch.setattr(gzips_module, "BOMB_FLOOR", 1 << 10)
    assert len(list(read_lines(write("d.jsonl.gz", gzip.compress(GOOD * 9999))))) == 9999


@pytest.mark.parametrize("name", ["d.jsonl", "d.jsonl.gz"])
@pytest.mark.parametrize("chunk", [7, 1 << 18])
def test_an_over_long_line_costs_itself(write, monkeypatch, name, chunk):
    monkeypatch.setattr("curate.sources.lines.LINE_LIMIT", 10_000)
    monkeypatch.setattr("curate.sources.lines.CHUNK", chunk)
    content = b"a\n" + b"x" * 30_000 + b"\n" + b"y" * 10_000 + b"\n" + b"z" * 10_001
    path = write(name, gzip.compress(content) if name.endswith("gz") else content)
    first, long, longest, last = read_lines(path)
    assert first == Line(1, b"a")
    assert longest == Line(3, b"y" * 10_000)
    assert [(bad.line, bad.error) for bad in (long, last)] == [
        (2, "the line is longer than 10,000 bytes"),
        (4, "the line is longer than 10,000 bytes"),
    ]
    assert long.raw == "x" * RAW_LIMIT


def test_raw_text_is_cut_and_escaped():
    assert raw_text(b"a\xff\xe3\x81\x82") == "a\\xffあ"
    assert raw_text("𠀋".encode() * 5000) == "𠀋" * RAW_LIMIT
    assert len(raw_text(b"\xff" * 9000)) == RAW_LIMIT


def test_a_misspelled_column_stops(write, read):
    path = write("in/d.jsonl", b"\n" + GOOD.replace(b"text", b"textt") * 30)
    with pytest.raises(InputError) as caught:
        read(DocumentsSource, path.parent)
    assert caught.value.where == "own/d.jsonl:2"
    assert "no column 'text'" in caught.value.message
    assert "found: id, textt." in caught.value.message
    assert "Did you mean 'textt'?" in caught.value.message
    assert "fields" in caught.value.hint


def test_a_mapped_column_that_is_nowhere_stops(write, read):
    path = write("d.jsonl", GOOD)
    with pytest.raises(InputError, match=r"no column 'boddy' \(for text\)"):
        read(DocumentsSource, path, fields={"text": "boddy"})


def test_a_column_in_one_of_the_first_rows_is_enough(write, read):
    rows = read(DocumentsSource, write("d.jsonl", b'{"id": "a"}\n' * 19 + GOOD + b'{"id": "a"}\n'))
    assert [isinstance(row, Quarantined) for row in rows] == [True] * 19 + [False, True]


QUESTION = {
    "id": "1",
    "text": "心臓の部屋はいくつか。",
    "choices": ["四つ", "二つ"],
    "answers": ["a"],
}


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("choices", "choises"), ("answers", "anwsers"), ("text", "txt"), ("id", "ident")],
)
def test_questions_need_their_columns(write, read, ours, theirs):
    row = {theirs if name == ours else name: value for name, value in QUESTION.items()}
    with pytest.raises(InputError, match=f"no column '{ours}'|Did you mean '{ours}'"):
        read(QuestionsSource, write("q.jsonl", [row]))


@pytest.mark.parametrize(
    ("source", "extra", "meant"),
    [
        (QuestionsSource, {"explantion": "左右に二つずつある。"}, "explanation"),
        (QuestionsSource, {"publishd": 2020}, "published"),
        (QuestionsSource, {"yaer": 2015}, "year"),
        (DocumentsSource, {"yaer": 2015}, "year"),
    ],
)
def test_a_column_that_is_nearly_ours_stops(write, read, source, extra, meant):
    row = QUESTION if source is QuestionsSource else {"id": "1", "text": "心臓"}
    with pytest.raises(InputError, match=f"Did you mean '{meant}'") as caught:
        read(source, write("q.jsonl", [{**row, **extra}]))
    assert caught.value.where.endswith("q.jsonl:1")


def test_a_year_column_that_the_recipe_names_must_be_there(write, read):
    with pytest.raises(InputError, match="no column 'yera' \\(for year\\)"):
        read(QuestionsSource, write("q.jsonl", [QUESTION]), year={"field": "yera"})


@pytest.mark.parametrize("key", [{}, {"answers": None}, {"answers": []}])
def test_no_known_key_is_not_an_item_without_answer(write, read, key):
    silent = {name: value for name, value in QUESTION.items() if name != "answers"} | key
    (question,) = read(QuestionsSource, write("q.jsonl", [silent]))
    assert (question.answers, question.exclusion) == ([], "none")


def test_a_question_among_documents_is_set_aside(write, read):
    rows = read(DocumentsSource, write("d.jsonl", [{"id": "d", "text": "心臓"}, QUESTION]))
    assert rows[1].error.startswith("choices: a question among documents")


def test_questions_and_documents_are_no_one_source(write, tmp_path):
    write("mixed/d.jsonl", [{"id": "d", "text": "心臓"}])
    write("mixed/q.jsonl", [QUESTION])
    with pytest.raises(InputError, match="documents and questions are mixed"):
        detect_layout(tmp_path / "mixed")


@pytest.mark.parametrize("path", ["nowhere", "nowhere.jsonl", "nowhere/*.jsonl", "a\0b"])
def test_a_missing_path_stops(tmp_path, path):
    with pytest.raises(InputError, match="no such file"):
        source_files(DocumentsSource(path=str(tmp_path / path)))
    with pytest.raises(InputError, match="no such file"):
        detect_layout(tmp_path / path)


def test_an_empty_source_stops(write, tmp_path):
    empty = write("in/d.jsonl", b"")
    write("other/notes.txt", b"x")
    for path in (empty, empty.parent, tmp_path / "other", tmp_path / "in/*.gz"):
        with pytest.raises(InputError, match=r"empty|no data file"):
            source_files(DocumentsSource(path=str(path)))


def test_a_pipe_stops(tmp_path):
    os.mkfifo(tmp_path / "p.jsonl")
    with pytest.raises(InputError, match="neither a file"):
        detect_layout(tmp_path / "p.jsonl")
    with pytest.raises(InputError, match="regular"):
        source_files(DocumentsSource(path=str(tmp_path)))


@pytest.mark.parametrize("target", ["outside", "outside/d.jsonl"])
def test_links_out_of_the_folder_are_refused(write, tmp_path, target):
    write("outside/d.jsonl", GOOD)
    write("in/d.jsonl", GOOD)
    (tmp_path / "in/link.jsonl").symlink_to(tmp_path / target)
    for path in (tmp_path / "in", tmp_path / "in/*"):
        if target == "outside" and path.name == "*":
            continue
        with pytest.raises(InputError, match="leads out"):
            source_files(DocumentsSource(path=str(path)))


def test_a_link_that_the_user_names_is_followed(write, read, tmp_path):
    (tmp_path / "link.jsonl").symlink_to(write("outside/d.jsonl", GOOD))
    (row,) = read(DocumentsSource, tmp_path / "link.jsonl")
    assert row.provenance.path == "link.jsonl"


def test_a_file_name_that_is_not_utf8_stops(tmp_path):
    (tmp_path / os.fsdecode(b"\xff.jsonl")).write_bytes(GOOD)
    with pytest.raises(InputError, match="name of the file"):
        source_files(DocumentsSource(path=str(tmp_path)))
