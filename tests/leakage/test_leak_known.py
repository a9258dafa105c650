"""The known benchmarks, in the form of their repositories: read whole, or the gap is told."""

import bench_files
import pytest

from curate.leakage import BenchmarkRef, benchmark_files, read_benchmark

FORMS = {
    "jmmlu": bench_files.jmmlu,
    "mmmlu": bench_files.mmmlu,
    "pubmedqa": bench_files.pubmedqa,
    "yakugakuqa": bench_files.yakugakuqa,
    "medqa_jp": lambda folder: bench_files.jmedbench(folder, "medqa_jp"),
    "medmcqa_jp": lambda folder: bench_files.jmedbench(folder, "medmcqa_jp"),
}
SIZES = {"jmmlu": 681, "mmmlu": 945, "pubmedqa": 1000, "yakugakuqa": 690, "medqa_jp": 1273,
         "medmcqa_jp": 4183}  # fmt: skip


def _read(name, path, years=None):
    return read_benchmark(BenchmarkRef(name=name, path=str(path), years=years))


def _gap(read, told):
    assert any(told in str(gap) for gap in read.gaps), read.gaps
    assert not read.coverage(0).complete


@pytest.fixture
def form(tmp_path):
    """Writes a benchmark in its form, and returns its folder."""
    return lambda name: FORMS[name](tmp_path)


@pytest.mark.parametrize("name", FORMS)
def test_the_form_of_the_repository_is_read_whole(form, name):
    read = _read(name, form(name))
    assert (read.items_expected, len(read.items), list(read.gaps)) == (SIZES[name], SIZES[name], [])
    assert read.coverage(0).complete
    assert all(item.benchmark == name for item in read.items)
    ids = [(item.question.exam, item.question.id) for item in read.items]
    assert len(set(ids)) == len(ids)


def test_a_subject_is_a_file_and_an_id_is_its_row(form):
    items = {item.question.id: item.question for item in _read("jmmlu", form("jmmlu")).items}
    second = items["anatomy-2"]
    assert (second.text, second.choices) == (bench_files.stem("anatomy", 2), bench_files.OPTIONS)
    assert (second.section, second.answers, second.year) == ("anatomy", [["c"]], None)
    assert second.provenance.line == 2
    assert list(items)[:2] == ["anatomy-1", "anatomy-2"]


@pytest.mark.parametrize("folder", ["", "JMMLU"])
def test_other_subjects_are_not_looked_at(tmp_path, folder):
    place = tmp_path / folder
    place.mkdir(exist_ok=True)
    bench_files.jmmlu(place)
    before = _read("jmmlu", tmp_path)
    (place / "astronomy.csv").write_text("broken", encoding="utf-8")
    after = _read("jmmlu", tmp_path)
    assert (list(after.gaps), len(after.items)) == ([], 681)
    assert before.sha256 == after.sha256


def test_a_subject_can_be_a_column(form):
    read = _read("mmmlu", form("mmmlu"))
    assert {item.question.section for item in read.items} == {
        "anatomy", "clinical_knowledge", "college_medicine", "medical_genetics",
        "professional_medicine",
    }  # fmt: skip
    assert read.items[0].question.id == "anatomy-1"


def test_an_index_counts_from_nothing(form):
    items = _read("medqa_jp", form("medqa_jp")).items
    assert [item.question.answers for item in items[:2]] == [[["a"]], [["b"]]]
    assert items[0].question.id == "0"


def test_an_english_item_is_the_question_with_its_context(form):
    item = _read("pubmedqa", form("pubmedqa")).items[1]
    text = "Does specimen number 1 stain darker after the second wash?"
    assert (item.language, item.question.text, item.text_en) == ("en", text, text)
    assert item.question.vignette == "We washed specimen 1 twice.\nBatch 1 was kept as a control."
    assert item.question.vignette_id == item.question.id == "70001"
    assert (item.question.choices, item.question.answers, item.choices_en) == ([], [], ())
    assert item.question.year is None


def test_an_explanation_is_no_part_of_an_item(form):
    read = _read("yakugakuqa", form("yakugakuqa"))
    assert not any(item.question.explanation or item.question.published for item in read.items)
    assert list(read.years) == [2012, 2013]
    assert list(read.absent_years) == list(range(2014, 2025))


def test_years_pick_exams(form):
    read = _read("yakugakuqa", form("yakugakuqa"), [2013, 2014])
    assert (list(read.years), list(read.absent_years)) == ([2013], [2014])
    assert len(read.items) == read.items_expected == 345


def test_years_do_not_apply_where_there_are_none(form):
    read = _read("jmmlu", form("jmmlu"), [2018, 2022])
    assert (len(read.items), list(read.absent_years)) == (681, [])
    assert "its items have no year, so the years asked for pick none of them out" in read.notes
    assert read.coverage(0).complete


def test_a_layout_that_was_never_tried_says_so(form):
    told = "its layout was written from documents and was never tried on the data"
    assert told in _read("medqa_jp", form("medqa_jp")).notes


@pytest.mark.parametrize("name", ["jmmlu", "yakugakuqa", "pubmedqa"])
def test_another_revision_is_told_and_no_gap(form, name):
    read = _read(name, form(name))
    assert "not the pinned revision" in " ".join(read.notes)
    assert list(read.coverage(0).notes) == list(read.notes)
    assert read.coverage(0).complete


