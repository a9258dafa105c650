"""`curate evaluate` with a server: what it says is scored, its faults waited for, nothing asked twice."""

import polars as pl
import pytest
from broken_server import failing

KEY = "sk-secretkeyofthisserver"
MANY = 1 << 20
ITEMS = 12


@pytest.fixture
def evaluate(cli, write, monkeypatch):
    """Evaluates a server that has a key on an exam of twelve invented questions."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    exam = [
        {"id": f"30A{at}", "exam": "30", "section": "A", "year": 2020, "text": f"第{at}の鳥はどれか。",
         "choices": ["鷹", "鷲", "鳶", "梟", "雀"], "answers": [["ab"[at % 2]]]}
        for at in range(1, ITEMS + 1)
    ]  # fmt: skip
    path = write("exam.jsonl", exam)

    def evaluate(server, out):
        quick = ("engine.pause=0.001", "engine.tries=3", "engine.in_flight=2", "engine.shard=4")
        return cli(
            *("evaluate", "--engine", "openai", "--model", "m", "--url", server.url),
            *("--benchmark", f"birds={path}", "--mode", "alpaca,cot", "--out", out),
            *("--format", "json"),
            *(word for setting in quick for word in ("--set", setting)),
        )

    return evaluate


def _says(said, at):
    return "b"


def test_a_servers_answers_are_scored_and_its_faults_waited_for(evaluate, tmp_path, contents):
    out = tmp_path / "run"
    with failing((429, {"Retry-After": "0"}), (500, {}), "closed", says=_says) as server:
        told = evaluate(server, out)
    assert told.code == 0, told.err
    assert [(one["mode"], one["score"], one["total"]) for one in told.data["results"]] == [
        ("alpaca", ITEMS // 2, ITEMS),
        ("cot", ITEMS // 2, ITEMS),
    ]
    assert len(server.asked) == 2 * ITEMS + 3
    responses = pl.read_parquet(out / "responses.parquet")
    assert (responses.height, set(responses["engine"])) == (2 * ITEMS, {"openai"})
    assert {headers["Authorization"] for headers in server.headers} == {f"Bearer {KEY}"}
    assert KEY not in told.out + told.err
    assert not [name for name, data in contents(out).items() if KEY.encode() in data]


def test_what_a_dying_server_said_is_not_asked_again(evaluate, tmp_path, contents):
    with failing(says=_says, last=MANY) as server:
        assert evaluate(server, tmp_path / "whole").code == 0
        wanted = [body["prompt"] for _, body in server.asked]
        server.asked.clear()
        server.last = 9
        assert evaluate(server, tmp_path / "broken").code == 5
        server.last = MANY
        server.asked.clear()
        assert evaluate(server, tmp_path / "broken").code == 0
        again = [body["prompt"] for _, body in server.asked]
    assert 0 < len(again) < len(wanted)
    assert set(again) < set(wanted)
    whole, mended = contents(tmp_path / "whole"), contents(tmp_path / "broken")
    del whole["manifest.json"], mended["manifest.json"]
    assert mended == whole
