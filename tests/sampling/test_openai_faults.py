"""A server that is busy, broken, slow or gone: waited for, or told; the key is nowhere."""

import logging
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import orjson
import pytest
from asked import flat, prompts
from broken_server import failing
from pydantic import ValidationError

from curate.errors import SetupError, UsageError
from curate.sampling import Message, OpenAI, Prompt, Sampling, Skipped
from curate.sampling.engines.http import LONGEST_PAUSE, Patience, _retry_after

KEY = "sk-secretkeyofthistest"
QUICK = {"pause": 0.001, "tries": 3, "model": "m"}
TWO = Sampling(n=2, max_tokens=8)


def _sampled(server, number=1, sampling=TWO, asked=None, **keys):
    with OpenAI(url=server.url, **{**QUICK, **keys}).open() as sampler:
        return flat(sampler.sample(asked or prompts(number), sampling))


def _refused(*faults, **keys):
    with failing(*faults) as server, pytest.raises((SetupError, UsageError)) as caught:
        _sampled(server, **keys)
    return caught.value, server


def test_samples_come_by_prompt_and_index_with_all_that_is_known():
    with failing() as server:
        found = _sampled(server, 3, revision="r1")
    assert [(one.question_id, one.index) for one in found] == [
        (f"Q{at}", index) for at in range(3) for index in range(2)
    ]
    one, asked = found[3], {one.question_id: one for one in prompts(3)}["Q1"]
    assert one.text.endswith(f"seed {TWO.seed_of(asked)} sample 1")
    assert (one.engine, one.model, one.revision, one.seed) == (
        "openai",
        "m",
        "r1",
        TWO.seed_of(asked),
    )
    assert (one.prompt_sha256, one.finish_reason) == (asked.sha256, "stop")
    assert one.sampling == TWO.told()


def test_what_is_asked_is_what_the_settings_say():
    settings = Sampling(n=1, temperature=0, max_tokens=5, stop=("\n",), regex="[a-e]")
    with failing() as server:
        _sampled(server, sampling=settings)
    path, body = server.asked[0]
    assert path == "/v1/completions"
    assert body == {
        "model": "m",
        "prompt": prompts(1)[0].text,
        "temperature": 0,
        "top_p": 1,
        "max_tokens": 5,
        "stop": ["\n"],
        "structured_outputs": {"regex": "[a-e]"},
        "n": 1,
        "seed": settings.seed_of(prompts(1)[0]),
    }


def test_a_chat_is_asked_as_one():
    turns = (Message(role="system", content="解きます。"), Message(role="user", content="骨は？"))
    with failing() as server:
        found = _sampled(server, asked=[Prompt(question_id="Q", template="t", messages=turns)])
    path, body = server.asked[0]
    assert path == "/v1/chat/completions"
    assert body["messages"] == [dict(turn) for turn in turns]
    assert found[0].text.startswith(" 骨は？")


FAULTS = {
    "429": (429, {"Retry-After": "0"}),
    "429 with a date": (429, {"Retry-After": format_datetime(datetime(2020, 1, 1, tzinfo=UTC))}),
    "429 with nonsense": (429, {"Retry-After": "soon"}),
    "500": (500, {}),
    "503": (503, {}),
    "garbage": b"<html>\xff\x00",
    "no choices": b"{}",
    "no list": b'{"choices": 7}',
    "no text": b'{"choices": [{"index": 0}, {"index": 1}]}',
    "no objects": b'{"choices": [1, 2]}',
    "one index twice": b'{"choices": [{"index": 0, "text": "a"}, {"index": 0, "text": "b"}]}',
    "half": "half",
    "closed": "closed",
}


@pytest.mark.parametrize("what", FAULTS)
def test_a_passing_fault_is_waited_out(what):
    with failing(FAULTS[what], FAULTS[what]) as server:
        found = _sampled(server)
    assert len(found) == 2
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("429", "HTTP 429"),
        ("500", "HTTP 500"),
        ("garbage", "the answer is no JSON"),
        ("half", "RemoteProtocolError"),
    ],
)
def test_a_lasting_fault_is_told(what, told):
    error, server = _refused(*[FAULTS[what]] * 3)
    assert f"asked 3 times and gave no answer that can be used: {told}" in error.message
    assert error.where == server.url
    assert "goes on from here" in error.hint


def test_a_server_that_never_answers_is_given_up():
    error, _ = _refused("silent", "silent", tries=2, timeout=0.2)
    assert error.message.endswith("no answer within 0.2 s")
    assert error.exit == 5


