"""A stage that fails on a shard costs that shard: its rows are quarantined, and nothing is lost."""

import sys

import pytest
from corpus_rows import build, document, write_lines

from curate.corpus import pipeline
from curate.corpus.runner import Runner
from curate.corpus.stages import Intake, Length, Render
from curate.errors import SetupError, UsageError

BAD = "12番目の文章で、何かが失敗する。"


@pytest.fixture
def source(tmp_path, monkeypatch):
    """Shards of ten lines: lines 11 and 12 are alike, 13 is what a stage may fail on, 15 cannot be read."""
    monkeypatch.setattr(pipeline, "SHARD_ROWS", 10)
    rows = [document(f"d{n}", f"{n}番目の、臓器についての短い文章である。") for n in range(30)]
    rows[11]["text"] = rows[10]["text"]
    rows[12]["text"] = BAD
    return write_lines(tmp_path / "a.jsonl", [*rows[:14], b"{", *rows[14:]])


def _failing(monkeypatch, stage, method):
    """Makes a stage fail on the shard with the one text, while rows of it are not dropped."""
    right = getattr(stage, method)

    def fails(self, shard):
        if shard["text"].str.contains(BAD).any():
            raise LookupError("何か\n秘密")
        return right(self, shard)

    monkeypatch.setattr(stage, method, fails)


@pytest.mark.parametrize(
    ("stage", "method", "kept_of_it"),
    [(Intake, "keyed", 0), (Length, "apply", 0), (Render, "apply", 1)],
    ids=["before all", "before duplicates", "at the end"],
)
def test_a_failing_stage_costs_its_shard(tmp_path, source, monkeypatch, stage, method, kept_of_it):
    whole = build(tmp_path / "whole", source)
    _failing(monkeypatch, stage, method)
    run = build(tmp_path / "run", source)
    dropped = [f"d{n}" for n in range(10, 19)][:2][1:] if kept_of_it else []
    lost = {f"d{n}" for n in range(10, 19)} - {*dropped}
    assert set(run.ids()) == set(whole.ids()) - lost
    told = {row["line"]: row for row in run.quarantine()}
    assert sorted(told) == sorted({15} | {int(id_[1:]) + 1 + (id_ > "d13") for id_ in lost})
    assert run.data["rows_in"] == 31 == run.data["kept"] + run.data["dropped"] + len(told)
    said = told[13]
    assert said["file"] == "documents/a.jsonl"
    assert said["error"] == "shard.failed: LookupError: 何か (pipeline.py:{})".format(
        said["error"].rpartition(":")[2].rstrip(")")
    )
    assert BAD in said["raw"]
    again = build(tmp_path / "again", source, workers=1)
    assert again.bytes() == run.bytes()


def test_what_the_machine_refuses_ends_the_run(tmp_path, source, monkeypatch):
    def fails(*_):
        raise MemoryError

    monkeypatch.setattr(Length, "apply", fails)
    with pytest.raises(MemoryError):
        build(tmp_path / "run", source)


def test_too_many_failed_rows_fail_the_run(tmp_path, source, monkeypatch):
    _failing(monkeypatch, Length, "apply")
    run = build(tmp_path / "run", source, max_bad=9)
    assert (run.exit, run.data["quarantined"]) == (3, 10)


def test_without_ray_its_runner_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(SetupError) as caught, Runner(name="ray").connected():
        pass
    assert "jmle-curate[scale]" in caught.value.hint


def test_an_address_is_for_ray_alone():
    with pytest.raises(UsageError, match="--runner ray"):
        Runner(address="localhost:6379")
