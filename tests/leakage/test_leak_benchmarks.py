"""A benchmark is read whole, or what is missing is said: never a quiet gap."""

import gzip
import shutil

import orjson
import pytest
from leak_items import DEMO
from pydantic import ValidationError

from curate.leakage import BenchmarkRef, Detector, read_benchmark
from curate.leakage.benchmarks import known_layouts


def _read(path, name="held-out", years=None):
    return read_benchmark(BenchmarkRef(name=name, path=str(path), years=years))


@pytest.fixture
def held_out(tmp_path):
    path = tmp_path / "held_out.jsonl"
    shutil.copyfile(DEMO / "held_out.jsonl", path)
    return path


def test_a_whole_benchmark_is_complete(held_out):
    read = _read(held_out)
    assert (read.items_expected, len(read.items), read.gaps) == (24, 24, [])
    assert (list(read.years), list(read.absent_years)) == ([2020, 2021], [])
    coverage = read.coverage(1)
    assert coverage.complete
    assert coverage.items_undetermined == 1
    assert {item.benchmark for item in read.items} == {"held-out"}


def test_years_pick_items(held_out):
    read = _read(held_out, years=[2021, 2022])
    assert {item.question.year for item in read.items} == {2021}
    assert read.items_expected == len(read.items) == 12
    assert list(_read(held_out, years=[1990, 1999]).items) == []


@pytest.mark.parametrize("bad", [b"{", b"[]", b'{"id": "x", "text": 5, "choices": []}', b"\xff"])
def test_a_broken_line_is_a_missing_item(held_out, bad):
    held_out.write_bytes(held_out.read_bytes() + bad + b"\n")
    read = _read(held_out)
    assert (read.items_expected, len(read.items)) == (25, 24)
    assert read.gaps[0].where == "held-out/held_out.jsonl:25"
    assert not read.coverage(0).complete


def test_a_broken_line_counts_whatever_the_years(held_out):
    held_out.write_bytes(held_out.read_bytes() + b"{\n")
    assert not _read(held_out, years=[2021, 2021]).coverage(0).complete


@pytest.mark.parametrize("name", ["held-out", "igakuqa"])
@pytest.mark.parametrize("content", [None, b"", b"\n", b'{"a": 1}\n', b"PK\x03\x04"])
def test_what_cannot_be_read_is_no_coverage_and_no_crash(tmp_path, name, content):
    path = tmp_path / "b.jsonl"
    if content is not None:
        path.write_bytes(content)
    read = _read(path, name)
    assert list(read.items) == []
    assert not read.coverage(0).complete
    assert read.gaps or content == b"\n"


def test_an_empty_folder_is_no_coverage(tmp_path):
    (tmp_path / "empty").mkdir()
    assert _read(tmp_path / "empty").gaps
    assert _read(tmp_path / "empty", "igakuqa").gaps


def test_the_hash_is_of_the_files(held_out):
    before = _read(held_out).sha256
    assert _read(held_out).sha256 == before
    held_out.write_bytes(held_out.read_bytes().replace(b"20A1", b"20A9"))
    assert _read(held_out).sha256 != before


@pytest.mark.parametrize("name", ["", "a b", "../x", ".hidden", "a/b", "医師"])
def test_a_name_is_a_plain_word(name):
    with pytest.raises(ValidationError):
        BenchmarkRef(name=name, path="x")


@pytest.mark.parametrize("years", [[2018], [2018, 2019, 2020], [], ["a", "b"]])
def test_years_are_a_first_and_a_last(years):
    with pytest.raises(ValidationError):
        BenchmarkRef(name="a", path="x", years=years)


def test_known_layouts_add_up():
    layout = known_layouts()["igakuqa"]
    assert {year: sum(e.sections.values()) for year, e in layout.years.items()} == dict.fromkeys(
        range(2018, 2023), 400
    )
    assert all(int(exam.exam) + 1906 == year for year, exam in layout.years.items())


SECTIONS = {"A": 75, "B": 49, "C": 66, "D": 75, "E": 51, "F": 84}


