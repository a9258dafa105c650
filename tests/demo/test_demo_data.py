"""The data of `curate demo`: well formed, complete, as planted, and nobody else's text."""

import json
import os
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from curate.models import Document, Provenance, Question

DEMO = Path(__file__).parents[2] / "pipelines" / "demo"
QUESTIONS = ("exams.jsonl", "held_out.jsonl")
REASONS = {
    "year.after", "year.unknown", "duplicate.id", "duplicate.exact",
    "leakage.recycled", "leakage.contaminated", "leakage.review",
    "kept", "undetermined",
}  # fmt: skip
LAST_YEAR = 2017
RUN = 20
QUESTION = TypeAdapter(Question)


def _rows(name: str) -> list[dict]:
    return [json.loads(line) for line in _lines(name)]


def _lines(name: str) -> list[str]:
    return (DEMO / name).read_text(encoding="utf-8").splitlines()


def _provenance(name: str, line: int) -> dict:
    return {"source": "demo", "path": name, "sha256": "0" * 64, "line": line}


def _question(row: dict, name: str, line: int) -> Question:
    as_json = json.dumps(row | {"provenance": _provenance(name, line)})
    return QUESTION.validate_json(as_json, strict=True)


def _questions(name: str) -> list[Question]:
    return [_question(row, name, line) for line, row in enumerate(_rows(name), start=1)]


def _expected(reason: str) -> set[str]:
    return {row["id"] for row in _rows("expected.jsonl") if row["expected"] == reason}


