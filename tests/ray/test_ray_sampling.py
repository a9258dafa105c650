"""Engines on Ray: the same store, whatever number of engines there is and whichever is lost."""

import sys

import pytest
from ray_engines import Echo

from curate.corpus.runner import Runner
from curate.runs import WorkFolder
from curate.sampling import Prompt, Sampling, opened, ray_sampler, stored_responses

pytestmark = pytest.mark.ray
SAMPLING = Sampling(n=2, seed=3, max_tokens=8)
PROMPTS = [Prompt(question_id=f"q{n}", template="t", text=f"{n}番目の問題") for n in range(23)]


@pytest.fixture
def echo(tmp_path, monkeypatch):
    """An engine in shards of four; its tokenizer is nobody's."""
    monkeypatch.setattr(ray_sampler.LocalTokenizer, "load", lambda _: None)
    (tmp_path / "revision").write_text("r1")
    return Echo(model=str(tmp_path), shard=4)


def _stored(engine, folder, runner):
    folder.mkdir()
    with opened(engine, runner) as sampler:
        assert sampler.context == 99
        told = (engine, sampler)
        stored = stored_responses(WorkFolder(folder), told, PROMPTS, SAMPLING, lambda *_: None)
    return {file.name: file.read_bytes() for file in stored.files}


def test_engines_on_ray_store_what_one_here_does(two, echo, tmp_path):
    here = _stored(echo, tmp_path / "here", Runner())
    (tmp_path / "kill@q9").touch()
    there = _stored(echo, tmp_path / "there", Runner(None, "ray", two.address))
    assert here == there
    assert len(here) == 6
    assert not (tmp_path / "kill@q9").exists()
    assert len(list(tmp_path.glob("opened-*"))) == 1 + 3  # one here; one a node, one of them twice
    assert len(list(tmp_path.glob("closed-*"))) == 1 + 2
    assert "torch" not in sys.modules


def test_another_model_on_a_node_is_told(two, echo, tmp_path, monkeypatch):
    monkeypatch.setattr(type(echo), "found_revision", lambda _: "r2")
    with (
        pytest.raises(Exception, match="another one than here") as caught,
        opened(echo, Runner(None, "ray", two.address)),
    ):
        pass
    assert caught.value.exit == 5
