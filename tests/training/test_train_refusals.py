"""What a training refuses, with its exit code and what it says, before any weight is loaded."""

import json
import shutil
from importlib import import_module

import polars as pl
import pytest
from train_bench import LORA, run

from curate.errors import GateError, RecipeError, SetupError
from curate.runs import content_sha256, file_sha256
from curate.sampling import LocalTokenizer
from curate.training import TrainRecipe, weights_sha256
from curate.training.devices import Place, refuse_lacking
from curate.training.memory import Device
from curate.training.rows import measured

pytestmark = [pytest.mark.models, pytest.mark.filterwarnings("ignore")]


def refused(bench, tmp_path, stage="rpo", words=(), **changes):
    name = f"refused-{tmp_path.name}"
    recipe = bench.recipe(stage, name, **changes)
    code, said = bench.train(stage, recipe, tmp_path / "out", *words)
    error = said["error"]
    return code, f"{error['where']}: {error['message']} {error['hint']}"


@pytest.mark.parametrize(
    ("changes", "code", "says"),
    [
        (
            {"trainer": {"learning_rat": 1}},
            2,
            ":15: unknown key 'learning_rat'. Did you mean 'learning_rate'?",
        ),
        ({"trainer": {"loss_type": ["ipo"]}}, 2, "trainer.loss_type would change the loss"),
        ({"trainer": {"push_to_hub": True}}, 2, "use `curate publish`"),
        (
            {"trainer": {"learning_rate": "fast"}},
            2,
            "learning_rate: Input should be a valid number",
        ),
        ({"trainer": {"lr_scheduler_type": "cosin"}}, 2, "trainer: "),
        ({"trainer": {"max_length": 4096}}, 2, "longer than the 1,024 tokens"),
        ({"lora": {"rank": 4}}, 2, "unknown key 'rank'"),
        (
            {"quantization": {"load_in_4bits": True}, "lora": LORA},
            2,
            "Did you mean 'load_in_4bit'?",
        ),
        ({"quantization": {"load_in_4bit": True}}, 2, "quantised weights cannot be trained"),
        ({"los": {}}, 2, "unknown key 'los'. Did you mean 'loss'?"),
        ({"model": {"name": "no/such-model"}}, 5, "there is no folder"),
        ({"model": {"name": "../elsewhere"}}, 2, "leads out of the recipe's folder"),
        (
            {"model": {"name": "Qwen/Qwen2.5-72B"}, "devices": {"kind": "cuda", "count": 4}},
            5,
            "together",
        ),
        ({"devices": {"kind": "cpu", "count": 2}}, 5, "accelerate launch --num_processes 2"),
        ({"trainer": {"fp16": True}}, 5, "fp16 is asked for"),
        ({"trainer": {"max_length": 64}}, 4, "are longer than max_length 64"),
        ({"data": {"sampler": "same"}}, 4, "nobody knows which model the pairs were sampled with"),
    ],
)
def test_a_recipe_is_refused_with_its_line_and_a_way_out(bench, tmp_path, changes, code, says):
    found, said = refused(bench, tmp_path, **changes)
    assert found == code, said
    assert says in said
    assert not (tmp_path / "out").exists()


def rewritten(bench, folder, frame, **result):
    """Copies the pairs with other rows, the manifest agreeing with them."""
    shutil.copytree(bench.pairs, folder)
    path = folder / "pairs.parquet"
    frame.write_parquet(path)
    told = json.loads((folder / "manifest.json").read_bytes())
    entry = next(one for one in told["outputs"] if one["path"] == path.name)
    entry |= {
        "sha256": file_sha256(path),
        "content_sha256": content_sha256(path),
        "rows": frame.height,
    }
    told["result"] |= result
    (folder / "manifest.json").write_text(json.dumps(told))
    return folder


def test_data_that_nobody_can_learn_from_or_that_changed_are_refused(bench, tmp_path):
    pairs = pl.read_parquet(bench.pairs / "pairs.parquet")
    same = pairs.with_columns(rejected=pl.col("chosen"))
    marked = pairs.with_columns(chosen=pl.col("chosen") + " 。")
    for frame, code, says in (
        (pairs[:0], 3, "0 rows: nothing can be learnt from"),
        (pairs[:1], 3, "1 row: nothing can be learnt from"),
        (same, 3, "has the same text on both sides"),
        (marked, 4, "the audit of the pairs is not of their rows"),
    ):
        data = rewritten(bench, tmp_path / f"{code}-{says[:5]}", frame)
        found, said = refused(bench, tmp_path, words=("--data", data))
        assert (found, says in said) == (code, True), said
    changed = tmp_path / "changed"
    shutil.copytree(bench.pairs, changed)
    marked.write_parquet(changed / "pairs.parquet")
    found, said = refused(bench, tmp_path, words=("--data", changed))
    assert (found, "it was changed since" in said) == (4, True)
    (changed / "audit.json").unlink()
    shutil.copy(bench.pairs / "pairs.parquet", changed)
    found, said = refused(bench, tmp_path, words=("--data", changed))
    assert (found, "the pairs have no audit.json" in said) == (4, True)
    recipe = bench.recipe("rpo", "unaudited", trainer={"max_steps": 1})
    code, told = bench.train("rpo", recipe, tmp_path / "out", "--data", changed, "--unaudited")
    assert (code, told["verdict"], told["unaudited"]) == (0, "none", "the pairs have no audit.json")


