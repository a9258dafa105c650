"""The shipped training recipes: valid, for the devices that they name, and copied to be changed."""

import contextlib
import io
import json

import pytest
import yaml

from curate.artefacts import share
from curate.cli import main
from curate.corpus.recipes import read_recipe, validated
from curate.training import Stage, TrainRecipe
from curate.training.memory import Device, memory_of
from curate.training.shapes import shape_of

RECIPES = sorted(share("train").glob("*.yaml"))
CONFIGS = sorted(share("train", "accelerate").glob("*.yaml"))
KEPT = {"cpt-72b": 64, "cpt-7b-24gb": 32}
SHARDED = {"mfpt-7b"}


def _recipe(path):
    raw = read_recipe(path)
    if "lora" not in raw.data and raw.data["stage"] in ("rpo", "dpo"):
        raw.data["model"]["adapter"] = "cpt"  # which the command line names
    return validated(raw, TrainRecipe)


def _cli(*words):
    said = io.StringIO()
    with contextlib.redirect_stdout(said), pytest.raises(SystemExit) as ended:
        main([*words, "--format", "json"])
    return ended.value.code, json.loads(said.getvalue())


def test_there_is_one_for_each_run_of_both_papers_and_for_every_stage():
    names = {path.stem for path in RECIPES}
    assert {"cpt-72b", "rpo-72b", "dpo-72b", "rpo-base-72b", "mfpt-7b", "mpeft-7b"} <= names
    assert {_recipe(path).stage for path in RECIPES} == {*Stage}
    assert {f"tiny-{stage.value}" for stage in Stage} <= names


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_it_is_valid_and_fits_the_devices_that_it_names(path):
    recipe = _recipe(path)
    assert recipe.name == path.stem
    assert recipe.devices is not None
    shape = shape_of(recipe.model.name)
    assert (shape is None) is (recipe.devices.kind == "cpu")
    if shape is None:
        return
    count, memory = recipe.devices.count, recipe.devices.memory_gb
    kept = {"r": KEPT.get(f"cpt{recipe.name[3:]}")}
    found = memory_of(recipe, shape, count if recipe.name in SHARDED else 1, kept)
    device = Device(name="card", memory=int(memory * 2**30))
    assert found.fits([device] * count, count), found.table([device] * count, count)


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_its_values_are_the_papers_or_said_to_be_ours(path):
    text = path.read_text(encoding="utf-8")
    if path.stem.startswith("tiny-"):
        return
    assert "ours" in text
    assert "paper" in text
    values = yaml.safe_load(text)
    for line in text.splitlines():
        if line.strip().startswith("num_train_epochs") and "24gb" not in path.stem:
            assert "# paper" in line
    if values["stage"] == "rpo":
        assert values["loss"] == {"alpha": 10.0, "nll": "sequence"}


def test_four_bit_weights_that_are_spread_are_stored_in_the_computing_type():
    for path in RECIPES:
        keys = _recipe(path).quantization
        if keys and _recipe(path).devices.count > 1:
            assert keys["bnb_4bit_quant_storage"] == keys["bnb_4bit_compute_dtype"], path.stem


@pytest.mark.parametrize("path", [*RECIPES, *CONFIGS], ids=lambda path: path.stem)
def test_it_is_listed_with_its_purpose_and_copied(path, tmp_path):
    code, told = _cli("recipes")
    assert code == 0
    listed = {**told["training_recipes"], **told["accelerate_configs"]}
    assert len(listed[path.stem]) > 30
    code, told = _cli("recipes", path.stem, "--to", str(tmp_path))
    assert code == 0
    assert (tmp_path / path.name).read_bytes() == path.read_bytes()
