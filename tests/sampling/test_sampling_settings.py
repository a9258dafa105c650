"""Settings, engines as records, and what is missing on a machine."""

import subprocess
import sys

import pytest
from asked import prompts
from pydantic import TypeAdapter, ValidationError

from curate.errors import InputError, SetupError
from curate.sampling import AnyEngine, OpenAI, Prompt, Sampling, Transformers, Vllm, fitting_prompts
from curate.sampling.engines import vllm
from curate.sampling.extras import installed

ENGINES = TypeAdapter(AnyEngine)


def test_a_seed_belongs_to_a_prompt_and_not_to_its_place():
    one, other = prompts(2)
    assert Sampling(seed=1).seed_of(one) == Sampling(seed=1).seed_of(one)
    seeds = {Sampling(seed=seed).seed_of(prompt) for seed in (0, 1) for prompt in (one, other)}
    assert len(seeds) == 4
    assert all(0 <= seed < 2**31 for seed in seeds)


def test_a_templates_stops_are_added_once():
    assert Sampling(stop=("a",)).stopping_at(("b", "a")).stop == ("a", "b")


@pytest.mark.parametrize(
    "keys", [{"temperature": 0, "n": 2}, {"n": 0}, {"top_p": 0}, {"max_tokens": 0}, {"stop": [""]}]
)
def test_settings_that_make_no_sense_are_refused(keys):
    with pytest.raises(ValidationError):
        Sampling(**keys)


@pytest.mark.parametrize(
    "keys",
    [
        {"engine": "vllm", "model": "m"},
        {"engine": "openai", "model": "m", "url": "http://localhost/v1"},
        {"engine": "transformers", "model": "m"},
        {"engine": "recorded", "responses": "r.jsonl"},
    ],
)
def test_an_engine_is_chosen_by_its_word(keys):
    engine = ENGINES.validate_python(keys)
    assert engine.engine == keys["engine"]
    assert ENGINES.validate_json(ENGINES.dump_json(engine)) == engine
    with pytest.raises(ValidationError):
        ENGINES.validate_python({**keys, "trust_remote_code": True})


def test_a_prompt_is_a_text_or_a_chat():
    with pytest.raises(ValidationError, match="either a text or messages"):
        Prompt(question_id="Q", template="t")
    with pytest.raises(ValidationError, match="either a text or messages"):
        Prompt(question_id="Q", template="t", text="a", messages=[{"role": "user", "content": "a"}])


class Letters:
    """A sampler whose tokens are letters."""

    context = 40

    def __init__(self, knows=True):
        self.tokenizer = self if knows else None

    def count(self, prompt):
        return len(prompt.text)


def test_a_prompt_that_leaves_no_room_is_skipped_and_not_cut():
    short, long = prompts(2)
    length = len(short.text)
    asked = [short, long.model_copy(update={"text": long.text + "長"})]
    fits, skipped = fitting_prompts(asked, Letters(), Sampling(max_tokens=40 - length))
    assert [(one.question_id, one.tokens) for one in fits] == [("Q0", length)]
    assert fits[0].sha256 == short.sha256
    ((one),) = skipped
    assert (one.reason, one.tokens, one.context) == ("prompt.too_long", length + 1, 40)


def test_without_a_tokenizer_all_prompts_are_asked():
    fits, skipped = fitting_prompts(prompts(2), Letters(knows=False), Sampling(max_tokens=1000))
    assert (len(fits), skipped) == (2, [])
    assert fits[0].tokens is None


def test_what_is_not_installed_names_its_extra():
    with pytest.raises(SetupError, match="the package no-such-module") as caught:
        installed("no_such_module", "vllm")
    assert caught.value.exit == 5
    assert "jmle-curate[vllm]" in caught.value.hint


@pytest.mark.parametrize(
    ("engine", "module", "extra"),
    [
        (Vllm, "vllm", "vllm"),
        (Transformers, "transformers", "transformers"),
        (OpenAI, "httpx2", "openai"),
    ],
)
def test_an_engine_that_is_not_installed_names_its_extra(
    tmp_path, monkeypatch, engine, module, extra
):
    (tmp_path / "model.safetensors").touch()
    monkeypatch.setitem(sys.modules, module, None)
    keys = {"url": "http://127.0.0.1:1/v1"} if engine is OpenAI else {}
    with pytest.raises(SetupError, match=f"the package {module} cannot be imported") as caught:
        engine(model=str(tmp_path), **keys).open().__enter__()
    assert f"jmle-curate[{extra}]" in caught.value.hint


@pytest.mark.parametrize("engine", [Vllm, Transformers])
def test_only_safetensors_are_loaded(tmp_path, engine):
    (tmp_path / "pytorch_model.bin").write_bytes(b"pickle")
    with pytest.raises(InputError, match="no weights as safetensors"):
        engine(model=str(tmp_path)).open().__enter__()


def test_an_adapter_without_safetensors_is_refused(tmp_path):
    (tmp_path / "model.safetensors").touch()
    (tmp_path / "adapter_model.bin").touch()
    with pytest.raises(InputError, match="the adapter has no adapter_model"):
        Vllm(model=str(tmp_path), adapter=str(tmp_path)).state()


def test_a_folder_is_known_by_its_hash(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"1")
    engine = Vllm(model=str(tmp_path))
    assert engine.state()["model"] == tmp_path.name
    assert engine.state()["revision"].startswith("sha256:")
    assert Vllm(model=str(tmp_path), revision="mine").state()["revision"] == "mine"


def test_a_model_that_is_not_here_is_not_fetched(tmp_path, monkeypatch):
    pytest.importorskip("huggingface_hub")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(InputError, match="no such model") as caught:
        Vllm(model="nobody/nothing").state()
    assert "hf download" in caught.value.hint


def test_to_import_the_layer_loads_no_engine():
    heavy = "{'torch', 'vllm', 'transformers', 'httpx2', 'peft', 'huggingface_hub'}"
    code = f"import sys, curate.sampling; sys.exit(bool({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_over_how_many_devices_a_model_is_shared_out_is_vllms_to_do(monkeypatch):
    monkeypatch.setattr(vllm, "_is_cpu", lambda: False)
    options = Vllm(model="m", tensor_parallel=4)._options(512)
    assert options["tensor_parallel_size"] == 4
    assert "data_parallel_size" not in options  # which vLLM refuses within one process
