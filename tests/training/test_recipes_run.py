"""Every shipped recipe trains a tiny model in place of its own, and two processes train as one."""

import json
import math
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from train_bench import metrics_of, run

from curate.artefacts import share
from curate.models import Status
from curate.publishing import model_card
from curate.runs import read_manifest

pytestmark = [pytest.mark.models, pytest.mark.filterwarnings("ignore")]

RECIPES = {path.stem: path for path in sorted(share("train").glob("*.yaml"))}
CONFIGS = sorted(share("train", "accelerate").glob("*.yaml"))
KEPT = dict.fromkeys(("rpo-72b", "dpo-72b"), "cpt-72b") | {
    "rpo-7b-24gb": "cpt-7b-24gb",
    "tiny-rpo": "tiny-cpt",
    "tiny-dpo": "tiny-cpt",
}
"""Recipes that go on with the adapter of another."""
SMALLER = {
    "devices.kind": "cpu",
    "devices.count": 1,
    "trainer.max_steps": 2,
    "trainer.gradient_accumulation_steps": 1,
    "trainer.per_device_train_batch_size": 2,
    "trainer.max_length": 1024,
    "trainer.optim": "adamw_torch",  # the paged one is CUDA's
    "data.on_long": "drop",
}
ROUNDING = 0.1
"""More than rounding to bfloat16 moves a tiny model's logits (.04 measured); a wrong merge does by 1."""

ROOT = Path(__file__).resolve().parents[2]


def _cli(*words):
    return run(*words, "--format", "json")


def _set(**more):
    keys = SMALLER | {name.replace("__", "."): value for name, value in more.items()}
    return [word for key, value in keys.items() for word in ("--set", f"{key}={value}")]


@pytest.fixture(scope="module")
def data(bench):
    """The runs to train on, by stage."""
    return {"cpt": bench.corpus, "sft": bench.corpus, "rpo": bench.pairs, "dpo": bench.pairs}


@pytest.fixture(scope="module")
def trained(tiny_model, data, tmp_path_factory):
    """Trains by a recipe for two steps, once, and gives the run's folder."""
    runs = {}

    def train(name):
        if name not in runs:
            stage = read_stage(RECIPES[name])
            out = tmp_path_factory.mktemp("trained") / name
            words = ["train", stage, "--recipe", RECIPES[name], "--data", data[stage]]
            words += ["--model", tiny_model, "--out", out, *_set()]
            if stage in ("rpo", "dpo"):  # the demo's answers were written by hand
                words += ["--set", "data.sampler=unchecked"]
            if name in KEPT:
                words += ["--adapter", train(KEPT[name]) / "adapter"]
            code, told = _cli(*words)
            assert code == 0, told
            runs[name] = out
        return runs[name]

    return train


def read_stage(path):
    """The stage of a recipe."""
    return import_module("yaml").safe_load(path.read_text(encoding="utf-8"))["stage"]


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_trains(trained, name):
    out = trained(name)
    manifest = read_manifest(out)
    rows = metrics_of(out)
    assert manifest.status is Status.DONE
    assert [row["step"] for row in rows] == [1, 2]
    assert all(math.isfinite(row["loss"]) for row in rows)
    if read_stage(RECIPES[name]) in ("rpo", "dpo"):
        assert manifest.result["start_dpo_loss"] == pytest.approx(math.log(2), abs=0.01)
        assert rows[0]["dpo_loss"] == pytest.approx(math.log(2), abs=0.01)
    kind = "model" if name == "mfpt-7b" else "adapter"
    assert manifest.result["trained"] == f"{kind}/"
    assert list((out / kind).glob("*.safetensors"))


