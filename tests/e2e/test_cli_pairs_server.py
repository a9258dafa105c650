"""`curate make-pairs` with a server: pairs from what it says, its faults waited for, nothing asked twice."""

import polars as pl
import pytest
from broken_server import failing

from curate.artefacts import share

HELD_OUT = share("pipelines", "demo", "held_out.jsonl")
KEY = "sk-secretkeyofthisserver"
MANY = 1 << 20


@pytest.fixture
def make(cli, demo_run, monkeypatch):
    """Runs make-pairs on the demo's corpus with a server that has a key."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)

    def make(server, out, *settings):
        quick = ("engine.pause=0.001", "engine.tries=3", "engine.in_flight=2", *settings)
        return cli(
            *("make-pairs", "--corpus", demo_run, "--engine", "openai", "--model", "m"),
            *("--url", server.url, "--benchmark", f"held-out={HELD_OUT}", "--n", 2, "--out", out),
            *(word for setting in quick for word in ("--set", setting)),
        )

    return make


def _says(said, at):
    """Two answers to each question, one of them wrong at least where one letter is asked for."""
    why = ("選択肢を順に検討し、条件に合うものを残した", "第一印象で決めた")[at]
    return f" {why}（{len(said)}）。\n Answer: {'ab'[at]}"


def test_a_servers_answers_are_paired_and_its_faults_waited_for(make, tmp_path, contents):
    out = tmp_path / "pairs"
    with failing((429, {"Retry-After": "0"}), (500, {}), "closed", says=_says) as server:
        told = make(server, out)
    assert told.code == 0, told.err
    responses, pairs = (pl.read_parquet(out / f"{name}.parquet") for name in ("responses", "pairs"))
    assert set(responses["engine"]) == {"openai"}
    assert responses.height == 2 * responses["question_id"].n_unique()
    assert {"correct", "incorrect"} <= set(responses["grade"])
    assert len(server.asked) == responses["question_id"].n_unique() + 3
    assert set(pairs["chosen_tier"]) == {"ground_truth", "chosen"}
    assert {headers["Authorization"] for headers in server.headers} == {f"Bearer {KEY}"}
    assert KEY not in told.out + told.err
    assert not [name for name, data in contents(out).items() if KEY.encode() in data]


def test_what_a_dying_server_said_is_not_asked_again(make, tmp_path, contents):
    small = "engine.shard=4"
    with failing(says=_says, last=MANY) as server:
        assert make(server, tmp_path / "whole", small).code == 0
        wanted = [body["prompt"] for _, body in server.asked]
        server.asked.clear()
        server.last = 9
        broken = make(server, tmp_path / "broken", small)
        assert broken.code == 5
        assert "503" in broken.err
        server.last = MANY
        server.asked.clear()
        assert make(server, tmp_path / "broken", small).code == 0
        again = [body["prompt"] for _, body in server.asked]
    assert 0 < len(again) < len(wanted)
    assert set(again) < set(wanted)
    whole, mended = contents(tmp_path / "whole"), contents(tmp_path / "broken")
    del whole["manifest.json"], mended["manifest.json"]
    assert mended == whole
