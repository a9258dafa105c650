"""A tiny model, and the demo's corpus and pairs, each made once."""

from importlib import import_module

import pytest
from train_bench import Bench, run

from curate.artefacts import share


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory):
    return import_module("tiny_model").make_tiny_model(
        tmp_path_factory.mktemp("training") / "model"
    )


@pytest.fixture(scope="session")
def bench(tiny_model):
    folder = tiny_model.parent
    made = Bench(folder)
    demo = share("pipelines", "demo")
    code, said = run(
        *("build-corpus", "--recipe", demo / "demo.yaml", "--sft", "direct"),
        *("--out", made.corpus, "--format", "json"),
    )
    assert code == 0, said
    code, said = run(
        *("make-pairs", "--recipe", demo / "pairs.yaml", "--corpus", made.corpus),
        *("--tokenizer", made.model, "--set", "template.shots.count=0"),
        *("--out", made.pairs, "--format", "json"),
    )
    assert code == 0, said
    return made