def _lines(exam, section, count):
    for number in range(1, count + 1):
        yield {
            "problem_id": f"{exam}{section}{number}",
            "problem_text": f"{exam}回{section}の{number}番目に当たる臓器はどれか。",
            "choices": ["心臓", "胃", "肺", "腎臓", "肝臓"],
            "text_only": True,
            "answer": ["a"],
            "points": "1",
        }


def _english(row):
    return {
        "problem_id": row["problem_id"],
        "problem_text_en": f"Which organ is number {row['problem_id']}?",
        "choices_en": ["Heart", "Stomach", "Lung", "Kidney", "Liver"],
        "answer": ["a"],
    }


def _dump(path, rows):
    path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))


@pytest.fixture
def exams(tmp_path):
    """Two years of an invented exam in the form of IgakuQA, with its companions."""
    for year, exam in ((2018, 112), (2019, 113)):
        folder = tmp_path / "b" / "data" / str(year)
        folder.mkdir(parents=True)
        for section, count in SECTIONS.items():
            rows = list(_lines(exam, section, count))
            _dump(folder / f"{exam}-{section}.jsonl", rows)
            _dump(folder / f"{exam}-{section}_translate.jsonl", map(_english, rows))
            _dump(folder / f"{exam}-{section}_metadata.jsonl", [{"problem_id": "x"}])
    return tmp_path / "b"


def test_a_known_benchmark_is_read_with_its_translations(exams):
    read = _read(exams, "igakuqa", [2018, 2019])
    assert (read.items_expected, len(read.items), read.gaps) == (800, 800, [])
    assert read.coverage(0).complete
    assert all(item.text_en == f"Which organ is number {item.question.id}?" for item in read.items)
    assert all(item.choices_en[4] == "Liver" for item in read.items)


@pytest.mark.parametrize("path", ["data", "data/2018"])
def test_a_folder_within_is_read_with_its_translations(exams, path):
    read = _read(exams / path, "igakuqa", [2018, 2018])
    assert (len(read.items), read.gaps) == (400, [])
    assert all(item.text_en for item in read.items)


def test_an_absent_year_is_reported_and_no_gap(exams):
    read = _read(exams, "igakuqa", [2018, 2021])
    assert (list(read.years), list(read.absent_years)) == ([2018, 2019], [2020, 2021])
    assert (read.items_expected, len(read.items), read.gaps) == (800, 800, [])


def test_years_that_were_not_asked_for_are_not_looked_at(exams):
    (exams / "data" / "2019" / "113-A.jsonl").write_bytes(b"{\n")
    read = _read(exams, "igakuqa", [2018, 2018])
    assert (len(read.items), read.gaps, list(read.absent_years)) == (400, [], [])
    before = read.sha256
    (exams / "data" / "2018" / "112-A_translate.jsonl").unlink()
    assert _read(exams, "igakuqa", [2018, 2018]).sha256 != before


def _gap(read, message):
    assert any(message in str(gap) for gap in read.gaps), read.gaps


def test_a_missing_section_is_a_gap(exams):
    (exams / "data" / "2018" / "112-C.jsonl").unlink()
    read = _read(exams, "igakuqa", [2018, 2019])
    _gap(read, "2018 section C has 0 items, expected 66")
    assert not read.coverage(0).complete
    assert read.items_expected == 800


def test_a_short_section_is_a_gap(exams):
    path = exams / "data" / "2019" / "113-F.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    read = _read(exams, "igakuqa", [2018, 2019])
    _gap(read, "2019 section F has 83 items, expected 84")
    assert not read.coverage(0).complete


