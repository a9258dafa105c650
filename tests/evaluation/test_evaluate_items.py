"""Items as they are asked: with and without their case, in English, by the likelihood of their options."""

import polars as pl
import pytest
from score_exam import write

from curate.errors import InputError
from curate.evaluation.asked import as_asked, in_language
from curate.evaluation.examples import examples_in
from curate.evaluation.likelihood import likeliest, with_endings
from curate.jobs.engine_option import Asked
from curate.jobs.evaluate_ask import prompts_of
from curate.jobs.evaluate_plan import evaluation_plan
from curate.jobs.evaluate_recipe import EvaluateOptions
from curate.jobs.scored_items import read_items
from curate.leakage import BenchmarkItem, BenchmarkRef
from curate.models import Provenance, Question, Response
from curate.sampling import Prompt, prompt_templates, read_template

PLACE = Provenance(source="birds", path="birds.jsonl", sha256="0" * 64, line=1)
CASE = "渡り鳥が海を越えた。"


def bird(id_="9A1", **keys):
    row = {"id": id_, "text": "何を見たか。", "choices": ["星", "潮", " 風"], "answers": [["a"]]}
    return Question(**{**row, "provenance": PLACE, **keys})


FIRST = bird(vignette=CASE, vignette_id="9A1", original_text=f"次の文を読め。{CASE}何を見たか。")
LATER = bird("9A2", text="次に何を見たか。", vignette=CASE, vignette_id="9A1")
OWN = bird("9A3", vignette="要旨である。", vignette_id="9A3")


def _told(question, vignettes):
    asked = as_asked(question, vignettes)
    return asked.vignette, asked.text, asked.original_text


def test_a_case_stands_where_it_was_printed_or_with_every_question():
    assert _told(FIRST, "published") == (None, FIRST.original_text, FIRST.original_text)
    assert _told(FIRST, "linked") == (CASE, "何を見たか。", FIRST.original_text)
    assert _told(LATER, "published") == (None, "次に何を見たか。", None)
    assert _told(LATER, "linked") == (CASE, "次に何を見たか。", f"{CASE}\n次に何を見たか。")
    for vignettes in ("published", "linked"):
        assert _told(OWN, vignettes) == ("要旨である。", OWN.text, "要旨である。\n何を見たか。")


def test_english_is_the_translation_and_a_later_question_knows_the_first():
    items = [
        BenchmarkItem("birds", FIRST, "Birds cross. What do they see?", ("Star", "Tide", "Wind")),
        BenchmarkItem("birds", LATER, "And then?", ("Star", "Tide", "Wind")),
        BenchmarkItem("birds", OWN),
    ]
    told = in_language(items, "en")
    assert list(told) == ["9A1", "9A2"]
    assert told["9A2"].choices == ["Star", "Tide", "Wind"]
    assert _told(told["9A1"], "linked")[:2] == (None, "Birds cross. What do they see?")
    assert _told(told["9A2"], "published") == (None, "And then?", None)
    assert _told(told["9A2"], "linked")[0] == "Birds cross. What do they see?"
    assert list(in_language(items, "ja")) == ["9A1", "9A2", "9A3"]


def _option(index, loss, tokens):
    return Response(question_id="Q", engine="vllm", index=index, text="x", loss=loss, tokens=tokens)


def test_the_likeliest_option_is_the_shortest_loss_in_all_or_a_token():
    assert likeliest([_option(0, 6.0, 6), _option(1, 4.0, 2), _option(2, 5.0, 4)]) == ("b", "a")
    assert likeliest([_option(0, 4.0, 2), _option(1, 4.0, 2)]) == ("a", "a")
    assert likeliest([_option(0, None, 2), _option(1, 4.0, 2)]) == ("b", "b")


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ({"answers": [["a", "b"]]}, "likelihood.several_answers"),
        ({"choices": [], "answers": [["26"]]}, "likelihood.no_options"),
        ({"choices": ["星", "\u3000"]}, "likelihood.blank_option"),
    ],
)
def test_what_has_no_single_option_is_not_scored(keys, reason):
    template = read_template(prompt_templates()["mcqa"])
    prompt = Prompt(question_id="9A1", template="mcqa", text="質問：")
    assert with_endings(prompt, bird(**keys), template).reason == reason
    assert with_endings(prompt, bird(answers=[["a"], ["c"]]), template).endings == (
        "星",
        "潮",
        "風",
    )
    english = read_template(prompt_templates()["mcqa_en"])
    assert with_endings(prompt, bird(), english).endings == (" 星", " 潮", " 風")


def test_prompts_of_the_real_benchmarks(real_data, tmp_path):
    """Every item of each is asked in every mode, in Japanese and English where there is English."""
    responses = tmp_path / "none.jsonl"
    responses.write_text("")
    names = ("igakuqa", "jmmlu", "pubmedqa")
    options = EvaluateOptions(
        asked=Asked(engine="recorded", responses=responses),
        benchmarks=[f"{name}={real_data / name}" for name in names],
        modes=["direct", "mcqa"],
        languages=["ja", "en"],
    )
    plan = evaluation_plan(options)
    made = {str(cell): [len(some) for some in prompts_of(plan, cell)] for cell in plan.cells}
    items = {
        "igakuqa, {}, ja": 2000,
        "igakuqa, {}, en": 2000,
        "jmmlu, {}, ja": 681,
        "pubmedqa, {}, en": 1000,
    }
    items = {
        "igakuqa, {}, ja": 2000,
        "igakuqa, {}, en": 2000,
        "jmmlu, {}, ja": 681,
        "pubmedqa, {}, en": 1000,
    }
    assert made == {
        name.format(mode): [count, 0] for name, count in items.items() for mode in options.modes
    }
    assert plan.absent == ["pubmedqa has no items in ja", "jmmlu has no items in en"]
    english = next(cell for cell in plan.cells if str(cell) == "igakuqa, direct, en")
    text = prompts_of(plan, english)[0][0].text
    assert text.startswith("Problem: ")
    assert text.isascii()
    assert text.count("\nChoose exactly 1 correct choice(s) from a, b, c, d, e.\nAnswer:\n") == 2
    assert text.endswith("\nChoose exactly 1 correct choice(s) from a, b, c, d, e.\nAnswer:")


def test_the_key_in_words_is_read_to_score_alone(real_data):
    read = read_items(BenchmarkRef(name="pubmedqa", path=str(real_data / "pubmedqa")))
    keys = pl.Series([item.question.answers[0][0] for item in read.items.by_id.values()])
    assert dict(keys.value_counts().rows()) == {"a": 552, "b": 338, "c": 110}


def test_english_examples_stand_beside_the_others(tmp_path):
    question = {"problem_text": "何か。", "choices": ["甲", "乙"], "answer": ["b"]}
    english = {"problem_text_en": "What?", "choices_en": ["A", "B"], "explanation_en": "So."}
    ids = ("1A1", "1A2")
    write(tmp_path / "prompt.jsonl", [{"problem_id": id_, **question} for id_ in ids])
    beside = [{"problem_id": id_, **english} for id_ in reversed(ids)]
    write(tmp_path / "prompt_translate.jsonl", beside)
    found = examples_in(tmp_path / "prompt.jsonl", "en")
    assert found.select("id", "text", "choices", "explanation").rows() == [
        (id_, "What?", ["A", "B"], "So.") for id_ in ids
    ]
    write(tmp_path / "prompt_translate.jsonl", beside[:1])
    with pytest.raises(InputError, match="the example 1A1 has no English"):
        examples_in(tmp_path / "prompt.jsonl", "en")
