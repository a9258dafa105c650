"""The memory estimate, against sizes that were reckoned by hand for the paper's model."""

import json

import pytest

from curate.errors import InputError
from curate.training import Stage, TrainRecipe
from curate.training.memory import GB, Device, memory_of
from curate.training.shapes import known_shapes, shape_of

NF4 = {
    "load_in_4bit": True,
    "bnb_4bit_quant_type": "nf4",
    "bnb_4bit_use_double_quant": True,
    "bnb_4bit_compute_dtype": "bfloat16",
}
LORA = {"r": 64, "lora_alpha": 128, "target_modules": "all-linear"}
A100 = Device(name="A100", memory=80 * 2**30)


def _recipe(stage="rpo", name="Qwen/Qwen2.5-72B", model=None, trainer=None, **keys):
    trainer = {"per_device_train_batch_size": 1, "max_length": 1024} | (trainer or {})
    keys = {"quantization": NF4, "lora": LORA} | keys
    model = {"name": name} | (model or {})
    return TrainRecipe(recipe="train/1", stage=stage, model=model, trainer=trainer, **keys)


def _parts(recipe, shards=1):
    memory = memory_of(recipe, shape_of(recipe.model.name), shards)
    return {part.what: part.bytes / GB for part in memory.parts}


def test_the_papers_model_by_hand():
    shape = shape_of("Qwen/Qwen2.5-72B")
    assert shape.weights / 1e9 == pytest.approx(72.7, abs=0.05)
    assert shape.adapter_weights(64) / 1e9 == pytest.approx(0.84, abs=0.005)
    short, long = _parts(_recipe()), _parts(_recipe(trainer={"max_length": 2048}))
    weights = short["weights of linear layers"] + short["embeddings"]
    assert weights == pytest.approx(41, abs=0.5)
    assert short["adapter in training"] == pytest.approx(13.5, abs=0.05)
    assert short["checkpoints"] == pytest.approx(2.7, abs=0.05)
    assert long["checkpoints"] == pytest.approx(5.4, abs=0.05)
    assert short["logits"] == pytest.approx(1.2, abs=0.05)
    assert short["their gradient"] == short["logits"]
    assert "reference" not in short


def test_it_says_whether_it_fits():
    recipe = _recipe(trainer={"max_length": 2048})
    memory = memory_of(recipe, shape_of(recipe.model.name))
    assert memory.fits([A100, A100], 2)
    assert not memory.fits([A100], 2)
    assert "it fits: there is A100 85.9 GB, A100 85.9 GB" in memory.table([A100, A100], 2)
    assert "it does not fit: there is no GPU" in memory.table([], 2)
    full = _recipe(quantization=None, lora=None, model={"dtype": "float32"})
    plain = memory_of(full, shape_of(full.model.name))
    assert plain.total > 16 * 72e9
    assert not plain.fits([A100] * 4, 4)


@pytest.mark.parametrize("stage", Stage)
def test_every_stage_counts_its_texts_and_its_reference(stage):
    full = {"quantization": None, "lora": None}
    parts = _parts(_recipe(stage, "Qwen/Qwen2-7B-Instruct", **full))
    texts = 2 if stage.prefers else 1
    assert parts["logits"] * GB == texts * 1024 * 152064 * 4
    assert ("reference" in parts) is stage.prefers
    ahead = _parts(
        _recipe(stage, "Qwen/Qwen2-7B-Instruct", trainer={"precompute_ref_log_probs": True}, **full)
    )
    assert "reference" not in ahead
    kept = _parts(_recipe(stage, model={"adapter": "cpt"}))
    assert ("reference" in kept) is stage.prefers


def test_the_adapter_that_is_kept_has_a_rank_of_its_own():
    recipe = _recipe(lora=None, model={"adapter": "cpt"})
    shape = shape_of(recipe.model.name)
    sizes = [memory_of(recipe, shape, kept=LORA | {"r": rank}).total for rank in (16, 64)]
    assert sizes[1] - sizes[0] == round(0.75 * shape.adapter_weights(64) * (16 + 4))


def test_weights_that_were_dequantised_to_be_merged_are_whole():
    merges = {"adapter": "cpt", "adapter_handling": "dequantize_and_merge", "dtype": "bfloat16"}
    whole = _parts(_recipe(model=merges))["weights of linear layers"]
    assert whole == pytest.approx(2 * 70.2, abs=0.05)
    again = _parts(_recipe(model=merges | {"adapter_handling": "merge_and_requantize"}))
    assert again["weights of linear layers"] == pytest.approx(36.2, abs=0.05)


def test_shards_share_what_they_can():
    whole, quarter = _parts(_recipe()), _parts(_recipe(), shards=4)
    assert quarter["adapter in training"] == pytest.approx(whole["adapter in training"] / 4)
    assert quarter["checkpoints"] == whole["checkpoints"]
    assert {*quarter} - {*whole} == {"one layer gathered"}


def test_without_checkpointing_every_layer_is_kept():
    kept = _parts(_recipe(trainer={"gradient_checkpointing": False}))
    assert kept["activations"] == pytest.approx(80 * _parts(_recipe())["one layer made again"])


def test_a_config_is_read_and_one_that_does_not_fit_is_no_shape(tmp_path):
    config = tmp_path / "config.json"
    known = dict(known_shapes()["Qwen/Qwen2-7B-Instruct"])
    config.write_text(json.dumps(known | {"model_type": "qwen2"}))
    assert shape_of("anything", tmp_path) == shape_of("Qwen/Qwen2-7B-Instruct")
    config.write_text(json.dumps(known | {"num_experts": 8}))
    assert shape_of("anything", tmp_path) is None
    config.write_text("{}")
    assert shape_of("anything", tmp_path) is None
    config.write_text("{")
    with pytest.raises(InputError, match="is no JSON"):
        shape_of("anything", tmp_path)
    assert shape_of("no/such-model") is None
