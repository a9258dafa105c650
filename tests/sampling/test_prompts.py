"""Prompts, letter by letter; every question is asked or has its reason."""

import orjson
import pytest
from asked import ORGANS, question, rows, solved, template

from curate.errors import RecipeError
from curate.sampling import (
    Prompt,
    drawn_examples,
    given_examples,
    make_prompts,
    prompt_templates,
    read_examples,
    read_template,
)

NAMES = sorted(prompt_templates())
OPENINGS = {"alpaca": "\n", "cot": "\n"}
OPTIONS = "".join(f"{letter}: {choice}\n" for letter, choice in zip("abcde", ORGANS, strict=True))


def _made(name, *questions, examples=(), **keys):
    chosen = template(name, shots={"count": len(examples)}, **keys)
    return make_prompts(rows(*questions), chosen, given_examples(rows(*examples), chosen))


def _prompt(name, one, **keys):
    prompts, skipped = _made(name, one, **keys)
    assert not skipped
    return prompts[0]


def _reasons(name, *questions, **keys):
    prompts, skipped = _made(name, *questions, **keys)
    assert len(prompts) + len(skipped) == len(questions)
    return [one.reason for one in skipped]


def test_the_papers_prompt_explains_before_it_answers():
    made = _prompt("paper", question("Q"), examples=[solved(1)])
    shown = "".join(f"{a}: 器官1の部位{c}\n" for a, c in zip("abcde", "甲乙丙丁戊", strict=True))
    example = f"Question: 器官1について正しいのはどれか。\n{shown} Explanation: 解説その1である。\n Answer: b"
    asked = f"Question: 血液を全身に送り出すのはどれか。\n{OPTIONS} Explanation:"
    assert made.text == f"{example}\n{asked}"
    assert (made.examples, made.answer_count) == (("E1",), 1)


def test_the_published_prompt_is_made_to_the_letter():
    made = _prompt("igakuqa", question("Q", answers=[["a", "c"]]), examples=[solved(1)])
    lines = [
        "問題: 器官1について正しいのはどれか。",
        *(f"{a}: 器官1の部位{c}" for a, c in zip("abcde", "甲乙丙丁戊", strict=True)),
        "必ずa,b,c,d,eの中からちょうど1個選んでください。",
        "答え:",
        "b",
        "問題: 血液を全身に送り出すのはどれか。",
        *OPTIONS.splitlines(),
        "必ずa,b,c,d,eの中からちょうど2個選んでください。",
        "答え:",
    ]
    assert made.text == "\n".join(lines)
    assert made.answer_count == 2


def test_the_published_chat_has_a_turn_for_each_side():
    made = _prompt("igakuqa_chat", question("Q"), examples=[solved(1)])
    assert [one.role for one in made.messages] == ["system", "user", "assistant", "user"]
    assert made.messages[0].content == "医師国家試験を解きます。"
    assert made.messages[2].content == "b"
    assert made.messages[3].content.endswith("ちょうど1個選んでください。\n答え:")


def test_a_number_is_asked_for_without_options():
    one = question("Q", "体重を求めよ。", choices=[], answers=[["26"]])
    assert _prompt("igakuqa", one).text == "問題: 体重を求めよ。"
    assert _prompt("paper", one).text == "Question: 体重を求めよ。\n Explanation:"
    assert _prompt("direct", one).text == "問題: 体重を求めよ。\n答え:"


def test_a_serial_question_shows_its_case():
    keys = {"vignette": "60歳の男性。", "vignette_id": "Q", "original_text": "60歳の男性。どれか。"}
    first = question("Q", "どれか。", **keys)
    later = question("R", "次はどれか。", vignette="60歳の男性。", vignette_id="Q")
    showing = [name for name in NAMES if template(name).needs("vignette")]
    assert {"paper", "direct", "mcqa"} <= set(showing)
    for name in showing:
        for one in (first, later):
            made = _prompt(name, one)
            text = made.text or made.messages[-1].content
            assert "60歳の男性。\n" in text.partition("どれか")[0], name
    assert _prompt("igakuqa", first).text.startswith("問題: 60歳の男性。どれか。\na: ")
    assert _prompt("igakuqa", later).text.startswith("問題: 次はどれか。\na: ")


def test_six_and_eight_options_are_all_shown():
    for count in (6, 8):
        choices = [f"部位{at}" for at in range(count)]
        made = _prompt("explained", question("Q", choices=choices))
        assert made.text.count(": 部位") == count


def test_every_question_that_is_not_asked_has_its_reason():
    image = question("I", has_image=True, choices=[], answers=[["a"]])
    assert _reasons("paper", image) == ["prompt.image"]
    assert _reasons("paper", image, images="keep") == []
    assert _reasons("direct", question("N", answers=[])) == ["prompt.no_key"]
    assert _reasons("paper", question("N", answers=[])) == []
    assert _reasons("paper", question("N", answers=[], choices=[])) == ["prompt.no_choices"]
    assert _reasons("paper", question("N", " \u3000")) == ["prompt.no_text"]
    assert _reasons("paper", question("Q"), question("Q")) == ["prompt.id_twice"]
    assert _reasons("paper", solved(1), examples=[solved(1)]) == ["prompt.is_example"]


