"""What ends a training early, and how it goes on: Ctrl-C, kill -9, a full disk, a number that is none."""

import math
import os
import resource
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import pytest
from train_bench import LORA, NF4, metrics_of

from curate.models import Status
from curate.runs import read_manifest

pytestmark = [pytest.mark.models, pytest.mark.filterwarnings("ignore")]

ROOT = Path(__file__).resolve().parents[2]
STEPS = {"max_steps": 6, "save_steps": 2, "lr_scheduler_type": "cosine"}


def losses(out):
    return [(row["step"], row["loss"]) for row in metrics_of(out)]


def same(found, expected):
    assert [step for step, _ in found] == [step for step, _ in expected]
    assert [one for _, one in found] == pytest.approx([one for _, one in expected], abs=1e-4)


@pytest.fixture(scope="module")
def cpt(bench):
    """An adapter of continued pretraining on NF4."""
    recipe = bench.recipe("cpt", "cpt-stops", lora=LORA, quantization=NF4)
    out = bench.folder / "cpt-stops"
    assert bench.train("cpt", recipe, out)[0] == 0
    return out / "adapter"


@contextmanager
def interrupted_at(step, monkeypatch):
    """Has the signal of Ctrl-C sent in the middle of a step."""
    trainers = import_module("curate.training.trainers")
    before = trainers.PairTrainer._compute_loss

    def heard(self, *args):
        if self.state.global_step == step:
            os.kill(os.getpid(), signal.SIGINT)
        return before(self, *args)

    with monkeypatch.context() as patched:
        patched.setattr(trainers.PairTrainer, "_compute_loss", heard)
        yield


@pytest.mark.parametrize("kept", [False, True])
def test_ctrl_c_saves_and_resume_goes_on_as_if_nothing_had_been(bench, cpt, kept, monkeypatch):
    """With a kept adapter on NF4, and with all weights."""
    name = "kept" if kept else "full"
    recipe = bench.recipe("rpo", name, trainer=STEPS, quantization=NF4 if kept else None)
    words = ("--adapter", cpt) if kept else ()
    whole, parted = bench.folder / f"{name}-whole", bench.folder / f"{name}-parted"
    assert bench.train("rpo", recipe, whole, *words)[0] == 0
    with interrupted_at(2, monkeypatch):
        code, _ = bench.train("rpo", recipe, parted, *words)
    assert code == 130
    assert read_manifest(parted).status is Status.RUNNING
    assert (parted / "checkpoints" / "checkpoint-3" / "curate.json").is_file()
    code, said = bench.train("rpo", recipe, parted, *words)
    assert (code, said["error"]["message"]) == (2, "the folder holds checkpoint-3 of this training")
    code, said = bench.train("rpo", recipe, parted, *words, "--resume")
    assert code == 0, said
    same(losses(parted), losses(whole))
    assert said["start_dpo_loss"] == pytest.approx(math.log(2), abs=1e-3)
    kind = "adapter" if kept else "model"
    name = f"{kind}/{'adapter_' if kept else ''}model.safetensors"
    load = import_module("safetensors.torch").load_file
    one, other = load(whole / name), load(parted / name)
    assert all((one[key] - other[key]).abs().max() < 1e-4 for key in one)


def test_a_killed_training_loses_no_more_than_the_steps_since_its_checkpoint(bench):
    recipe = bench.recipe("rpo", "killed", trainer={**STEPS, "max_steps": 40, "save_steps": 3})
    out = bench.folder / "killed"
    words = ["train", "rpo", "--recipe", recipe, "--data", bench.pairs, "--out", out]
    with subprocess.Popen(
        [sys.executable, "-m", "curate", *map(str, words)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        until = time.monotonic() + 240
        while time.monotonic() < until and process.poll() is None:
            if (out / "metrics.jsonl").exists() and len(metrics_so_far(out)) >= 7:
                break
            time.sleep(0.02)
        process.kill()
    logged = metrics_so_far(out)
    assert len(logged) >= 7
    code, said = bench.train("rpo", recipe, out, "--resume", "--set", "trainer.max_steps=9")
    assert code == 2  # another recipe
    assert "arguments (set)" in said["error"]["message"]
    found = import_module("curate.training.checkpoints")
    whole = [path.name for path, _ in found._whole(out / "checkpoints")]
    assert f"checkpoint-{(len(logged) - 1) // 3 * 3}" in whole
    recipe.write_text(recipe.read_text().replace("learning_rate: 0.001", "learning_rate: 0.002"))
    code, said = bench.train("rpo", recipe, out, "--resume")
    assert (code, said["error"]["kind"]) == (2, "usage")
    assert "was made with another recipe" in said["error"]["message"]
    recipe.write_text(recipe.read_text().replace("learning_rate: 0.002", "learning_rate: 0.001"))
    code, said = bench.train("rpo", recipe, out, "--resume")
    assert code == 0, said
    assert [row["step"] for row in metrics_of(out)] == [*range(1, 41)]
    same(losses(out)[: len(logged)], logged)


def metrics_so_far(out):
    lines = (out / "metrics.jsonl").read_text().split("\n")[:-1]
    json = import_module("json")
    return [(json.loads(line)["step"], json.loads(line)["loss"]) for line in lines]


def test_a_number_that_is_none_stops_the_training_and_leaves_the_checkpoint_before(
    bench, monkeypatch
):
    trainers, torch = import_module("curate.training.trainers"), import_module("torch")
    before = trainers.PairTrainer._compute_loss

    def spoilt(self, *args):
        return before(self, *args) * (torch.nan if self.state.global_step == 3 else 1.0)

    recipe = bench.recipe("rpo", "nan", trainer=STEPS)
    out = bench.folder / "nan"
    with monkeypatch.context() as patched:
        patched.setattr(trainers.PairTrainer, "_compute_loss", spoilt)
        code, said = bench.train("rpo", recipe, out)
    assert (code, said["error"]["kind"]) == (4, "gate")
    assert "the loss of step 4 is nan" in said["error"]["message"]
    assert read_manifest(out).status is Status.FAILED
    code, said = bench.train("rpo", recipe, out, "--resume")
    assert code == 0, said
    same(losses(out), losses(bench.folder / "full-whole"))


def test_a_full_disk_stops_the_training_and_leaves_the_checkpoint_before(bench, monkeypatch):
    recipe = bench.recipe("rpo", "disk", trainer=STEPS)
    out = bench.folder / "disk"
    trainers = import_module("curate.training.trainers")
    before = trainers.PairTrainer._save_checkpoint

    def cramped(self, *args):
        if self.state.global_step < 4:
            return before(self, *args)
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, hard))
        try:
            return before(self, *args)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    with monkeypatch.context() as patched:
        patched.setattr(trainers.PairTrainer, "_save_checkpoint", cramped)
        code, said = bench.train("rpo", recipe, out)
    assert (code, said["error"]["kind"]) == (3, "input"), said
    assert "the checkpoint of step 4 cannot be written" in said["error"]["message"]
    assert [path.name for path in (out / "checkpoints").iterdir()] == ["checkpoint-2"]
    code, said = bench.train("rpo", recipe, out, "--resume")
    assert code == 0, said
    same(losses(out), losses(bench.folder / "full-whole"))
