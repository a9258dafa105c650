"""The paper's order through the command line: corpus, CPT, pairs sampled from the CPT model, RPO, merge."""

import math

import polars as pl
import pytest
from train_bench import metrics_of, run

from curate.artefacts import share
from curate.runs import read_manifest

pytestmark = [pytest.mark.models, pytest.mark.filterwarnings("ignore")]

HELD_OUT = f"held-out={share('pipelines', 'demo', 'held_out.jsonl')}"
SAMPLED = (
    "engine.dtype=float32",
    "engine.cpu_cache_gib=1",
    "template.shots.count=1",
    "sampling.max_tokens=64",
    "sampling.regex='[^\\n]{20,40}\\n Answer: [a-e]'",
    "max_length=1024",
)


def _cli(*words):
    return run(*words, "--format", "json")


def _train(stage, data, base, out, *more):
    recipe = share("train", f"tiny-{stage}.yaml")
    words = ("--data", data, "--model", base, "--out", out, "--set", "trainer.max_steps=4")
    return _cli("train", stage, "--recipe", recipe, *words, *more)


@pytest.fixture(scope="module")
def order(bench, tmp_path_factory):
    """The folder of the runs of CPT and of the pairs."""
    folder, base = tmp_path_factory.mktemp("order"), bench.model
    code, told = _train("cpt", bench.corpus, base, folder / "cpt")
    assert code == 0, told
    settings = [word for setting in SAMPLED for word in ("--set", setting)]
    code, told = _cli(
        *("make-pairs", "--corpus", bench.corpus, "--engine", "vllm", "--model", base),
        *("--adapter", folder / "cpt" / "adapter", "--n", 2, "--benchmark", HELD_OUT, *settings),
        *("--out", folder / "pairs"),
    )
    assert code == 0, told
    return folder


def test_rpo_goes_on_from_the_weights_that_sampled(bench, order):
    adapter = order / "cpt" / "adapter"
    sampled_by = pl.read_parquet(order / "pairs" / "responses.parquet")["model"].unique().to_list()
    assert sampled_by == ["model+adapter"]
    code, told = _train("rpo", order / "pairs", bench.model, order / "rpo", "--adapter", adapter)
    assert code == 0, told
    result = read_manifest(order / "rpo").result
    assert result["start_dpo_loss"] == pytest.approx(math.log(2), abs=1e-4)
    assert result["probes"]["sampler"].startswith("same tokenizer, template, weights")
    assert result["verdict"] == "pass"
    rows = metrics_of(order / "rpo")
    assert len(rows) == 4
    for row in rows:
        assert row["loss"] == pytest.approx(row["dpo_loss"] + 10 * row["nll_loss"], rel=1e-4)


def test_weights_that_did_not_sample_are_refused(bench, order, tmp_path):
    new = ("--set", "lora.r=8")
    code, told = _train("rpo", order / "pairs", bench.model, tmp_path / "base", *new)
    assert code == 4
    assert "adapter" in told["error"]["message"]
    code, merged = _cli("merge", order / "cpt" / "adapter", "--out", tmp_path / "merged")
    assert (code, merged["how"]) == (0, "full_precision"), merged
    code, told = _train("rpo", order / "pairs", tmp_path / "merged", tmp_path / "rpo", *new)
    assert code == 4
    assert "another model" in told["error"]["message"]