def test_the_card_says_what_the_manifest_says_and_the_hub_reads_it(trained):
    out = trained("rpo-72b")
    manifest = read_manifest(out)
    text = (out / "adapter" / "README.md").read_text(encoding="utf-8")
    audit = import_module("curate.models").Audit.model_validate_json(
        (out / "audit.json").read_bytes()
    )
    assert text == model_card(manifest, audit)
    assert import_module("huggingface_hub").ModelCard(text).data.library_name == "peft"
    assert "adapter/README.md" in {entry.path for entry in manifest.outputs}


def test_an_adapter_that_was_trained_here_is_merged_as_it_was_trained(
    trained, tiny_model, tmp_path
):
    code, told = _cli("merge", trained("cpt-72b") / "adapter", "--out", tmp_path / "merged")
    assert (code, told["how"]) == (0, "dequantize_and_merge"), told
    assert told["difference_from_trained"]["largest"] < ROUNDING
    code, told = _cli("merge", trained("tiny-cpt") / "adapter", "--out", tmp_path / "plain")
    assert (code, told["how"]) == (0, "full_precision"), told
    other = import_module("tiny_model").make_tiny_model(tmp_path / "other", seed=1)
    words = ("--base", other, "--out", tmp_path / "no")
    code, told = _cli("merge", trained("tiny-cpt") / "adapter", *words)
    assert code == 3
    assert "trained on other weights than those of other" in told["error"]["message"]


@pytest.mark.parametrize("handling", ["dequantize_and_merge", "merge_and_requantize"])
def test_an_adapter_on_top_of_a_merged_one_is_merged_into_that(
    trained, tiny_model, data, tmp_path, handling
):
    words = ("--recipe", RECIPES["rpo-base-72b"], "--data", data["rpo"], "--model", tiny_model)
    words += ("--adapter", trained("cpt-72b") / "adapter", "--out", tmp_path / "rpo", *_set())
    more = (f"model.adapter_handling={handling}", "data.sampler=unchecked")
    code, told = _cli("train", "rpo", *words, *[w for one in more for w in ("--set", one)])
    assert code == 0, told
    adapter = tmp_path / "rpo" / "adapter"
    quantised = handling == "merge_and_requantize"
    code, told = _cli("merge", adapter, "--out", tmp_path / "merged")
    assert code == 0, told
    assert told["how"] == ("dequantize_and_merge" if quantised else "full_precision")
    assert told["difference_from_trained"]["largest"] < ROUNDING
    code, told = _cli("merge", adapter, "--base", tiny_model, "--out", tmp_path / "no")
    assert code == 3
    assert "the folder `base` of its run" in told["error"]["hint"]


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_accelerate_reads_a_config(path):
    read = import_module("accelerate.commands.config.config_args").load_config_from_file
    config = read(str(path))
    assert config.num_processes > 1
    assert not config.use_cpu  # which would want mpirun
    if path.stem == "fsdp-qlora":
        assert config.fsdp_config["fsdp_sharding_strategy"] == "FULL_SHARD"
    if path.stem == "zero3":
        assert config.deepspeed_config["zero_stage"] == 3


def test_two_processes_train_as_one_does(data, tiny_model, tmp_path):
    config = share("train", "accelerate", "ddp-cpu.yaml")
    words = ["train", "cpt", "--recipe", RECIPES["tiny-cpt"], "--data", data["cpt"]]
    words += ["--model", tiny_model]
    code, told = _cli(*words, "--out", tmp_path / "one", *_set())
    assert code == 0, told
    launch = [sys.executable, "-m", "accelerate.commands.launch", "--config_file", config]
    halves = _set(devices__count=2, trainer__per_device_train_batch_size=1)
    done = subprocess.run(
        [*launch, "-m", "curate", *words, "--out", tmp_path / "two", *halves, "--format", "json"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    (told,) = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert told["steps"] == 2
    losses = [[row["loss"] for row in metrics_of(tmp_path / name)] for name in ("one", "two")]
    assert losses[0] == pytest.approx(losses[1], abs=1e-3)
    assert read_manifest(tmp_path / "two").resolved["processes"] == 2
