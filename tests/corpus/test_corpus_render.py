"""Rendered texts, letter by letter."""

import polars as pl
import pytest
from corpus_rows import question
from pydantic import ValidationError

from curate.corpus.frame import shard_frame
from curate.corpus.stages import Render
from curate.corpus.stages.render import load_template
from curate.corpus.templates import Template
from curate.errors import RecipeError
from curate.models import Document, Provenance, Question

PLACE = Provenance(source="s", path="a", sha256="0" * 64, line=1)


def _rendered(*records):
    return Render().apply(shard_frame(records, range(len(records))))["rendered"].to_list()


def _question(**keys):
    row = question("1", "どれか。", choices=["心臓", "胃"], **keys)
    if row["answers"] == ["a"]:
        row["answers"] = [["a"]]
    return Question(**row, provenance=PLACE)


EXPECTED = {
    "a question": ({}, "Question: どれか。\na: 心臓\nb: 胃\n Answer:a"),
    "an explanation": (
        {"explanation": "心臓である。"},
        "Question: どれか。\na: 心臓\nb: 胃\n Explanation:心臓である。\n Answer:a",
    ),
    "two letters": (
        {"answers": [["a", "b"]]},
        "Question: どれか。\na: 心臓\nb: 胃\n Answer:a,b",
    ),
    "alternatives": (
        {"answers": [["a"], ["b"]]},
        "Question: どれか。\na: 心臓\nb: 胃\n Answer:a or b",
    ),
    "alternatives of pairs": (
        {"choices": ["心臓", "胃", "肺"], "answers": [["a", "b"], ["a", "c"]]},
        "Question: どれか。\na: 心臓\nb: 胃\nc: 肺\n Answer:a,b or a,c",
    ),
    "a number": ({"choices": [], "answers": [["7.20"]]}, "Question: どれか。\n Answer:7.20"),
    "no key": ({"answers": []}, "Question: どれか。\na: 心臓\nb: 胃\n"),
    "a case first": (
        {"vignette": "60歳の男性。", "vignette_id": "1"},
        "60歳の男性。\nQuestion: どれか。\na: 心臓\nb: 胃\n Answer:a",
    ),
    "a blank option": (
        {"choices": ["①", "", ""]},
        "Question: どれか。\na: ①\nb: \nc: \n Answer:a",
    ),
    "ten options": (
        {"choices": list("いろはにほへとちりぬ"), "answers": [["j"]]},
        "Question: どれか。\n"
        + "".join(f"{a}: {b}\n" for a, b in zip("abcdefghij", "いろはにほへとちりぬ", strict=True))
        + " Answer:j",
    ),
    "braces and dollars": (
        {"text": "B$_{12}$ {text} \\n", "choices": ["{letter}", "{}"]},
        "Question: B$_{12}$ {text} \\n\na: {letter}\nb: {}\n Answer:a",
    ),
}


@pytest.mark.parametrize("what", EXPECTED)
def test_a_question_is_rendered(what):
    keys, text = EXPECTED[what]
    assert _rendered(_question().model_copy(update=keys)) == [text]


def test_a_document_is_rendered_as_it_is():
    text = "第一章\n　心臓は、\r\n臓器である。  "
    page = Document(id="d", text=text, provenance=PLACE)
    assert _rendered(page) == [text]


def test_rows_do_not_see_each_other():
    mixed = [
        _question(),
        Document(id="d", text="頁", provenance=PLACE),
        _question().model_copy(update={"choices": list("いろは")}),
    ]
    assert _rendered(*mixed) == [_rendered(record)[0] for record in mixed]
    assert _rendered(*mixed)[1] == "頁"


def test_dropped_rows_are_not_rendered():
    frame = shard_frame([_question(), _question()], [0, 1])
    marks = pl.Series("dropped_by", [None, "year.after"])
    assert Render().apply(frame.with_columns(marks))["rendered"].is_null().to_list() == [
        False,
        True,
    ]


def test_no_rows_render_to_no_rows():
    assert _rendered() == []


def test_a_template_of_one_s_own():
    template = Template(
        name="mine",
        segments=["[{id}/{exam}] ", "{year}年 ", "{text}", "{options}", "→{answer}", "。"],
        option="（{letter}）{choice}",
        letter_separator="と",
        alternative_separator="または",
    )
    frame = shard_frame([_question(answers=[["a", "b"]])], [0])
    assert template.render(frame).to_list() == ["2015年 どれか。（a）心臓（b）胃→aとb。"]


def test_an_unknown_field_of_a_template_is_refused():
    with pytest.raises(ValidationError, match=r"unknown field \{stem\}"):
        Template(name="x", segments=["{stem}"])


def test_a_template_that_is_not_there_is_said():
    with pytest.raises(RecipeError, match="no template 'nowhere'") as caught:
        load_template("nowhere")
    assert "question" in caught.value.hint


@pytest.mark.parametrize("name", ["../question", "a/b", "A", "", "question.yaml"])
def test_a_template_s_name_is_no_path(name):
    with pytest.raises(ValidationError):
        Render(template=name)