def test_a_broken_line_is_a_gap_with_its_place(exams):
    path = exams / "data" / "2018" / "112-A.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:9], b"{\n", *lines[10:]]))
    read = _read(exams, "igakuqa", [2018, 2019])
    _gap(read, "2018 section A has 74 items, expected 75")
    _gap(read, "112-A.jsonl:10: ")


def test_an_item_twice_does_not_stand_for_a_missing_one(exams):
    path = exams / "data" / "2018" / "112-A.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:9], lines[0], *lines[10:]]))
    _gap(_read(exams, "igakuqa", [2018, 2018]), "2018 section A has 74 items, expected 75")


def test_an_item_too_many_is_a_gap(exams):
    path = exams / "data" / "2018" / "112-A.jsonl"
    _dump(path, _lines(112, "A", 76))
    _gap(_read(exams, "igakuqa", [2018, 2018]), "2018 section A has 76 items, expected 75")


@pytest.mark.parametrize("line", [b"{", b"[1]", b"null", b'{"problem_id": "112A1"}'])
def test_a_broken_translation_is_a_gap(exams, line):
    path = exams / "data" / "2018" / "112-A_translate.jsonl"
    path.write_bytes(path.read_bytes() + line + b"\n")
    read = _read(exams, "igakuqa", [2018, 2018])
    _gap(read, "112-A_translate.jsonl:76: not a translated item")
    assert len(read.items) == 400


def test_compressed_sections_are_read(exams):
    path = exams / "data" / "2018" / "112-A.jsonl"
    (exams / "data" / "2018" / "112-A.jsonl.gz").write_bytes(gzip.compress(path.read_bytes()))
    path.unlink()
    read = _read(exams, "igakuqa", [2018, 2018])
    assert (len(read.items), read.gaps) == (400, [])
    assert all(item.text_en for item in read.items)


@pytest.mark.data
def test_the_real_benchmark_is_complete_and_translated(real_data):
    read = _read(real_data / "igakuqa", "igakuqa")
    assert (read.items_expected, len(read.items), read.gaps) == (2000, 2000, [])
    assert list(read.years) == [2018, 2019, 2020, 2021, 2022]
    assert sum(bool(item.text_en) for item in read.items) == 2000
    assert all(
        len(item.choices_en) == len(item.question.choices)
        for item in read.items
        if item.question.id != "113F83"
    )


@pytest.mark.data
def test_a_short_copy_of_the_real_benchmark_is_a_gap(real_data, tmp_path):
    shutil.copytree(real_data / "igakuqa" / "data" / "2018", tmp_path / "data" / "2018")
    assert _read(tmp_path, "igakuqa", [2018, 2018]).coverage(0).complete
    path = tmp_path / "data" / "2018" / "112-B.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    _gap(_read(tmp_path, "igakuqa", [2018, 2018]), "2018 section B has 48 items, expected 49")


@pytest.mark.data
def test_known_reuse_within_the_real_benchmark_is_found(real_data):
    """113E2 and 116B10 differ in numbers in one option; 113B18 and 116D2 share the stem alone."""
    items = {item.question.id: item for item in _read(real_data / "igakuqa", "igakuqa").items}
    later = Detector([item for item in items.values() if item.question.year == 2022])
    for old, new, verdict in (("113E2", "116B10", "recycled"), ("113B18", "116D2", "review")):
        found = {f.item_id: f.verdict.value for f in later.find(items[old].question)}
        assert found == {new: verdict}


def test_options_may_stand_in_a_column_each_in_any_file_of_a_folder(tmp_path):
    (tmp_path / "a.csv").write_text("id,text,a,b,answer\nq1,赤いのは。,火,水,a\n", encoding="utf-8")
    (tmp_path / "b.tsv").write_text("id\ttext\ta\tb\nq2\t青い\t空\t\n", encoding="utf-8")
    read = _read(tmp_path)
    assert [item.question.choices for item in read.items] == [["火", "水"], ["空"]]
    assert read.items[0].question.answers == [["a"]]
    (tmp_path / "c.jsonl").write_bytes(orjson.dumps({"id": "q3", "text": "x", "choices": ["一"]}))
    read = _read(tmp_path)
    assert not read.coverage(0).complete


def test_a_table_without_a_header_is_no_coverage(tmp_path):
    (tmp_path / "a.csv").write_text("q1,赤いのはどれか。,火\nq2,青い。,水\n", encoding="utf-8")
    read = _read(tmp_path / "a.csv")
    assert "does not look like the names of columns" in str(read.gaps[0])
    assert not read.coverage(0).complete
