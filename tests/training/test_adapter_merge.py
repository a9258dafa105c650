"""Merged adapters, on a tiny model that QLoRA trained: near to what was trained, and loadable everywhere."""

import json
import shutil
from importlib import import_module

import pytest
from train_bench import run

from curate.models import Merge, MergeHow
from curate.sampling import Prompt, Sampling, Transformers, Vllm

pytestmark = [pytest.mark.models, pytest.mark.filterwarnings("ignore")]

NF4 = {
    "load_in_4bit": True,
    "bnb_4bit_quant_type": "nf4",
    "bnb_4bit_use_double_quant": True,
    "bnb_4bit_compute_dtype": "bfloat16",
}
STEPS = 6


def _cli(*words):
    return run(*words, "--format", "json")


@pytest.fixture(scope="module")
def tuned(tiny_model, tmp_path_factory):
    """An adapter that was trained on the tiny model in NF4."""
    peft, torch, hub = (import_module(name) for name in ("peft", "torch", "transformers"))
    torch.manual_seed(0)
    base = hub.AutoModelForCausalLM.from_pretrained(
        tiny_model, quantization_config=hub.BitsAndBytesConfig(**NF4), device_map={"": "cpu"}
    )
    lora = peft.LoraConfig(r=8, lora_alpha=16, target_modules="all-linear", lora_dropout=0.1)
    model = peft.get_peft_model(base, lora).train()
    tokenizer = hub.AutoTokenizer.from_pretrained(tiny_model)
    texts = list(import_module("tiny_model").invented_texts())[:STEPS]
    optimiser = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=3e-3)
    for text in texts:
        ids = tokenizer(text, return_tensors="pt").input_ids
        model(input_ids=ids, labels=ids).loss.backward()
        optimiser.step()
        optimiser.zero_grad()
    folder = tmp_path_factory.mktemp("adapter") / "tuned"
    model.save_pretrained(str(folder))
    return folder


@pytest.fixture(scope="module")
def merged(tuned, tmp_path_factory):
    """The adapter merged in every way: folders and records."""
    made = {}
    for how in MergeHow:
        out = tmp_path_factory.mktemp("merged") / how.value
        code, told = _cli("merge", tuned, "--how", how.value, "--out", out)
        assert code == 0, told
        assert told["merged"] == str(out)
        made[how] = (out, Merge.model_validate_json((out / "merge.json").read_bytes()))
    return made


def _logits(folder, adapter=None, **keys):
    """The logits of the model in a folder over a text, as training sees them: without packing to infer."""
    peft, torch, hub = (import_module(name) for name in ("peft", "torch", "transformers"))
    model = hub.AutoModelForCausalLM.from_pretrained(folder, device_map={"": "cpu"}, **keys)
    if adapter:
        config = peft.PeftConfig.from_pretrained(adapter)
        config.lora_dropout = 0.0
        model = peft.PeftModel.from_pretrained(model, adapter, config=config)
    ids = torch.arange(3, 100).unsqueeze(0)
    with torch.no_grad():
        return model.train()(input_ids=ids).logits.float()


def test_merging_into_what_the_quantised_base_stands_for_is_what_was_trained(
    merged, tiny_model, tuned
):
    config = import_module("transformers").BitsAndBytesConfig(**NF4)
    trained = _logits(tiny_model, tuned, quantization_config=config)
    apart = {how: float((_logits(out) - trained).abs().max()) for how, (out, _) in merged.items()}
    assert apart[MergeHow.DEQUANTIZE_AND_MERGE] < 0.1 * apart[MergeHow.FULL_PRECISION]
    assert apart[MergeHow.DEQUANTIZE_AND_MERGE] < 0.1 * apart[MergeHow.MERGE_AND_REQUANTIZE]
    said = merged[MergeHow.DEQUANTIZE_AND_MERGE][1].difference
    assert said.largest < 3 * apart[MergeHow.DEQUANTIZE_AND_MERGE]
    assert said.same_first > 0.9  # near ties fall as the processor rounds