def test_a_prompt_ends_where_a_token_ends():
    for name in NAMES:
        made = _prompt(name, question("Q", "どれか。 \n"))
        text = (made.text or made.messages[-1].content).removesuffix(OPENINGS.get(name, ""))
        assert text == text.rstrip()


def test_the_zero_shot_prompts_of_the_other_paper_are_theirs_to_the_letter():
    one = question("Q", "空を飛ぶのはどれか。", choices=["鷹", "鯨"], answers=[["a"]])
    assert _prompt("cot", one).text == (
        "### Instruction:\nThe following are multiple choice questions about medical knowledge. Solve them"
        " in a step-by-step fashion, starting by summarizing the available information. Output a single"
        " option from the five options as the final answer.\n### Input:\n空を飛ぶのはどれか。\n鷹,鯨\n"
        "### Response:\n"
    )
    assert _prompt("alpaca", one).text == (
        "Below is an instruction that describes a task, paired with an input that provides further"
        " context. Write a response that appropriately completes the request.\n"
        "### Instruction:\n空を飛ぶのはどれか。\n### Input:\n鷹,鯨\n### Response:\n"
    )
    assert template("alpaca").completed(rows(one)).to_list() == ["鷹"]


def test_the_completion_begins_with_the_blank_that_the_prompt_must_not_end_with():
    paper = template("paper")
    assert paper.completed(rows(solved(1))).to_list() == [" 解説その1である。\n Answer: b"]
    assert paper.completed(rows(question("Q"))).to_list() == [None]


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_template_bears_its_name(name):
    assert read_template(prompt_templates()[name]).name == name


@pytest.mark.parametrize(
    ("change", "what", "line"),
    [
        (("template: prompt/1", "template: prompt/2"), "expected tags", 3),
        (('" Explanation:"', '" Explanation: "'), "ends with a blank", 5),
        (("{vignette}", "{vignete}"), "unknown field {vignete}", 5),
        (("images: leave_out", "image: leave_out"), "Extra inputs", 18),
    ],
)
def test_a_wrong_template_says_where(tmp_path, change, what, line):
    text = prompt_templates()["paper"].read_text(encoding="utf-8")
    path = tmp_path / "mine.yaml"
    path.write_text(text.replace(*change), encoding="utf-8")
    with pytest.raises(RecipeError, match=what) as caught:
        read_template(path)
    assert caught.value.where == f"mine.yaml:{line}"


def test_a_hash_is_of_what_is_asked_alone():
    one = Prompt(question_id="1", template="a", text="骨", tokens=1)
    other = Prompt(question_id="2", template="b", text="骨", examples=("e",))
    assert one.sha256 == other.sha256
    assert one.sha256 != Prompt(question_id="1", template="a", text="筋").sha256


def test_hostile_text_stays_text():
    made = _prompt("paper", question("Q", "{answer} {{7*7}} {options}はどれか。"))
    assert "Question: {answer} {{7*7}} {options}はどれか。\n" in made.text


def _published(row, answered):
    """The prompt as the benchmark publishes it, from its own record."""
    lines = [f"問題: {row['problem_text']}"]
    if row["choices"]:
        lines += [f"{a}: {c}" for a, c in zip("abcdefgh", row["choices"], strict=False)]
        lines += [f"必ずa,b,c,d,eの中からちょうど{len(row['answer'])}個選んでください。", "答え:"]
    return "\n".join([*lines, *([",".join(row["answer"])] if answered else [])])


@pytest.mark.data
def test_all_real_questions_are_asked_as_published(real_data):
    folder = real_data / "igakuqa"
    given = folder / "prompts" / "prompt.jsonl"
    shown = [
        _published(orjson.loads(line), answered=True) for line in given.read_bytes().splitlines()
    ]
    chosen = template("igakuqa")
    examples = given_examples(read_examples(given), chosen)
    assert [one.id for one in examples.found] == ["100E5", "100A60", "100A1"]
    asked = 0
    for path in sorted(folder.glob("data/*/*-?.jsonl")):
        wanted = [orjson.loads(line) for line in path.read_bytes().splitlines() if line]
        prompts, skipped = make_prompts(read_examples(path), chosen, examples)
        assert [one.reason for one in skipped] == []
        for row, made in zip(wanted, prompts, strict=True):
            assert made.question_id == row["problem_id"]
            assert made.text == "\n".join([*shown, _published(row, answered=False)])
        asked += len(prompts)
    assert asked == 2000


@pytest.mark.data
def test_the_papers_examples_can_be_drawn_from_a_real_corpus(real_data):
    frame = read_examples(real_data / "yakugakuqa" / "2015" / "100.jsonl")
    chosen = template("paper")
    prompts, skipped = make_prompts(frame, chosen, drawn_examples(frame, chosen))
    assert len(prompts) + len(skipped) == frame.height
    assert len(prompts) > 200
    assert all(one.text.count("Explanation:") >= 4 for one in prompts)
    assert all(one.question_id not in one.examples for one in prompts)