def test_no_server_at_all_is_told():
    with failing() as server:
        pass
    with pytest.raises(SetupError, match="ConnectError"):
        _sampled(server)


def test_the_prompts_that_came_before_a_fault_are_not_lost():
    with failing() as server, OpenAI(url=server.url, in_flight=1, **QUICK).open() as sampler:
        found = sampler.sample(prompts(5), TWO)
        first = next(found)
        server.faults += [(500, {})] * 20
        with pytest.raises(SetupError):
            list(found)
    assert {one.question_id for one in first} == {"Q0"}


LONG = orjson.dumps({"error": {"message": "maximum context length is 10", "code": 400}})


@pytest.mark.parametrize(
    "body", [LONG, orjson.dumps({"error": {"message": "", "code": "context_length_exceeded"}})]
)
def test_a_prompt_too_long_for_the_server_is_skipped(body):
    with failing((400, {}, body), models=[{"id": "m", "max_model_len": 10}]) as server:
        found = _sampled(server, 2, in_flight=1)
    assert found[0] == Skipped(question_id="Q0", reason="prompt.too_long", context=10)
    assert [one.question_id for one in found[1:]] == ["Q1", "Q1"]


def test_the_server_says_how_long_its_context_is():
    with failing(models=[{"id": "m", "max_model_len": 10}, {"id": "n"}]) as server:
        for model, context in (("m", 10), ("n", None), ("other", None)):
            with OpenAI(url=server.url, **{**QUICK, "model": model}).open() as sampler:
                assert sampler.context == context


def test_as_many_requests_are_in_flight_as_asked_for_and_no_more():
    with failing(together=8) as server:
        found = _sampled(server, 40, in_flight=8)
    assert server.most == 8
    assert len(found) == 80


def test_a_server_without_n_is_told_and_can_be_asked_one_by_one():
    with failing(fewer=True) as server:
        with pytest.raises(UsageError, match="gave 1 samples where 2 were asked for") as caught:
            _sampled(server)
        found = _sampled(server, one_each=True)
    assert "one_each" in caught.value.hint
    assert [one.index for one in found] == [0, 1]
    assert found[0].text != found[1].text


def _everything(error, caplog):
    return f"{error!r} {error} {error.__dict__} {error.__cause__!r} {caplog.text}"


@pytest.mark.parametrize("status", [401, 403, 404, 422, 500])
def test_neither_key_nor_text_is_told(monkeypatch, caplog, status):
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("MY_KEY", KEY)
    body = {"error": {"message": f"wrong key {KEY}: 骨はどれか", "code": KEY.replace("-", "_")}}
    body["error"]["type"] = KEY
    error, server = _refused(*[(status, {}, body)] * 3, key_env="MY_KEY")
    assert server.headers[0]["Authorization"] == f"Bearer {KEY}"
    told = _everything(error, caplog)
    assert KEY not in told
    assert "secretkey" not in told
    assert "骨" not in told


def test_the_key_is_in_no_record(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with failing() as server:
        engine = OpenAI(url=server.url, **QUICK)
        with engine.open() as sampler:
            found = flat(sampler.sample(prompts(1), TWO))
    assert KEY not in f"{engine!r} {engine.state()} {found!r}"


def test_a_key_does_not_travel_unencrypted(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with pytest.raises(UsageError, match="would travel unencrypted"):
        OpenAI(url="http://example.invalid/v1", **QUICK).open().__enter__()


@pytest.mark.parametrize(
    "url", ["ftp://a/v1", "a/v1", "https://me:secret@a/v1", "https://a/v1?key=1", "https://a/v1#b"]
)
def test_a_url_holds_no_secret(url):
    with pytest.raises(ValidationError):
        OpenAI(url=url, model="m")


def test_pauses_grow_and_are_spread():
    patience = Patience(tries=8, timeout=1, pause=0.5)
    assert [patience.before(at, 1.0) for at in (1, 2, 3, 4)] == [0.5, 1.0, 2.0, 4.0]
    assert patience.before(3, 0.0) == 1.0
    assert patience.before(30, 1.0) == LONGEST_PAUSE


def test_a_server_says_how_long_to_wait():
    later = datetime.now(UTC) + timedelta(seconds=90)
    assert 80 < _retry_after(format_datetime(later, usegmt=True)) <= 90
    assert [_retry_after(value) for value in ("7", "999999999999", "-1", "", None)] == [
        7,
        LONGEST_PAUSE,
        0,
        0,
        0,
    ]