def test_what_was_merged_how_and_of_what_is_written_down(merged, tiny_model, tuned):
    records = [record for _, record in merged.values()]
    assert [record.how for record in records] == list(MergeHow)
    assert {(one.base, one.adapter) for one in records} == {(tiny_model.name, tuned.name)}
    assert len({(one.base_sha256, one.adapter_sha256) for one in records}) == 1
    assert {"peft", "torch", "transformers", "bitsandbytes"} <= {*records[0].packages}
    for out, record in merged.values():
        assert bool(record.quantization) is record.how.quantizes
        quantized = "quantization_config" in json.loads((out / "config.json").read_bytes())
        assert quantized is (record.how is MergeHow.MERGE_AND_REQUANTIZE)
        names = {path.name for path in out.iterdir()}
        assert {"model.safetensors", "tokenizer.json", "chat_template.jinja"} <= names
        assert not {path for path in names if path.endswith((".bin", ".pt", ".pkl"))}


def test_vllm_says_the_same_of_it_as_transformers(merged):
    out, _ = merged[MergeHow.DEQUANTIZE_AND_MERGE]
    greedy = Sampling(n=1, temperature=0, max_tokens=24)
    asked = [Prompt(question_id=str(at), template="t", text=f"Question: {at}") for at in range(4)]
    keys = {"model": str(out), "dtype": "float32"}
    with Transformers(**keys).open() as sampler:
        slow = [one.text for some in sampler.sample(asked, greedy) for one in some]
    with Vllm(**keys, cpu_cache_gib=1).open() as sampler:
        fast = [one.text for some in sampler.sample(asked, greedy) for one in some]
    assert len(fast) == len(slow) == 4
    for one, other in zip(fast, slow, strict=True):
        assert other.startswith(one.rstrip("\ufffd"))


def _edited(folder, target, **keys):
    shutil.copytree(folder, target)
    path = target / "adapter_config.json"
    path.write_text(json.dumps(json.loads(path.read_bytes()) | keys))
    return target


def test_an_adapter_of_another_base_is_refused(tuned, tiny_model, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(tiny_model, other)
    torch = import_module("safetensors.torch")
    weights = torch.load_file(other / "model.safetensors")
    name = "model.layers.1.mlp.up_proj.weight"
    torch.save_file(weights | {name: weights[name][:100]}, other / "model.safetensors")
    words = ("--how", "dequantize_and_merge", "--out", tmp_path / "out")
    code, told = _cli("merge", tuned, "--base", other, *words)
    assert code == 3
    assert "layers.1.mlp.up_proj is 384x128, and other has 100x128" in told["error"]["message"]
    torch.save_file({n: w for n, w in weights.items() if n != name}, other / "model.safetensors")
    code, told = _cli("merge", tuned, "--base", other, *words)
    assert code == 3
    assert "other has no such layer" in told["error"]["message"]
    assert not (tmp_path / "out").exists()


def test_refusals_say_what_to_do(tuned, tmp_path):
    out = tmp_path / "out"
    code, told = _cli("merge", tuned, "--out", out)
    assert (code, "nothing says whether" in told["error"]["message"]) == (2, True)
    assert "--how full_precision" in told["error"]["hint"]
    lost = _edited(tuned, tmp_path / "lost", base_model_name_or_path="nobody/no-such-model")
    code, told = _cli("merge", lost, "--how", "full_precision", "--out", out)
    assert code == 5
    assert "no folder /" in told["error"]["message"]
    assert "the Hub's cache /" in told["error"]["message"]
    ia3 = _edited(tuned, tmp_path / "ia3", peft_type="IA3")
    assert _cli("merge", ia3, "--how", "full_precision", "--out", out)[0] == 3
    (lost / "adapter_model.safetensors").rename(lost / "adapter_model.bin")
    code, told = _cli("merge", lost, "--how", "full_precision", "--out", out)
    assert (code, "it has adapter_model.bin" in told["error"]["message"]) == (3, True)
    assert not out.exists()
    code, told = _cli("merge", tuned, "--how", "full_precision", "--out", tuned)
    assert (code, told["error"]["where"]) == (2, str(tuned))
