"""A tiny model and its engines, each started once."""

from importlib import import_module

import pytest
from real_engines import serving, tiny_vllm

from curate.sampling import Transformers


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    """A folder with a tiny Qwen2 and its tokenizer."""
    return import_module("tiny_model").make_tiny_model(tmp_path_factory.mktemp("model") / "tiny")


@pytest.fixture(scope="session")
def vllm_sampler(tiny):
    """vLLM with the tiny model in memory, and the engine that opened it."""
    engine = tiny_vllm(tiny)
    with engine.open() as sampler:
        yield engine, sampler


@pytest.fixture(scope="session")
def vllm_server(tiny, tmp_path_factory):
    """The url of a vLLM server with the tiny model."""
    with serving(tiny, tmp_path_factory.mktemp("server") / "log") as url:
        yield url


@pytest.fixture(scope="session")
def transformers_sampler(tiny):
    """transformers with the tiny model in memory."""
    with Transformers(model=str(tiny), dtype="float32").open() as sampler:
        yield sampler
