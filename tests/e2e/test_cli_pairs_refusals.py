"""What `curate make-pairs` refuses, and what it counts instead."""

import json

import pytest
from recorded_answers import questions, right, written, wrong

from curate.artefacts import share
from curate.models import PairLedger

HELD_OUT = share("pipelines", "demo", "held_out.jsonl")
EXAMPLES = [
    {
        "id": f"9A{at}",
        "exam": "9",
        "year": 2009,
        "text": f"{organ}の働きとして正しいのはどれか。一つ選べ。",
        "choices": [f"{organ}の甲の働き", f"{organ}の乙の働き", f"{organ}の丙の働き"],
        "answers": [["b"]],
        "explanation": f"{organ}では乙の働きがよく知られている。",
        "published": 2009,
    }
    for at, organ in enumerate(["脾臓", "膵臓", "副腎", "胸腺", "甲状腺", "下垂体"])
]
RECIPE = """\
recipe: corpus/1
sources:
  - {path: exams.jsonl, layout: questions, published: {field: published}, explanation_verified: by its author}
stages:
  - {stage: year}
  - {stage: leakage, power_floor: null, power_items: 0}
"""


@pytest.fixture
def corpus(cli, write, tmp_path):
    """Builds a corpus of the rows, checked against the demo's benchmark unless told otherwise."""

    def corpus(*rows, benchmark=True):
        source, recipe = write("exams.jsonl", [*EXAMPLES, *rows]), write("recipe.yaml", RECIPE)
        words = ("--benchmark", f"held-out={HELD_OUT}") if benchmark else ()
        run = tmp_path / "corpus"
        told = cli("build-corpus", source, "--recipe", recipe, "--out", run, *words)
        assert told.code == (0 if benchmark else 4), told.err
        return run

    return corpus


@pytest.fixture
def make(cli, tmp_path):
    """Runs make-pairs with recorded answers."""

    def make(run, *more, answers=None, out=tmp_path / "pairs"):
        answers = answers or _two_answers(tmp_path, run)
        words = ("--corpus", run, "--responses", answers, "--out", out)
        return cli("make-pairs", *words, *more)

    return make


@pytest.fixture
def again(make):
    """Runs make-pairs with the benchmark given again."""
    return lambda run, *more, **keys: make(
        run, "--benchmark", f"held-out={HELD_OUT}", *more, **keys
    )


def _two_answers(folder, run):
    both = lambda row: [(right(row), "stop"), (wrong(row), "stop")]  # noqa: E731
    return written(folder / "answers.jsonl", questions(run), both)


def _ledger(run):
    return PairLedger.model_validate_json((run / "ledger.json").read_bytes())


def test_a_corpus_without_a_passing_audit_is_refused(corpus, make, tmp_path):
    told = make(corpus(benchmark=False))
    assert told.code == 4
    assert "the corpus' audit is no pass: none" in told.err
    assert "--unaudited" in told.err
    assert not (tmp_path / "pairs").exists()


def test_unaudited_pairs_say_so_everywhere(corpus, make, tmp_path, read_json, table):
    told = make(corpus(benchmark=False), "--unaudited")
    assert told.code == 0, told.err
    assert "the pairs name no audit" in told.err
    run = tmp_path / "pairs"
    assert not _ledger(run).audited
    assert {row["audit"] for row in table(run / "pairs.parquet")} == {None}
    assert read_json(run / "manifest.json")["result"]["unaudited"]
    audit = read_json(run / "audit.json")
    assert (audit["verdict"], audit["parent"]) == ("none", None)


def test_unaudited_says_nothing_of_a_corpus_that_passes(corpus, again, tmp_path):
    assert again(corpus(), "--unaudited").code == 0
    assert _ledger(tmp_path / "pairs").audited


def test_rows_that_changed_since_their_audit_are_refused(corpus, again, tmp_path):
    import polars as pl

    run = corpus()
    kept = pl.read_parquet(run / "kept.parquet")
    kept.with_columns(text=pl.col("text") + "。").write_parquet(run / "kept.parquet")
    told = again(run)
    assert told.code == 4
    assert "kept.parquet has changed since" in told.err


def test_the_benchmark_must_be_given_again_and_be_the_same(corpus, make, write):
    run = corpus()
    told = make(run)
    assert told.code == 2
    assert "--benchmark held-out=PATH" in told.err
    other = write("other.jsonl", HELD_OUT.read_text(encoding="utf-8").partition("\n")[2])
    told = make(run, "--benchmark", f"held-out={other}")
    assert told.code == 4
    assert "is not the benchmark that the corpus was checked against" in told.err


@pytest.mark.parametrize("what", ["nothing", "audit", "damaged", "other columns"])
def test_what_is_no_corpus_is_told(what, cli, corpus, again, write, tmp_path):
    run = corpus()
    if what == "nothing":
        run = tmp_path / "nothing"
    elif what == "audit":
        run = tmp_path / "audit"
        cli("audit", tmp_path / "corpus", "--benchmark", f"held-out={HELD_OUT}", "--out", run)
    elif what == "damaged":
        (run / "kept.parquet").write_bytes((run / "kept.parquet").read_bytes()[:-40])
    else:
        import polars as pl

        pl.DataFrame({"id": ["a"]}).write_parquet(run / "kept.parquet")
    answers = write("a.jsonl", [{"question_id": "9A0", "text": "a"}])
    told = again(run, answers=answers)
    assert told.code == 3
    assert "Traceback" not in told.err