def test_the_reference_is_the_model_that_sampled(bench, tmp_path):
    """Tokenizer, template and weights are those of the pairs' manifest, whoever saved them again."""
    tokenizer = LocalTokenizer.load(bench.model)
    again = tmp_path / "again"
    tokenizer.loaded.save_pretrained(again)
    assert LocalTokenizer.load(again).state() == tokenizer.state()
    sampled = {
        "engine": "transformers",
        "weights_sha256": weights_sha256(bench.model),
        "dtype": "float32",
        **tokenizer.state(),
    }
    pairs = pl.read_parquet(bench.pairs / "pairs.parquet")
    for change, says in (
        ({"tokenizer_sha256": "0" * 64}, "with another tokenizer"),
        ({"chat_template_sha256": None}, "without the chat template"),
        ({"weights_sha256": "0" * 64}, "with another model"),
        ({"adapter_sha256": "0" * 64}, "with another adapter"),
    ):
        data = rewritten(bench, tmp_path / says, pairs, sampled_with=sampled | change)
        found, said = refused(bench, tmp_path, words=("--data", data), data={"sampler": "same"})
        assert (found, says in said) == (4, True), said
    data = rewritten(bench, tmp_path / "own", pairs, sampled_with=sampled)
    recipe = bench.recipe("rpo", "own", data={"sampler": "same"}, trainer={"max_steps": 1})
    code, said = bench.train("rpo", recipe, tmp_path / "out", "--data", data)
    assert code == 0, said


def test_an_adapter_of_another_base_is_refused(bench, tmp_path):
    tiny = import_module("tiny_model")
    other = tiny.make_tiny_model(tmp_path / "other", seed=1)
    adapter = bench.folder / "of-base"
    code, said = bench.train(
        "cpt", bench.recipe("cpt", "of-base", lora=LORA, trainer={"max_steps": 1}), adapter
    )
    assert code == 0, said
    found, said = refused(
        bench, tmp_path, words=("--model", other, "--adapter", adapter / "adapter")
    )
    assert (found, "trained on other weights than those of other" in said) == (3, True), said
    found, said = refused(bench, tmp_path, words=("--adapter", tmp_path / "none"))
    assert (found, "there is no such adapter" in said) == (5, True)
    found, said = refused(
        bench, tmp_path, words=("--adapter", adapter / "adapter"), lora=LORA | {"r": 8}
    )
    assert (found, "lora.r is 8, and the adapter that training goes on with has 4" in said) == (
        2,
        True,
    )


def test_a_boundary_within_a_token_is_refused(bench):
    recipe = TrainRecipe.model_validate(
        {"recipe": "train/1", "stage": "rpo", "model": {"name": str(bench.model)}}
    )
    tokenizer = LocalTokenizer.load(bench.model)
    row = {"id": "17A1", "prompt": " Answe", "chosen": "r: a", "rejected": "r: b"}
    with pytest.raises(
        GateError, match=r"row 1 \(17A1\): prompt and completion meet inside a token"
    ):
        measured(recipe, [row], tokenizer, None)


def test_bf16_is_refused_where_a_gpu_has_none(bench, monkeypatch):
    cuda = import_module("torch").cuda
    monkeypatch.setattr(cuda, "is_bf16_supported", lambda **_: False)
    devices = import_module("curate.training.devices")
    monkeypatch.setattr(devices, "gpus", lambda: [Device(name="old", memory=16 * 10**9)])
    recipe = TrainRecipe.model_validate(
        {"recipe": "train/1", "stage": "cpt", "model": {"name": "m"}, "trainer": {"bf16": True}}
    )
    with pytest.raises(SetupError, match="bf16 is asked for, and this GPU has none"):
        refuse_lacking(recipe, Place("cuda", 0, 0, 1), None)


def test_a_dry_run_tells_lengths_and_memory_and_writes_nothing(bench, tmp_path):
    recipe = bench.recipe("rpo", "dry")
    code, said = bench.train("rpo", recipe, tmp_path / "out", "--dry-run")
    assert code == 0
    assert said["lengths_in_tokens"]["rows"] == said["data"]["rows"]
    assert "together" in said["memory_of_each_device"]
    assert not (tmp_path / "out").exists()
    code, said = bench.train(
        "rpo", recipe, tmp_path / "out", "--dry-run", "--model", "Qwen/Qwen2.5-72B"
    )
    assert (code, "lengths_in_tokens" in said) == (0, False)
    assert float(said["memory_of_each_device"]["together"].split()[0]) > 100
    words = ("--recipe", recipe, "--data", bench.pairs, "--out", tmp_path / "out")
    code, said = run("train", "dpo", *words, "--format", "json")
    assert (code, said["error"]["message"][:34]) == (2, "the recipe is of the stage rpo, an")
    assert run("train", "rp", "--recipe", recipe, "--data", ".", "--out", tmp_path)[0] == 2


def test_4_bit_weights_are_spread_only_as_numbers_that_can_be(bench, monkeypatch):
    """Sharding wants bnb_4bit_quant_storage to be the computing type."""
    monkeypatch.setenv("ACCELERATE_USE_FSDP", "true")
    keys = {"load_in_4bit": True, "bnb_4bit_compute_dtype": "bfloat16"}
    told = {"recipe": "train/1", "stage": "cpt", "model": {"name": "m"}, "lora": LORA}
    place = Place("cpu", 0, 0, 1)
    with pytest.raises(RecipeError, match="4-bit weights are stored as uint8"):
        refuse_lacking(TrainRecipe.model_validate(told | {"quantization": keys}), place, None)
    keys["bnb_4bit_quant_storage"] = "bfloat16"
    refuse_lacking(TrainRecipe.model_validate(told | {"quantization": keys}), place, None)
