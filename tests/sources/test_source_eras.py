"""Japanese years: what an era's year is, and what no era has or may be two years is refused."""

import pytest

from curate.models import Quarantined
from curate.sources import DocumentsSource, QuestionsSource
from curate.sources.eras import ERAS, named_year, path_year, written_year
from curate.sources.years import FixedYear, field_date, field_year


@pytest.mark.parametrize(
    ("value", "year"),
    [
        ("平成29年", 2017),
        ("平成29", 2017),
        ("平成 29 年 2 月", 2017),
        ("H29", 2017),
        ("h29", 2017),
        ("Ｈ２９", 2017),
        ("H29年2月1日", 2017),
        ("S63.4.1", 1988),
        ("H29/2/1", 2017),
        ("R1", 2019),
        ("R元", 2019),
        ("令和元年", 2019),
        ("令和元", 2019),
        ("令和1年", 2019),
        ("平成31年", 2019),
        ("平成元年", 1989),
        ("昭和64年", 1989),
        ("昭和63年", 1988),
        ("昭和元年", 1926),
        ("大正15年", 1926),
        ("明治45年", 1912),
        ("平成二十九年三月", 2017),
        ("平成十年", 1998),
        ("昭和六十年", 1985),
        ("二〇一七年", 2017),
        ("㍻29年", 2017),
        ("2017年2月", 2017),
        ("２０１７年２月", 2017),
        ("第111回（2017年公表）", 2017),
        ("平成29年（2017年）改訂", 2017),
    ],
)
def test_a_written_year(value, year):
    assert written_year(value) == year
    assert field_year("y", {"y": value}) == (year, "field:y")
    assert field_date("y", {"y": value}) == (year, "field:y")


@pytest.mark.parametrize("era", ERAS)
def test_an_era_has_its_years_and_no_other(era):
    first, last = ERAS[era]
    assert written_year(f"{era}元年") == first
    assert written_year(f"{era}{last}年") == first + last - 1
    for year in (0, last + 1, 9999):
        with pytest.raises(
            ValueError, match=rf"^{era} has no year {year}; its years are 1-{last}$"
        ):
            written_year(f"{era}{year}年")


def test_an_era_ends_in_the_year_in_which_the_next_begins():
    firsts = [first for first, _ in ERAS.values()]
    ends = [first + last - 1 for first, last in ERAS.values()]
    assert ends[:-1] == firsts[1:]


@pytest.mark.parametrize(
    ("value", "error"),
    [
        ("平成40年", "平成 has no year 40"),
        ("H32", "平成 has no year 32"),
        ("S65.1.1", "昭和 has no year 65"),
        ("平成0年", "平成 has no year 0"),
        ("明治200年", "明治 has no year 200"),
        ("平成29年度", "平成29年度: a fiscal year lies in several"),
        ("H29年度", "H29年度: a fiscal year lies in several"),
        ("2017年度", "2017年度: a fiscal year lies in several"),
        ("2016-2017年", "2016-2017年: lies in several"),
        ("平成28・29年", "平成28・29年: lies in several"),
        ("平成28年（2017年）", "names several years: 2016, 2017"),
        ("2015年、2016年、2017年、2018年", "names several years: 2015, 2016, 2017; write one"),
    ],
)
def test_an_impossible_or_doubtful_year_is_refused(value, error):
    with pytest.raises(ValueError, match=f"^{error}"):
        written_year(value)
    with pytest.raises(ValueError, match=f"^y: {error}"):
        field_year("y", {"y": value})


@pytest.mark.parametrize(
    "value", ["", "M4", "T2", "H", "H290", "H29x", "H29.13.1", "三千年", "2017", "新版", "平成", "昭和大学",
              "平成29年" + "。" * 200]
)  # fmt: skip
def test_what_writes_no_year_is_none(value):
    assert written_year(value) is None


@pytest.mark.parametrize(
    ("path", "year"),
    [
        ("第111回_平成29年.txt", 2017),
        ("H29_exam.md", 2017),
        ("r01.txt", 2019),
        ("exam-２０１７.txt", 2017),
        ("20170215-note.txt", 2017),
        ("2017-02-15.md", 2017),
        ("2017_H29.txt", 2017),
        ("2017/ch1.txt", 2017),
        ("2016/2017/ch1.txt", 2017),
        ("2016/ch1-2015.txt", 2015),
        ("v1.2017.md", 2017),
        ("ch1.txt", None),
        ("s3-bucket.txt", None),
        ("R1.txt", None),
        ("12017.txt", None),
        ("1234.txt", None),
        ("x2017", 2017),
    ],
)
def test_the_year_of_a_path(path, year):
    assert path_year(path) == year


@pytest.mark.parametrize("name", ["2016-2017", "H28_2017", "平成40年", "2017年度"])
def test_a_name_with_doubtful_years_is_refused(name):
    with pytest.raises(ValueError, match=r"year"):
        named_year(name)


def test_an_impossible_year_costs_its_row(write, read):
    rows = [
        {"id": "a", "text": "b", "year": "平成29年"},
        {"id": "c", "text": "d", "year": "平成40年"},
        {"id": "e", "text": "f", "year": "新版"},
    ]
    good, bad, undated = read(DocumentsSource, write("d.jsonl", rows))
    assert (good.published, undated.published) == (2017, None)
    assert isinstance(bad, Quarantined)
    assert (bad.line, bad.error) == (2, "year: 平成 has no year 40; its years are 1-31")


def test_an_explanation_s_era(write, one):
    row = {"id": "q", "text": "t", "choices": ["x", "y"], "answer": "a", "year": "H28", "explanation": "z",
           "published": "令和元年5月"}  # fmt: skip
    question = one(QuestionsSource, write("q.jsonl", [row]))
    assert (question.year, question.published) == (2016, 2019)


def test_a_fixed_year(write, one):
    path = write("d.jsonl", [{"id": "a", "text": "b"}])
    assert one(DocumentsSource, path, published={"year": 2015}).published == 2015
    assert one(DocumentsSource, path, year={"year": 2015}).published_rule == "fixed"
    row = {"id": "q", "text": "t", "choices": ["x"], "answer": "a", "explanation": "z"}
    rules = {"year": FixedYear(year=2011), "published": {"year": 2012}}
    question = one(QuestionsSource, write("q.jsonl", [row]), **rules)
    assert (question.year, question.published) == (2011, 2012)
