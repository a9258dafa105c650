"""The same bytes with any number of workers, and from a run that was interrupted at any step."""

import pytest
from recorded_answers import questions, written

from curate.artefacts import share
from curate.corpus import pipeline
from curate.jobs import make_pairs, pairs_shards
from curate.sampling import RecordedSampler

HELD_OUT = share("pipelines", "demo", "held_out.jsonl")
ENGINE = "engine.shard=32"


@pytest.fixture
def small_shards(monkeypatch):
    """Has even little input cut into shards, and given to worker processes."""
    monkeypatch.setattr(pairs_shards, "SHARD_BYTES", 60_000)
    monkeypatch.setattr(make_pairs, "FEW_BYTES", 0)
    monkeypatch.setattr(pipeline, "FEW_BYTES", 0)


@pytest.fixture
def make(cli, demo_run, tmp_path):
    answers = written(tmp_path / "answers.jsonl", questions(demo_run))

    def make(out, *more):
        words = ("--corpus", demo_run, "--responses", answers, "--out", tmp_path / out)
        benchmark = ("--benchmark", f"held-out={HELD_OUT}")
        return cli("make-pairs", *words, *benchmark, "--set", ENGINE, *more)

    return make


@pytest.fixture
def files(contents, tmp_path):
    """Returns the bytes of a run's files, but for the manifest's."""

    def files(out):
        found = contents(tmp_path / out)
        del found["manifest.json"]
        return found

    return files


def test_the_bytes_do_not_depend_on_workers_or_shards(make, files, small_shards, monkeypatch):
    assert make("one", "--workers", 1).code == 0
    assert make("two", "--workers", 2).code == 0
    monkeypatch.setattr(pairs_shards, "SHARD_BYTES", 1 << 30)
    assert make("whole", "--workers", 1).code == 0
    assert files("one") == files("two") == files("whole")


STEPS = {
    "grading": (pairs_shards.Grading, "grade"),
    "pairing": (pairs_shards.Pairing, "pair"),
}


@pytest.mark.parametrize("step", STEPS)
def test_an_interrupted_run_goes_on_to_the_same_bytes(step, make, files, small_shards, monkeypatch):
    assert make("whole", "--workers", 1).code == 0
    owner, name = STEPS[step]
    kept, calls = getattr(owner, name), []

    def broken(self, item):
        calls.append(item)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return kept(self, item)

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, broken)
        assert make("broken", "--workers", 1).code == 130
    assert make("broken", "--workers", 1).code == 0
    assert files("broken") == files("whole")


def test_what_was_sampled_is_not_sampled_again(make, small_shards, monkeypatch):
    asked, sample = [], RecordedSampler.sample

    def noted(self, prompts, sampling):
        prompts = list(prompts)
        asked.append(len(prompts))
        return sample(self, prompts, sampling)

    def broken(self, item):
        raise KeyboardInterrupt

    monkeypatch.setattr(RecordedSampler, "sample", noted)
    with monkeypatch.context() as patch:
        patch.setattr(pairs_shards.Pairing, "pair", broken)
        assert make("broken", "--workers", 1).code == 130
    assert make("broken", "--workers", 1).code == 0
    assert asked[0] > 0
    assert asked[1] == 0
