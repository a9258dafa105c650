"""Likelihoods of endings and whole evaluations by real engines, with a tiny model made on the spot."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress

import polars as pl
import pytest
from asked import flat

from curate.evaluation.likelihood import likeliest
from curate.jobs.engine_option import Asked
from curate.jobs.evaluate import evaluate
from curate.jobs.evaluate_recipe import EvaluateOptions
from curate.sampling import Prompt, Skipped, Vllm

pytestmark = [pytest.mark.models, pytest.mark.filterwarnings("ignore")]

MODES = ["alpaca", "cot"]
BONES = ["大腿骨", "鎖骨", "踵骨と距骨", "頭蓋骨"]
SETTINGS = ("engine.dtype=float32", "engine.shard=4", "engine.cpu_cache_gib=1")


def _ended(number):
    endings = (*(f"{bone}{number}" for bone in BONES), "骨")
    return Prompt(
        question_id=f"Q{number}",
        template="t",
        text=f"質問：骨{number}はどれか。\n回答：",
        endings=endings,
    )


def _by_hand(sampler, prompt, ending):
    """The loss of an ending, token by token."""
    torch = __import__("torch")
    tokenizer, model = sampler.tokenizer, sampler._model
    start, whole = tokenizer.ids(prompt), tokenizer.encode(prompt.text + ending)
    assert whole[: len(start)] == start
    loss = 0.0
    for at in range(len(start), len(whole)):
        with torch.no_grad():
            logits = model(torch.tensor([whole[:at]])).logits[0, -1]
        loss -= float(torch.log_softmax(logits, -1)[whole[at]])
    return loss, len(whole) - len(start)


def test_both_engines_tell_the_same_losses(vllm_sampler, transformers_sampler):
    _, sampler = vllm_sampler
    asked = [_ended(number) for number in range(6)]
    ours, others = flat(transformers_sampler.losses(asked)), flat(sampler.losses(asked))
    assert [(one.question_id, one.index, one.text) for one in ours] == [
        (prompt.question_id, at, text) for prompt in asked for at, text in enumerate(prompt.endings)
    ]
    for one, other in zip(ours, others, strict=True):
        assert (one.text, one.tokens, one.prompt_sha256) == (
            other.text,
            other.tokens,
            other.prompt_sha256,
        )
        assert one.loss == pytest.approx(other.loss, abs=1e-3)
    for one in ours[:5]:
        assert (one.loss, one.tokens) == pytest.approx(
            _by_hand(transformers_sampler, asked[0], one.text), abs=1e-3
        )
    assert likeliest(ours[:5]) == likeliest(others[:5])


def test_endings_too_long_are_skipped_by_both(vllm_sampler, transformers_sampler):
    long = _ended(0).model_copy(update={"endings": ("骨", "骨" * 1100)})
    for one in (vllm_sampler[1], transformers_sampler):
        (found,) = flat(one.losses([long]))
        assert isinstance(found, Skipped)
        assert (found.reason, found.context) == ("prompt.too_long", 1024)


@pytest.fixture
def exam(tmp_path):
    """An invented exam; of the last item the key is two options."""
    rows = [
        {
            "id": f"9A{number}",
            "exam": "9",
            "year": 1915,
            "section": "A",
            "text": f"身体の第{number}の部分はどれか。",
            "choices": [f"{bone}{number}" for bone in BONES],
            "answers": [["a", "b"]] if number == 11 else [["abcd"[number % 4]]],
        }
        for number in range(12)
    ]
    path = tmp_path / "exam.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return f"bones={path}"


@pytest.fixture
def evaluated(tiny, exam, tmp_path, vllm_sampler, request, monkeypatch):
    """Evaluates the tiny model with an engine; vLLM is the one that is in memory."""

    @contextmanager
    def there(engine):
        yield vllm_sampler[1]

    monkeypatch.setattr(Vllm, "open", there)

    def run(engine, out, *settings, progress=lambda *_: None, **options):
        evaluate(
            EvaluateOptions(
                asked=_asked(engine, tiny, request),
                benchmarks=[exam],
                settings=[*_settings(engine), "sampling.max_tokens=24", *settings],
                **options,
            ),
            tmp_path / out,
            progress,
        )
        return tmp_path / out

    return run


def _settings(engine):
    return {"vllm": SETTINGS, "transformers": SETTINGS[:2], "openai": SETTINGS[1:2]}[engine]


def _asked(engine, tiny, request):
    if engine == "openai":
        return Asked(engine=engine, model="tiny", url=request.getfixturevalue("vllm_server"))
    return Asked(engine=engine, model=str(tiny))


def _rows(run):
    return pl.read_parquet(run / "evaluation.parquet")


def test_both_engines_evaluate_alike(evaluated):
    for options in ({"modes": MODES}, {"method": "loglikelihood"}):
        name = options.get("method", "generation")
        ours, other = (
            _rows(evaluated(one, f"{one}-{name}", **options)) for one in ("vllm", "transformers")
        )
        assert ours.height == (24 if name == "generation" else 11)
        assert ours.drop("seed", "tokens").equals(other.drop("seed", "tokens"))
    (result,) = json.loads(
        (evaluated("vllm", "again", method="loglikelihood") / "evaluation.json").read_bytes()
    )["results"]
    assert [(one["item_id"], one["reason"]) for one in result["not_asked"]] == [
        ("9A11", "likelihood.several_answers")
    ]
    assert result["score"]["pooled"]["accuracy"] == ours["correct"].mean()
    assert result["norm_accuracy"] == ours["norm_correct"].mean()


def test_a_server_is_evaluated_like_the_model_it_serves(evaluated):
    ours, served = (_rows(evaluated(one, one, modes=MODES)) for one in ("vllm", "openai"))
    assert ours.drop("seed", "tokens").equals(served.drop("seed", "tokens"))


def test_repeats_have_seeds_of_their_own(evaluated):
    run = evaluated("vllm", "noisy", "sampling.temperature=1.2", modes=["alpaca"], repeats=2)
    texts = pl.read_parquet(run / "responses.parquet").partition_by("repeat")
    assert texts[0]["question_id"].equals(texts[1]["question_id"])
    assert not (texts[0]["seed"] == texts[1]["seed"]).any()
    assert not texts[0]["text"].equals(texts[1]["text"])


def test_a_template_that_does_not_fit_is_told_and_scores_nothing(evaluated):
    run = evaluated("transformers", "long", "engine.context=200", modes=["mcqa", "alpaca"])
    short, long = json.loads((run / "evaluation.json").read_bytes())["results"]
    assert (short["asked"], short["complete"]) == (12, True)
    assert (long["asked"], long["complete"], long["score"]["pooled"]["total"]) == (0, False, 0)
    assert {one["reason"] for one in long["not_asked"]} == {"prompt.too_long"}
    assert all(one["tokens"] + 24 > one["context"] == 200 for one in long["not_asked"])


@pytest.mark.parametrize("engine", ["transformers", "vllm"])
def test_a_killed_run_asks_nothing_twice(engine, evaluated, tiny, exam, tmp_path):
    whole = evaluated(engine, "whole", modes=MODES)
    settings = (*_settings(engine), "sampling.max_tokens=24")
    command = [
        *(sys.executable, "-m", "curate", "evaluate", "--engine", engine, "--model", str(tiny)),
        *("--benchmark", exam, "--mode", ",".join(MODES), "--out", str(tmp_path / "cut")),
        *(word for setting in settings for word in ("--set", setting)),
    ]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    work = tmp_path / "cut" / ".work"
    try:
        while not [*work.glob("responses-*.jsonl")]:
            assert process.poll() is None
            time.sleep(0.005)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    there = [*work.glob("responses-*.jsonl")]
    assert 0 < len(there) < 6
    told = []
    cut = evaluated(engine, "cut", progress=lambda *words: told.append(words), modes=MODES)
    before = {what.partition(": ")[0]: done for what, done, _ in reversed(told)}
    assert sum(before.values()) >= 4 * len(there)
    assert _rows(cut).equals(_rows(whole))
