"""The real parts: vLLM samples a tiny model, and TRL's own DPOTrainer trains on what comes out, untouched."""

import contextlib
import io
import math
import os
import signal
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path

import orjson
import polars as pl
import pytest

from curate.artefacts import share
from curate.cli import main
from curate.sampling.engines import vllm

pytestmark = [pytest.mark.models, pytest.mark.filterwarnings("default")]

STEPS = 10
MAX_LENGTH = 1024
STARTS = 300  # seconds that a busy machine may take
SETTINGS = (
    "engine.shard=4",
    "engine.dtype=float32",
    "engine.cpu_cache_gib=1",
    "template.shots.count=1",
    "sampling.max_tokens=128",
    "sampling.regex='[^\\n]{20,40}\\n Answer: [a-e]'",
    "policy.per_tiers=2",
    f"max_length={MAX_LENGTH}",
)


def _run(*words):
    said = io.StringIO()
    with contextlib.redirect_stdout(said), pytest.raises(SystemExit) as ended:
        main([str(word) for word in words])
    return ended.value.code, said.getvalue()


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """A folder with a tiny Qwen2 and its tokenizer."""
    return import_module("tiny_model").make_tiny_model(tmp_path_factory.mktemp("model") / "tiny")


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """A run of build-corpus on the demo's exam."""
    folder = tmp_path_factory.mktemp("demo") / "run"
    assert _run("demo", "--out", folder)[0] == 0
    return folder


def _words(demo, tiny, out):
    held_out = share("pipelines", "demo", "held_out.jsonl")
    return [
        *("make-pairs", "--corpus", demo, "--engine", "vllm", "--model", tiny),
        *("--benchmark", f"held-out={held_out}", "--out", out),
        *(word for setting in SETTINGS for word in ("--set", setting)),
    ]


@pytest.fixture(scope="module")
def made(demo, tiny, tmp_path_factory):
    """A run of make-pairs on the demo's corpus, sampled with vLLM."""
    folder = tmp_path_factory.mktemp("made") / "pairs"
    code, said = _run(*_words(demo, tiny, folder))
    assert code == 0, said
    return Path(folder)


def _killed(words, out, shards):
    """Runs a command in a process of its own, and kills it when so many shards of answers are stored."""
    process = subprocess.Popen(
        [sys.executable, "-m", "curate", *map(str, words)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    until = time.monotonic() + STARTS
    try:
        while len(found := list(out.rglob("responses-*.jsonl"))) < shards:
            assert process.poll() is None, "the run ended before it could be killed"
            assert time.monotonic() < until
            time.sleep(0.01)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)
    return found


def test_a_killed_run_goes_on_and_samples_nothing_twice(made, demo, tiny, tmp_path, monkeypatch):
    out, asked = tmp_path / "killed", []
    words = _words(demo, tiny, out)
    there = [line for file in _killed(words, out, 2) for line in file.read_text().splitlines()]
    done = {orjson.loads(line)["question_id"] for line in there}
    assert not (out / "pairs.parquet").exists()
    sample = vllm._VllmSampler.sample

    def seen(self, prompts, sampling):
        prompts = list(prompts)
        asked.extend(prompt.question_id for prompt in prompts)
        return sample(self, prompts, sampling)

    monkeypatch.setattr(vllm._VllmSampler, "sample", seen)
    code, said = _run(*words)
    assert code == 0, said
    assert asked
    assert not done & set(asked)
    for name in ("responses.parquet", "pairs.parquet", "ledger.json", "audit.json"):
        assert (out / name).read_bytes() == (made / name).read_bytes(), name


def test_every_pair_meets_between_two_tokens_and_has_its_lengths(made, tiny):
    tokenizer = import_module("transformers").AutoTokenizer.from_pretrained(tiny)
    pairs = pl.read_parquet(made / "pairs.parquet")
    assert set(pairs["rejected_tier"]) == {"chosen", "rejected"}
    for row in pairs.iter_rows(named=True):
        prompt = tokenizer(row["prompt"])["input_ids"]
        assert len(prompt) == row["prompt_tokens"]
        for side in ("chosen", "rejected"):
            whole = tokenizer(row["prompt"] + row[side])["input_ids"]
            assert whole[: len(prompt)] == prompt
            assert len(whole) - len(prompt) == row[f"{side}_tokens"]
            assert len(whole) < MAX_LENGTH


@pytest.mark.parametrize("name", ["pairs.parquet", "pairs_conversational.parquet"])
def test_trl_trains_on_the_pairs_as_they_are(made, tiny, tmp_path, name):
    datasets, trl = import_module("datasets"), import_module("trl")
    rows = datasets.load_dataset(
        "parquet", data_files=str(made / name), split="train", cache_dir=str(tmp_path / "cache")
    )
    trainer = trl.DPOTrainer(
        model=str(tiny),
        args=trl.DPOConfig(
            output_dir=str(tmp_path / "out"),
            max_steps=STEPS,
            per_device_train_batch_size=2,
            max_length=MAX_LENGTH,
            logging_steps=1,
            report_to=[],
            use_cpu=True,
            bf16=False,
            gradient_checkpointing=False,
            save_strategy="no",
            loss_type=["sigmoid", "sft"],
            loss_weights=[1.0, 10.0],
        ),
        train_dataset=rows,
    )
    assert len(trainer.train_dataset) == len(rows)
    trainer.train()
    losses = [line["loss"] for line in trainer.state.log_history if "loss" in line]
    assert len(losses) == STEPS
    assert all(map(math.isfinite, losses))
