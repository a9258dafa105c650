"""Real engines as actors of Ray: they store what an engine in this process does, to the byte."""

import pytest
from asked import prompts
from real_engines import FOUR, tiny_vllm

from curate.corpus.runner import Runner
from curate.runs import WorkFolder
from curate.sampling import Transformers, opened, stored_responses

pytestmark = [pytest.mark.models, pytest.mark.filterwarnings("ignore")]


def tiny_transformers(model):
    """transformers with small shards of a tiny model."""
    return Transformers(model=str(model), dtype="float32", shard=4)


def _stored(engine, folder, runner):
    folder.mkdir()
    with opened(engine, runner) as sampler:
        told = (engine, sampler)
        stored = stored_responses(WorkFolder(folder), told, prompts(10), FOUR, lambda *_: None)
    return {file.name: file.read_bytes() for file in stored.files}


@pytest.mark.parametrize("make", [tiny_transformers, tiny_vllm])
def test_an_engine_on_ray_stores_what_one_here_does(make, tiny, tmp_path):
    engine = make(tiny)
    here = _stored(engine, tmp_path / "here", Runner())
    there = _stored(engine, tmp_path / "there", Runner(2, "ray"))
    assert len(here) == 3
    assert there == here
