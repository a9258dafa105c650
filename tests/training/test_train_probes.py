"""The probes that need no weights, and what an environment without the training libraries says."""

import math
from importlib.util import find_spec

import pytest
from train_bench import run

from curate.errors import GateError
from curate.models import SampledWith
from curate.training import TrainRecipe
from curate.training.probes import LN2, check_sampler, check_start
from curate.training.weights import Weights

A, B, C, D = (letter * 64 for letter in "abcd")
TOKENIZER = {"tokenizer_sha256": A, "chat_template_sha256": B}
SAMPLED = SampledWith(engine="vllm", weights_sha256=C, dtype="bfloat16", **TOKENIZER)


@pytest.mark.parametrize(
    ("dpo", "rewards"),
    [(LN2 + 0.02, [0.0, 0.0]), (LN2, [-3.1, -3.1]), (math.nan, [0.0, 0.0]), (LN2, [0.0, 0.1])],
)
def test_a_first_loss_that_is_not_ln_2_stops_the_run(dpo, rewards):
    check_start(LN2 + 0.005, [0.001, -0.001], 0.01)
    with pytest.raises(GateError, match="the reference is not the model"):
        check_start(dpo, rewards, 0.01)


def recipe(sampler="same"):
    told = {
        "recipe": "train/1",
        "stage": "rpo",
        "model": {"name": "m"},
        "data": {"sampler": sampler},
    }
    return TrainRecipe.model_validate(told)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"weights_sha256": D}, "another model"),
        ({"adapter_sha256": D}, "another adapter"),
        ({"tokenizer_sha256": D}, "another tokenizer"),
        ({"chat_template_sha256": D}, "another chat template"),
        ({"weights_sha256": None}, "nobody knows which model"),
        ({"tokenizer_sha256": None}, "without the tokenizer"),
    ],
)
def test_a_sampler_that_is_not_the_reference_stops_the_run_unless_it_is_waived(change, says):
    own = Weights(base=C, precision="nf4")
    (probe,) = check_sampler(recipe(), SAMPLED, TOKENIZER, own)
    assert (probe.passed, "sampled in bfloat16, trained in nf4" in probe.found) == (True, True)
    other = SAMPLED.model_copy(update=change)
    with pytest.raises(GateError, match=says):
        check_sampler(recipe(), other, TOKENIZER, own)
    (probe,) = check_sampler(recipe("unchecked"), other, TOKENIZER, own)
    assert (probe.passed, says in probe.found) == (False, True)


def test_an_adapter_must_have_sampled_too():
    own = Weights(base=C, adapter=D, precision="nf4")
    with pytest.raises(GateError, match="without the adapter that training starts from"):
        check_sampler(recipe(), SAMPLED, TOKENIZER, own)


@pytest.mark.skipif(find_spec("trl") is not None, reason="the training libraries are installed")
def test_without_the_libraries_the_extra_is_named(tmp_path):
    path = tmp_path / "recipe.yaml"
    path.write_text("recipe: train/1\nstage: cpt\nmodel: {name: m}\ntrainer: {max_steps: 1}\n")
    words = ("--recipe", path, "--data", tmp_path, "--out", tmp_path / "out")
    code, said = run("train", "cpt", *words, "--format", "json")
    assert (code, said["error"]["kind"]) == (5, "setup")
    assert "pip install 'jmle-curate[train]'" in said["error"]["hint"]
