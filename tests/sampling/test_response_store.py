"""Stored responses: the same whether a run was interrupted or not, and nothing is sampled twice."""

import pytest
from asked import prompts

from curate.models import Response
from curate.runs import WorkFolder
from curate.sampling import Engine, Sampling, Skipped, response_frame, stored_responses
from curate.sampling.store import Pace

TWO = Sampling(n=2)


class Dice(Engine):
    """An engine that says what it was asked, and breaks down when it is told to."""

    engine: str = "dice"
    shard: int = 4
    model: str = "m"

    def state(self):
        return {"model": self.model}


class Apart(Dice):
    """The same, prompt by prompt."""

    alone = True


class Thrown:
    """Its sampler; `asked` has all prompts that it ever answered."""

    tokenizer = None
    context = None

    def __init__(self, breaks_at=None):
        self.asked = []
        self.breaks_at = breaks_at

    def sample(self, wanted, sampling):
        for prompt in wanted:
            if prompt.question_id == self.breaks_at:
                raise KeyboardInterrupt
            self.asked.append(prompt.question_id)
            if prompt.question_id == "Q3":
                yield Skipped(question_id="Q3", reason="prompt.too_long")
                continue
            said = f"{prompt.text} {sampling.seed_of(prompt)}"
            yield [
                Response(
                    question_id=prompt.question_id, engine="vllm", index=at, text=f"{said} {at}"
                )
                for at in range(sampling.n)
            ]


def _quiet(*_):
    pass


def _folder(tmp_path, name="work"):
    (tmp_path / name).mkdir(exist_ok=True)
    return WorkFolder(tmp_path / name)


def _stored(work, sampler, number=10, engine=None, sampling=TWO, progress=_quiet):
    opened = (engine or Dice(), sampler)
    return stored_responses(work, opened, prompts(number), sampling, progress)


def _bytes(stored):
    return [(file.name, file.read_bytes()) for file in stored.files]


def test_responses_come_back_in_order_with_what_was_skipped(tmp_path):
    stored = _stored(_folder(tmp_path), Thrown())
    found = [(one.question_id, one.index) for one in stored.responses()]
    assert found == [(f"Q{at}", index) for at in range(10) if at != 3 for index in range(2)]
    assert [one.question_id for one in stored.skipped()] == ["Q3"]
    assert len(stored.files) == 3


@pytest.mark.parametrize("engine", [Dice(), Apart()])
@pytest.mark.parametrize("at", ["Q0", "Q1", "Q4", "Q6", "Q9"])
def test_an_interrupted_run_goes_on_and_gives_the_same_bytes(tmp_path, engine, at):
    whole = _stored(_folder(tmp_path, "whole"), Thrown(), engine=engine)
    work, first, second = _folder(tmp_path), Thrown(breaks_at=at), Thrown()
    with pytest.raises(KeyboardInterrupt):
        _stored(work, first, engine=engine)
    stored = _stored(work, second, engine=engine)
    assert _bytes(stored) == _bytes(whole)
    assert not list(work.path.glob("*.part.*"))
    twice = set(first.asked) & set(second.asked)
    assert not twice if engine.alone else len(twice) < engine.shard
    assert {*first.asked, *second.asked} == {f"Q{number}" for number in range(10)}


def test_a_finished_run_samples_nothing(tmp_path):
    work, again = _folder(tmp_path), Thrown()
    first = _stored(work, Thrown())
    assert _bytes(_stored(work, again)) == _bytes(first)
    assert again.asked == []


@pytest.mark.parametrize(
    "other", [{"sampling": Sampling(n=2, seed=1)}, {"engine": Dice(model="other")}, {"number": 9}]
)
def test_what_was_sampled_otherwise_is_not_taken(tmp_path, other):
    work, again = _folder(tmp_path), Thrown()
    _stored(work, Thrown())
    _stored(work, again, **other)
    assert again.asked[-1] == f"Q{other.get('number', 10) - 1}"
    assert len(again.asked) == (1 if "number" in other else 10)


def test_one_question_twice_is_refused(tmp_path):
    twice = [*prompts(2), *prompts(1)]
    with pytest.raises(ValueError, match="stands twice"):
        stored_responses(_folder(tmp_path), (Dice(), Thrown()), twice, TWO, _quiet)


def test_an_engine_that_answers_something_else_is_a_bug(tmp_path):
    class Deaf(Thrown):
        def sample(self, wanted, sampling):
            return super().sample(list(wanted)[1:], sampling)

    with pytest.raises(RuntimeError, match="no answer to 'Q0' in its turn"):
        _stored(_folder(tmp_path), Deaf())


def test_progress_counts_what_was_there_before(tmp_path):
    told = []
    work = _folder(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        _stored(work, Thrown(breaks_at="Q5"))
    _stored(work, Thrown(), progress=lambda *words: told.append(words))
    assert told[0] == ("sampling", 4, 10)
    assert [(done, total) for _, done, total in told[1:]] == [(at, 10) for at in range(5, 11)]


@pytest.mark.parametrize(
    ("seconds", "before", "told"),
    [
        (0.5, 79, "sampling, 2 prompts/s, 10 s left"),
        (5, 19, "sampling, 0.2 prompts/s, 7 min left"),
        (300, 19, "sampling, 0.00333 prompts/s, 6.7 h left"),
        (0, 99, "sampling, 1e+09 prompts/s, 0 s left"),
    ],
)
def test_the_pace_tells_rate_and_time_left(seconds, before, told):
    heard = []
    pace = Pace(100, before, lambda *words: heard.append(words), iter([0, seconds]).__next__)
    pace.another()
    assert heard == [("sampling", before, 100), (told, before + 1, 100)]


def test_responses_make_a_table_whatever_is_known_of_them():
    known = Response(
        question_id="Q", engine="vllm", sampling=TWO.told(), seed=2**31 - 1, text="a", flags=["x"]
    )
    recorded = Response(question_id="R", engine="recorded", text="\x00")
    frame = response_frame([known, recorded])
    assert frame.columns == list(Response.model_fields)
    assert frame["sampling"].to_list() == [{**TWO.told(), "stop": []}, None]
    assert frame["text"].to_list() == ["a", "\x00"]
    assert response_frame([]).schema == frame.schema