BAD = {
    "unknown": ({"question_id": "X", "text": "a"}, "no question 'X'"),
    "no text": ({"question_id": "9A1"}, "the field 'text' is missing"),
    "twice": ({"question_id": "9A0", "text": "b", "index": 0}, "stands in line 1 too"),
}


@pytest.mark.parametrize("what", BAD)
def test_recorded_answers_that_cannot_be_used_fail_the_run_with_their_line(
    what, corpus, again, write, tmp_path, read_lines
):
    row, why = BAD[what]
    good = [{"question_id": f"9A{at}", "text": " 説明。\n Answer: b", "index": 0} for at in range(3)]
    answers = write("a.jsonl", [*good, row])
    told = again(corpus(), answers=answers)
    assert told.code == 3
    assert "a.jsonl:4" in told.err
    assert why in told.err
    [bad] = read_lines(tmp_path / "pairs" / "quarantine.jsonl")
    assert (bad["file"], bad["line"]) == ("a.jsonl", 4)
    other = tmp_path / "allowed"
    assert again(tmp_path / "corpus", "--max-bad", 1, answers=answers, out=other).code == 0
    assert sum(_ledger(other).stage("recorded").dropped.values()) == 1


def test_two_models_are_not_mixed(corpus, again, write, tmp_path):
    rows = [{"question_id": f"9A{at}", "text": "b", "model": f"m{at}"} for at in range(2)]
    answers, run = write("a.jsonl", rows), corpus()
    told = again(run, answers=answers)
    assert told.code == 3
    assert "m0 (line 1), m1 (line 2)" in told.err
    assert again(run, "--model", "m1", answers=answers, out=tmp_path / "one").code == 0
    assert _ledger(tmp_path / "one").stage("recorded").dropped == {"recorded.other_model": 1}


ODD = [
    {**EXAMPLES[0], "id": "8A1", "text": "正しい答えが一つもない問いはどれか。", "answers": []},
    {**EXAMPLES[0], "id": "8A2", "text": "選択肢が失われた問いである。", "choices": [], "answers": []},
    {**EXAMPLES[0], "id": "8A3", "text": "写真を見て答える問いはどれか。", "choices": [], "has_image": True},
    {
        **{key: EXAMPLES[1][key] for key in ("exam", "year", "choices", "answers")},
        "id": "8A4",
        "text": "解説のない問いで、膵臓について正しいのはどれか。",
    },
]


def test_questions_that_cannot_be_paired_are_counted(corpus, again, write, tmp_path):
    run = corpus(*ODD)
    both = (" 甲と考える理由がある。\n Answer: a", " 乙と考える理由がある。\n Answer: b")
    ids = [row["id"] for row in (*EXAMPLES, *ODD[:1], *ODD[3:])]
    answers = write("a.jsonl", [{"question_id": id_, "text": t} for id_ in ids for t in both])
    assert again(run, answers=answers).code == 0
    ledger = _ledger(tmp_path / "pairs")
    assert ledger.stage("questions").dropped == {"prompt.image": 1, "prompt.no_choices": 1}
    assert ledger.stage("responses").dropped == {"grade.none": 2}
    assert ledger.stage("ground_truths").dropped == {
        "ground_truth.no_explanation": 1,
        "ground_truth.no_key": 1,
    }
    assert ledger.stage("pairs.chosen.rejected").rows_out == len(EXAMPLES) + 1


def test_fewer_examples_than_asked_for_are_told(corpus, again):
    told = again(corpus(), "--set", "template.shots.count=9")
    assert told.code == 3
    assert "9 few-shot examples are asked for, the corpus has 6" in told.err


USAGE = {
    "no engine": ((), "no engine is named"),
    "no such engine": (("--engine", "vlm"), "Did you mean 'vllm'?"),
    "no model": (("--engine", "vllm"), "needs --model"),
    "no server": (("--engine", "openai", "--model", "m"), "needs --url"),
    "no template": (("--responses", "a", "--template", "papr"), "Did you mean 'paper'?"),
    "a chat": (("--responses", "a", "--template", "chat"), "--tokenizer"),
    "a key": (("--responses", "a", "--set", "policy.per_tier=2"), "Did you mean 'per_tiers'?"),
    "a policy": (("--responses", "a", "--set", "policy.policy=sample"), "Did you mean 'samples'?"),
    "a template's key": (("--responses", "a", "--set", "template.shot=1"), "Did you mean 'shots'?"),
}


@pytest.mark.parametrize("what", USAGE)
def test_wrong_words_are_told(what, cli, tmp_path, demo_run):
    words, said = USAGE[what]
    told = cli("make-pairs", "--corpus", demo_run, "--out", tmp_path / "out", *words)
    assert told.code == 2, told.err
    assert said in told.err
    assert not (tmp_path / "out").exists()


def test_a_recipe_keeps_to_its_folder(cli, demo_run, tmp_path, write):
    text = share("pipelines", "pairs.yaml").read_text(encoding="utf-8")
    engine = json.dumps({"engine": "recorded", "responses": "../a.jsonl"})
    recipe = write("own/pairs.yaml", text.replace("engine: {} ", f"engine: {engine} "))
    told = cli("make-pairs", "--corpus", demo_run, "--recipe", recipe, "--out", tmp_path / "out")
    assert told.code == 2
    assert "leads out of the recipe's folder" in told.err
