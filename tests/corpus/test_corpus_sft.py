"""Prompts and completions, letter by letter, and every row either there or counted."""

import pytest
from corpus_rows import question

from curate.corpus.frame import shard_frame
from curate.corpus.recipes import read_recipe
from curate.corpus.sft import SFT_SCHEMA, SftTemplate
from curate.models import Document, Provenance, Question
from curate.tables import share

PLACE = Provenance(source="s", path="a", sha256="0" * 64, line=1)
NAMES = sorted(path.stem for path in share("pipelines", "templates", "sft").glob("*.yaml"))


def _template(name, **keys):
    data = read_recipe(share("pipelines", "templates", "sft", f"{name}.yaml")).data
    return SftTemplate.model_validate({**data, **keys})


def _question(**keys):
    row = question("1", "どれか。", choices=["心臓", "胃"])
    return Question(**{**row, "answers": [["a"]], **keys}, provenance=PLACE)


def _pairs(name, *records, **keys):
    frame = shard_frame(records, range(len(records)))
    pairs, left_out = _template(name, **keys).pairs(frame)
    assert pairs.schema == SFT_SCHEMA
    assert pairs.height + left_out.total() == len(records)
    return pairs.rows(), dict(left_out)


ASKED = "Question: どれか。\na: 心臓\nb: 胃\n"
WHY = {"explanation": "心臓である。"}


@pytest.mark.parametrize(
    ("keys", "prompt", "answer"),
    [
        ({}, ASKED, "a"),
        ({"answers": [["a", "b"]]}, ASKED, "a,b"),
        ({"answers": [["b"], ["a"]]}, ASKED, "b"),
        ({"choices": [], "answers": [["7.20"]]}, "Question: どれか。\n", "7.20"),
        ({"vignette": "60歳の男性。", "vignette_id": "1"}, f"60歳の男性。\n{ASKED}", "a"),
        ({"text": "{answer} はどれか。"}, ASKED.replace("どれか", "{answer} はどれか"), "a"),
    ],
)
def test_the_papers_text_is_cut_where_the_model_goes_on(keys, prompt, answer):
    pairs, left_out = _pairs("sft", _question(**WHY, **keys))
    assert pairs == [("1", prompt, f" Explanation:心臓である。\n Answer:{answer}")]
    assert left_out == {}


@pytest.mark.parametrize(
    ("keys", "asked", "answer"),
    [
        ({}, "a: 心臓\nb: 胃\n必ずa,b,c,d,eの中からちょうど1個選んでください。\n", "a"),
        (
            {"answers": [["a", "b"]]},
            "a: 心臓\nb: 胃\n必ずa,b,c,d,eの中からちょうど2個選んでください。\n",
            "a,b",
        ),
        ({"choices": [], "answers": [["04"]]}, "", "04"),
    ],
)
def test_the_direct_prompt_is_the_published_one_and_needs_no_explanation(keys, asked, answer):
    pairs, _ = _pairs("direct", _question(**keys))
    assert pairs == [("1", f"問題: どれか。\n{asked}答え:", answer)]


LEFT_OUT = {
    "no explanation": {},
    "no key": {**WHY, "answers": []},
    "image": {**WHY, "has_image": True},
    "excluded by the exam": {**WHY, "exclusion": "dropped"},
}


@pytest.mark.parametrize("why", LEFT_OUT)
def test_what_cannot_be_learnt_from_is_left_out_and_counted(why):
    assert _pairs("sft", _question(**LEFT_OUT[why])) == ([], {why: 1})


def test_a_document_is_left_out():
    document = Document(id="d", text="本文", provenance=PLACE)
    assert _pairs("sft", document, _question(**WHY))[1] == {"document": 1}


def test_a_template_may_keep_questions_with_images():
    pairs, _ = _pairs("sft", _question(**WHY, has_image=True), images="keep")
    assert len(pairs) == 1


@pytest.mark.parametrize("name", NAMES)
def test_no_row_gives_the_right_columns(name):
    assert _pairs(name) == ([], {})


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_template_bears_its_name(name):
    assert _template(name).name == name