def _squeezed(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_line_is_a_question(name):
    for question in _questions(name):
        assert question.exam
        assert question.section
        assert question.id == f"{question.exam}{question.section}{question.number}"
        assert question.required is (question.section == "B")


def test_every_document_validates_and_has_the_promised_length():
    for line, row in enumerate(_rows("textbook.jsonl"), start=1):
        document = Document(
            id=row["id"],
            text=row["text"],
            published=row.get("year"),
            provenance=Provenance(**_provenance("textbook.jsonl", line)),
        )
        assert set(row) <= {"id", "text", "year"}
        assert 150 <= len(document.text) <= 600


def test_the_files_are_plain_unescaped_utf8():
    for path in DEMO.glob("*.jsonl"):
        content = path.read_bytes()
        assert content.endswith(b"\n")
        assert b"\r" not in content
        assert b"\\u" not in content


def test_ids_are_unique_but_for_the_planted_repeat():
    lines = Counter(_lines("exams.jsonl"))
    assert {json.loads(line)["id"] for line, n in lines.items() if n > 1} == _expected(
        "duplicate.id"
    )
    assert max(lines.values()) == 2
    ids = Counter(row["id"] for row in map(json.loads, lines))
    ids.update(row["id"] for row in _rows("held_out.jsonl") + _rows("textbook.jsonl"))
    assert max(ids.values()) == 1


def test_enough_questions_with_explanations():
    questions = {question.id: question for question in _questions("exams.jsonl")}
    assert all(question.explanation for question in questions.values())
    assert len(questions) >= 60
    for question in questions.values():
        longest = 250 if question.id in _expected("leakage.contaminated") else 200
        assert 60 <= len(question.explanation) <= longest, question.id


def test_enough_questions_survive():
    dropped = {row["id"] for row in _rows("expected.jsonl")} - _expected("duplicate.id")
    kept = {row["id"]: row for row in _rows("exams.jsonl") if row["id"] not in dropped}
    assert len(kept) >= 62
    assert all(2014 <= int(row["exam"]) + 2000 <= LAST_YEAR for row in kept.values())
    assert all(row["published"] <= LAST_YEAR for row in kept.values())


def test_rows_that_the_years_drop_are_the_planted_ones():
    rows = _rows("exams.jsonl")
    after = {
        row["id"]
        for row in rows
        if max(int(row["exam"]) + 2000, row.get("published", 0)) > LAST_YEAR
    }
    pages = {row["id"]: row.get("year") for row in _rows("textbook.jsonl")}
    after |= {page for page, year in pages.items() if year and year > LAST_YEAR}
    unknown = {row["id"] for row in rows if "published" not in row}
    unknown |= {page for page, year in pages.items() if year is None}
    assert after == _expected("year.after")
    assert unknown == _expected("year.unknown")
    assert not any("year" in row for row in rows)


def test_every_kind_of_answer_is_present():
    kept = [question for question in _questions("exams.jsonl") if question.exam <= "17"]
    first = [question.answers[0] for question in kept if question.answers]
    assert {1, 2, 3} <= {len(answer) for answer in first}
    assert {6, 8} <= {len(question.choices) for question in kept}
    numbers = [question for question in kept if not question.choices and not question.has_image]
    assert len(numbers) >= 3
    assert all(question.answers[0][0].replace(".", "").isdigit() for question in numbers)
    assert any("." in question.answers[0][0] for question in numbers)
    assert all("解答：①" in question.text for question in numbers)
    assert any(question.has_image and question.choices for question in kept)
    assert any(question.has_image and not question.choices for question in kept)
    assert {question.points for question in kept} == {0, 1, 3}
    assert {question.exclusion.value for question in kept} == {
        "none", "dropped", "several_keys", "counted_if_right",
    }  # fmt: skip
    assert any(not question.answers and question.exclusion == "dropped" for question in kept)
    assert any(question.answers == [["b"], ["d"]] for question in kept)


@pytest.mark.parametrize(
    ("name", "sizes"), [("exams.jsonl", [2, 2, 2, 3]), ("held_out.jsonl", [2])]
)
def test_serial_groups_are_complete(name, sizes):
    groups: dict[str, list[Question]] = {}
    for question in _questions(name):
        if question.vignette_id:
            groups.setdefault(question.vignette_id, []).append(question)
    for first, members in groups.items():
        assert members[0].id == first
        assert {question.section for question in members} == {"C"}
        assert len({question.vignette for question in members}) == 1
        start = members[0].number
        assert [q.number for q in members] == list(range(start, start + len(members)))
    assert sorted(map(len, groups.values())) == sizes


def test_held_out_items_come_later_and_without_explanations():
    rows = _rows("held_out.jsonl")
    assert len(rows) == 24
    assert all(row["year"] == int(row["exam"]) + 2000 > LAST_YEAR for row in rows)
    assert not any("explanation" in row or "published" in row for row in rows)


def test_every_expectation_names_a_row():
    expected = _rows("expected.jsonl")
    for row in expected:
        assert set(row) == {"id", "file", "plant", "expected"}
        assert row["expected"] in REASONS
        assert row["id"] in {other["id"] for other in _rows(row["file"])}
    assert len({row["id"] for row in expected}) == len(expected)
    assert {row["expected"] for row in expected} == REASONS


def test_the_readme_tells_what_the_table_tells():
    readme = (DEMO / "README.md").read_text(encoding="utf-8")
    for row in _rows("expected.jsonl"):
        assert f"| {row['id']} | {row['file']} | {row['plant']} | {row['expected']} |" in readme


def test_leaks_are_what_the_table_says():
    ours = {row["id"]: row for row in _rows("exams.jsonl")}
    theirs = {row["id"]: row for row in _rows("held_out.jsonl")}
    content = ("text", "choices", "answers")

    verbatim, item = ours["14A10"], theirs["20A1"]
    assert [verbatim[field] for field in content] == [item[field] for field in content]

    reordered, item = ours["15A10"], theirs["21A6"]
    assert reordered["text"] == item["text"]
    assert reordered["choices"] != item["choices"]
    assert sorted(reordered["choices"]) == sorted(item["choices"])
    assert _keys(reordered) == _keys(item)

    respelt, item = ours["16A10"], theirs["21A4"]
    assert respelt["text"] != item["text"]
    assert _squeezed(respelt["text"]) == _squeezed(item["text"])
    as_theirs = [c.replace("---------", "――――").replace("嚢", "囊") for c in respelt["choices"]]
    assert as_theirs == item["choices"] != respelt["choices"]

    renumbered, item = ours["17A10"], theirs["21C2"]
    assert renumbered["text"] == item["text"]
    assert len(set(renumbered["choices"]) & set(item["choices"])) == 4

    quoting, item = ours["15A11"]["explanation"], theirs["20A2"]
    assert all(part in quoting for part in [item["text"], *item["choices"]])

    stem_only, item = ours["16A11"], theirs["21A2"]
    assert stem_only["text"] == item["text"]
    assert not set(stem_only["choices"]) & set(item["choices"])

    options_only, item = ours["17A11"], theirs["20A5"]
    assert options_only["choices"] == item["choices"]
    assert options_only["text"] != item["text"]

    page = next(row["text"] for row in _rows("textbook.jsonl") if row["id"] == "tb05")
    buried = theirs["21B1"]
    assert all(_squeezed(p) in _squeezed(page) for p in [buried["text"], *buried["choices"]])
    assert buried["text"] not in page


def test_exact_duplicates_are_equal_but_for_width_and_spacing():
    ours = {row["id"]: row for row in _rows("exams.jsonl")}
    for copy, original, same in [("16A12", "14A4", True), ("17A12", "15A5", False)]:
        assert ours[copy]["answers"] == ours[original]["answers"]
        assert (_shown(ours[copy]) == _shown(ours[original])) is same
        assert [*map(_squeezed, _shown(ours[copy]))] == [*map(_squeezed, _shown(ours[original]))]


def test_unplanted_rows_share_no_long_run_with_held_out_items():
    planted = {row["id"] for row in _rows("expected.jsonl") if "leakage" in row["expected"]}
    grams = {
        gram: row["id"]
        for row in _rows("held_out.jsonl")
        for text in _texts(row)
        for gram in _runs(_squeezed(text))
    }
    for row in _rows("exams.jsonl") + _rows("textbook.jsonl") + _good_broken_rows():
        if row["id"] not in planted:
            shared = {
                grams[gram]
                for text in _texts(row)
                for gram in _runs(_squeezed(text))
                if gram in grams
            }
            assert not shared, row["id"]


def test_three_lines_of_the_broken_file_are_bad():
    bad = []
    for number, line in enumerate(_lines("broken.jsonl"), start=1):
        try:
            _question(json.loads(line), "broken.jsonl", number)
        except (json.JSONDecodeError, ValidationError) as error:
            bad.append((number, type(error).__name__))
    assert bad == [(2, "JSONDecodeError"), (4, "ValidationError"), (6, "ValidationError")]
    assert len(_lines("broken.jsonl")) == 7


def test_good_lines_of_the_broken_file_are_kept_by_the_years():
    good = _good_broken_rows()
    assert len(good) == 4
    assert all(row["exam"] == "13" and row["published"] == 2013 for row in good)


@pytest.mark.data
@pytest.mark.skipif(not os.environ.get("JMLE_DATA"), reason="JMLE_DATA does not name the real data")
def test_nothing_is_taken_from_a_real_exam():
    ours = {
        gram: path.name
        for path in DEMO.glob("*.jsonl")
        for line in path.read_text(encoding="utf-8").splitlines()
        for text in _texts_of_line(line)
        for gram in _runs(_squeezed(text))
    }
    data = Path(os.environ["JMLE_DATA"])
    files = [
        path
        for name in ("igakuqa", "yakugakuqa")
        for path in sorted(data.glob(f"{name}/**/*.jsonl"))
    ]
    assert files
    shared = {
        gram
        for path in files
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip()
        for text in _texts(json.loads(line))
        for gram in _runs(_squeezed(text))
        if gram in ours
    }
    assert not shared


def _good_broken_rows() -> list[dict]:
    lines = _lines("broken.jsonl")
    return [json.loads(lines[index]) for index in (0, 2, 4, 6)]


def _keys(row: dict) -> list[list[str]]:
    letters = "abcdefghij"
    return [[row["choices"][letters.index(letter)] for letter in key] for key in row["answers"]]


def _shown(row: dict) -> list[str]:
    return [row["text"], *row["choices"], row["explanation"]]


def _texts(value: object) -> list[str]:
    """Lists the strings in a JSON value, at any depth."""
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [text for part in parts for text in _texts(part)]


def _texts_of_line(line: str) -> list[str]:
    try:
        return _texts(json.loads(line))
    except json.JSONDecodeError:
        return [line]


def _runs(text: str) -> set[str]:
    return {text[start : start + RUN] for start in range(len(text) - RUN + 1)}
