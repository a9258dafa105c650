"""Trainings end to end on a tiny model: what each stage reads, trains, checks and leaves."""

import math
from importlib import import_module

import polars as pl
import pytest
from train_bench import LORA, NF4, metrics_of, run

from curate.models import MetricsRow, TrainReport

pytestmark = [pytest.mark.models, pytest.mark.filterwarnings("ignore")]

LN2 = math.log(2)


@pytest.fixture(scope="module")
def cpt(bench):
    """Adapters of continued pretraining, on the model as it is and on its NF4."""
    made = {}
    for name, quantization in (("plain", None), ("nf4", NF4)):
        recipe = bench.recipe("cpt", f"cpt-{name}", lora=LORA, quantization=quantization)
        made[name] = bench.folder / f"cpt-{name}"
        code, said = bench.train("cpt", recipe, made[name])
        assert code == 0, said
    return made


def test_rpo_leaves_an_adapter_its_metrics_and_a_report(bench, cpt):
    out = bench.folder / "rpo"
    adapter = ("--adapter", cpt["plain"] / "adapter")
    code, said = bench.train("rpo", bench.recipe("rpo"), out, *adapter)
    assert code == 0, said
    assert said["start_dpo_loss"] == pytest.approx(LN2, abs=1e-6)
    rows = [MetricsRow.model_validate(row) for row in metrics_of(out)]
    assert [row.step for row in rows] == [1, 2, 3, 4]
    assert rows[0].dpo_loss == pytest.approx(LN2, abs=1e-6)
    for row in rows:
        assert row.loss == pytest.approx(row.dpo_loss + 10 * row.nll_loss, rel=1e-4)
    assert run("verify", out)[0] == 0
    page = (out / "report.html").read_bytes()
    assert run("report", out)[0] == 0
    assert (out / "report.html").read_bytes() == page
    report = TrainReport.model_validate_json((out / "report.json").read_bytes())
    assert [one.probe for one in report.probes if not one.passed] == ["sampler"]
    assert (out / "audit.json").read_bytes() == (bench.pairs / "audit.json").read_bytes()
    assert not [*out.rglob("training_args.bin")]
    code, said = bench.train("rpo", bench.recipe("rpo"), out, *adapter)
    assert code == 0
    assert said["steps"] == 4


@pytest.mark.parametrize(
    ("handling", "precomputed"),
    [
        ("keep", False),
        ("keep", True),
        ("dequantize_and_merge", False),
        ("merge_and_requantize", False),
    ],
)
def test_a_qlora_adapter_is_policy_and_reference_in_three_ways(bench, cpt, handling, precomputed):
    keeps = handling == "keep"
    recipe = bench.recipe(
        "rpo",
        handling,
        trainer={"precompute_ref_log_probs": precomputed},
        model={"adapter_handling": handling},
        lora=None if keeps else LORA,
        quantization=NF4,
    )
    out = bench.folder / f"rpo-{handling}-{precomputed}"
    code, said = bench.train("rpo", recipe, out, "--adapter", cpt["nf4"] / "adapter")
    assert code == 0, said
    assert said["start_dpo_loss"] == pytest.approx(LN2, abs=1e-3)
    assert abs(metrics_of(out)[-1]["rewards/margins"]) > 1e-3
    assert (out / "base" / "merge.json").is_file() is not keeps


def test_a_reference_that_is_not_the_cpt_model_stops_the_run(bench, cpt, monkeypatch):
    trainers = import_module("curate.training.trainers")
    drop = lambda self: self.model.delete_adapter(trainers.REFERENCE)  # noqa: E731
    monkeypatch.setattr(trainers.PairTrainer, "_match_reference", drop)
    out = bench.folder / "wrong-reference"
    recipe = bench.recipe("dpo")
    code, said = bench.train("dpo", recipe, out, "--adapter", cpt["plain"] / "adapter")
    assert code == 4
    assert "the reference is not the model that training starts from" in said["error"]["message"]
    assert not (out / "adapter").exists()


@pytest.mark.parametrize(
    ("stage", "lora", "kind", "packing"),
    [
        ("sft", LORA, "adapter", {}),
        ("cpt", None, "model", {"packing": True, "packing_strategy": "wrapped", "max_length": 512}),
        ("cpt", LORA, "adapter", {"packing": True, "learning_rate": 1.0e-2}),
    ],
)
def test_text_is_learnt_by_adapters_and_by_all_weights(bench, stage, lora, kind, packing):
    out = bench.folder / f"{stage}-{kind}"
    recipe = bench.recipe(stage, lora=lora, trainer=packing)
    code, said = bench.train(stage, recipe, out)
    assert code == 0, said
    assert said["trained"] == f"{kind}/"
    losses = [row["loss"] for row in metrics_of(out)]
    assert losses[-1] < losses[0]
    assert metrics_of(out)[0]["dpo_loss"] is None
    table = {"sft": "sft.parquet", "cpt": "kept.parquet"}[stage]
    assert said["rows"] == pl.read_parquet(bench.corpus / table).height


def test_dpo_against_a_copy_of_all_weights(bench):
    out = bench.folder / "dpo-full"
    code, said = bench.train("dpo", bench.recipe("dpo", trainer={"max_steps": 2}), out)
    assert code == 0, said
    assert said["start_dpo_loss"] == pytest.approx(LN2, abs=1e-6)
    assert metrics_of(out)[-1]["nll_loss"] is None


def test_a_chat_is_trained_on_as_its_template_writes_it(bench):
    demo = import_module("curate.artefacts").share("pipelines", "demo")
    pairs = bench.folder / "chats"
    code, said = run(
        *("make-pairs", "--recipe", demo / "pairs.yaml", "--corpus", bench.corpus),
        *("--template", "chat", "--tokenizer", bench.model, "--set", "template.shots.count=0"),
        *("--out", pairs, "--format", "json"),
    )
    assert code == 0, said
    recipe = bench.recipe("rpo", "chat", lora=LORA, trainer={"max_steps": 2})
    code, said = bench.train("rpo", recipe, bench.folder / "chat", "--data", pairs)
    assert code == 0, said
    (entry, _) = import_module("curate.runs").read_manifest(bench.folder / "chat").inputs
    assert entry.path == "data/pairs_conversational.parquet"
    assert said["start_dpo_loss"] == pytest.approx(LN2, abs=1e-6)