# What is broken: the file, what replaces what, and what is told.
BROKEN = [
    ("wrong column count", b",C\n", b",C,D\n", "jmmlu/anatomy.csv:2: expected 6 fields, found 7"),
    ("a quote that never closes", b"\xe9\x83\xa8,", b'\xe9\x83\xa8,"', "jmmlu/anatomy.csv:"),
    ("no such option", b",C\n", b",E\n", "jmmlu/anatomy.csv:2: answers: 'e' is beyond the 4 choices"),
    ("no answer letter", b",C\n", b",?\n", "jmmlu/anatomy.csv:2: answers: "),
    ("not UTF-8", b",C\n", b",\xff\n", "jmmlu/anatomy.csv:2: not UTF-8"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "told"), [case[1:] for case in BROKEN],
                         ids=[case[0] for case in BROKEN])  # fmt: skip
def test_a_broken_row_is_a_gap_with_its_place(form, old, new, told):
    path = form("jmmlu") / "anatomy.csv"
    path.write_bytes(path.read_bytes().replace(old, new, 1))
    read = _read("jmmlu", path.parent)
    _gap(read, told)
    _gap(read, "section anatomy has ")
    assert read.items_expected == 681


def test_line_ends_and_line_breaks_within_a_field_change_nothing(form):
    folder = form("jmmlu")
    path = folder / "anatomy.csv"
    before = path.read_bytes()
    path.write_bytes(before.replace(b"\n", b"\r\n"))
    assert not _read("jmmlu", folder).gaps
    first = bench_files.stem("anatomy", 1)
    broken = f'"Ⅰ. 心房\n{first}"'.encode()
    path.write_bytes(before.replace(first.encode(), broken, 1))
    read = _read("jmmlu", folder)
    assert (list(read.gaps), len(read.items)) == ([], 681)
    assert read.items[0].question.text == f"Ⅰ. 心房\n{first}"
    second = read.items[1].question
    assert (second.id, second.provenance.line) == ("anatomy-2", 3)


def test_a_missing_subject_is_a_gap(form):
    folder = form("jmmlu")
    (folder / "anatomy.csv").unlink()
    _gap(_read("jmmlu", folder), "section anatomy has 0 items, expected 132")


def test_a_repeated_item_is_a_gap(form):
    path = form("pubmedqa") / "data" / "ori_pqal.json"
    path.write_bytes(path.read_bytes().replace(b'"70001"', b'"70000"'))
    read = _read("pubmedqa", path)
    _gap(read, "pubmedqa/ori_pqal.json:2: the item '70000' stands twice")
    _gap(read, "it has 999 items, expected 1000")


@pytest.mark.parametrize(
    ("name", "told"),
    [("jmmlu", "there is no file *.csv"), ("pubmedqa", "there is no file ori_pqal.json"),
     ("mmmlu", "there is no file mmlu_JA-JP.csv"), ("yakugakuqa", "holds no data file")],
)  # fmt: skip
def test_a_folder_of_other_files_is_no_coverage(tmp_path, name, told):
    (tmp_path / "other.txt").write_text("x", encoding="utf-8")
    _gap(_read(name, tmp_path), told)


def test_a_file_without_the_columns_is_no_coverage(tmp_path):
    (tmp_path / "mmlu_JA-JP.csv").write_text("Question,A,B,C,D,Answer\n1,2,3,4,5,A\n")
    _gap(_read("mmmlu", tmp_path), "mmmlu/mmlu_JA-JP.csv:2: no column 'Subject' (for section)")


def test_the_files_of_a_benchmark_are_those_it_is_read_from(form):
    folder = form("pubmedqa")
    files = benchmark_files(BenchmarkRef(name="pubmedqa", path=str(folder)))
    assert [file.relative for file in files] == ["data/ori_pqal.json"]


REAL = {"igakuqa": 2000, "jmmlu": 681, "pubmedqa": 1000, "yakugakuqa": 4485}


@pytest.mark.data
@pytest.mark.parametrize(("name", "count"), REAL.items())
def test_the_real_benchmark_is_the_pinned_one_and_whole(real_data, name, count):
    read = _read(name, real_data / name)
    assert (read.items_expected, len(read.items)) == (count, count)
    assert (list(read.gaps), list(read.notes), list(read.absent_years)) == ([], [], [])


@pytest.mark.data
def test_a_line_break_within_a_real_field_is_kept(real_data):
    items = _read("jmmlu", real_data / "jmmlu").items
    assert sum("\n" in item.question.text for item in items) == 13
    assert all(len(item.question.choices) == 4 and item.question.answers for item in items)


@pytest.mark.data
def test_the_real_pharmacists_items_keep_their_layouts_rules(real_data):
    questions = [item.question for item in _read("yakugakuqa", real_data / "yakugakuqa").items]
    assert sum(question.has_image and not question.choices for question in questions) >= 396
    assert [q.id for q in questions if not q.text] == ["105049", "105053"]
    assert not any(question.explanation for question in questions)


@pytest.mark.data
def test_a_changed_real_file_is_another_revision(real_data, tmp_path):
    path = tmp_path / "ori_pqal.json"
    path.write_bytes((real_data / "pubmedqa" / "ori_pqal.json").read_bytes() + b"\n")
    read = _read("pubmedqa", tmp_path)
    assert list(read.notes) == [
        "not the pinned revision 1cbae8e: 1 of 1 files (data/ori_pqal.json) differ"
    ]
    assert read.coverage(0).complete
