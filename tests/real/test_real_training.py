"""Real weights through all of it: CPT by QLoRA, sampling by vLLM from the CPT model, RPO, merging."""

import json
import math

import pytest

from curate.models import MergeHow
from curate.runs import read_manifest

pytestmark = [
    pytest.mark.real,
    pytest.mark.models,
    pytest.mark.data,
    pytest.mark.filterwarnings("ignore"),
]

CPT_STEPS, RPO_STEPS = 16, 6


def _rows(run):
    return [json.loads(line) for line in (run / "metrics.jsonl").read_bytes().splitlines()]


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """The folder of this module's runs."""
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="module")
def cpt(curate, gemma, corpora, on_a_cpu, recipe, runs):
    """CPT in NF4, by the recipe for a card of 24 GB."""
    short = on_a_cpu(
        trainer__max_steps=CPT_STEPS, trainer__max_length=256, trainer__learning_rate=3e-4
    )
    words = ("--recipe", recipe("cpt-7b-24gb"), "--data", corpora["all"], "--model", gemma)
    curate("train", "cpt", *words, "--out", runs / "cpt", *short)
    return runs / "cpt"


@pytest.fixture(scope="module")
def pairs(curate, gemma, cpt, corpora, igakuqa, runs):
    """Pairs that the CPT model sampled with vLLM."""
    settings = (
        *("template.shots.count=1", "sampling.max_tokens=80", "max_length=1024"),
        "sampling.regex='[^\\n]{20,40}\\n答え: [a-e]'",  # it seldom comes to an answer by itself
        *("policy.wrong_count=rejected", "engine.dtype=bfloat16", "engine.context=2048"),
    )
    words = [word for setting in settings for word in ("--set", setting)]
    curate(
        *("make-pairs", "--corpus", corpora["few"], "--engine", "vllm", "--model", gemma),
        *("--adapter", cpt / "adapter", "--template", "explained", "--n", 2),
        *("--benchmark", igakuqa, "--out", runs / "pairs", *words),
    )
    return runs / "pairs"


@pytest.fixture(scope="module")
def rpo(curate, gemma, cpt, pairs, on_a_cpu, recipe, runs):
    """RPO that goes on with the adapter that sampled."""
    short = on_a_cpu(
        trainer__max_steps=RPO_STEPS, trainer__max_length=1024, trainer__learning_rate=5e-5
    )
    words = ("--recipe", recipe("rpo-7b-24gb"), "--data", pairs, "--model", gemma)
    out = runs / "rpo"
    curate("train", "rpo", *words, "--adapter", cpt / "adapter", "--out", out, *short)
    return out


def test_cpt_learns(cpt):
    losses = [row["loss"] for row in _rows(cpt)]
    assert len(losses) == CPT_STEPS
    assert all(map(math.isfinite, losses))
    assert sum(losses[-4:]) < sum(losses[:4])
    assert read_manifest(cpt).result["verdict"] == "pass"


def test_the_cpt_model_sampled_the_pairs(pairs, gemma):
    result = read_manifest(pairs).result
    assert result["pairs"] >= RPO_STEPS
    assert result["sampled_with"]["model"] == f"{gemma.name}+adapter"


def test_rpo_begins_at_ln_2_and_learns(rpo):
    result, rows = read_manifest(rpo).result, _rows(rpo)
    assert result["start_dpo_loss"] == pytest.approx(math.log(2), abs=0.01)
    assert result["probes"]["sampler"].startswith("same tokenizer, template, weights")
    assert len(rows) == RPO_STEPS
    for row in rows:
        assert math.isfinite(row["loss"])
        assert row["loss"] == pytest.approx(row["dpo_loss"] + 10 * row["nll_loss"], rel=0.02)


def test_merging_as_it_was_trained_is_nearest_to_what_was_trained(curate, cpt, runs):
    moved = {}
    for how in MergeHow:
        out = runs / how.value
        told = curate("merge", cpt / "adapter", "--how", how.value, "--out", out)
        moved[how] = told["difference_from_trained"]["mean"]
    assert min(moved, key=moved.get) is MergeHow.DEQUANTIZE_AND_MERGE
