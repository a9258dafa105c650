"""Recorded answers: every row is used, or counted with its line."""

import orjson
import polars as pl
import pytest
from asked import flat, prompts

from curate.errors import InputError, UsageError
from curate.sampling import Recorded, Sampling, Skipped

SAMPLING = Sampling()


def _written(tmp_path, *answers, name="answers.jsonl"):
    path = tmp_path / name
    lines = [one if isinstance(one, bytes) else orjson.dumps(one) for one in answers]
    path.write_bytes(b"\n".join(lines))
    return path


def _row(id_="Q0", text=" 解説。\n Answer: a", **keys):
    return {"question_id": id_, "text": text, **keys}


def _read(path, number=2, **keys):
    with Recorded(responses=str(path), **keys).open() as sampler:
        return sampler, flat(sampler.sample(prompts(number), SAMPLING))


def _bad(sampler):
    return [(one.line, one.error) for one in sampler.bad]


def test_answers_come_in_the_order_of_the_questions(tmp_path):
    path = _written(tmp_path, _row("Q1"), _row("Q0", "一"), _row("Q0", "二"), _row("Q1", "三"))
    sampler, found = _read(path)
    assert [(one.question_id, one.index, one.text[:1]) for one in found] == [
        ("Q0", 0, "一"),
        ("Q0", 1, "二"),
        ("Q1", 0, " "),
        ("Q1", 1, "三"),
    ]
    assert sampler.bad == []
    assert {one.engine for one in found} == {"recorded"}


def test_what_is_known_is_kept(tmp_path):
    path = _written(tmp_path, _row(model="m", finish_reason="length", index=3))
    _, found = _read(path, 1)
    assert (found[0].model, found[0].finish_reason, found[0].index) == ("m", "length", 3)
    assert (found[0].prompt_sha256, found[0].seed, found[0].sampling) == (None, None, {})


def test_parquet_and_other_names_are_read(tmp_path):
    path = tmp_path / "answers.parquet"
    pl.DataFrame({"problem_id": ["Q0", "Q1"], "prediction": ["a", "b"]}).write_parquet(path)
    _, found = _read(path, fields={"question_id": "problem_id", "text": "prediction"})
    assert [one.text for one in found] == ["a", "b"]


@pytest.mark.parametrize("text", ["", "あ" * 100_000, "\x00\x01\x1b[2J\x7f"])
def test_any_text_is_kept_as_it_came(tmp_path, text):
    _, found = _read(_written(tmp_path, _row(text=text)), 1)
    assert found[0].text == text


BAD = {
    b"{": "not JSON",
    b"[1]": "expected a JSON object",
    orjson.dumps({"text": "a"}): "the field 'question_id' is missing",
    orjson.dumps(
        {"question_id": "Q0", "tekst": "a"}
    ): "the field 'text' is missing. Did you mean 'tekst'?",
    orjson.dumps(_row(text=None)): "text: expected a text",
    orjson.dumps(_row(id_="")): "question_id: expected an id",
    orjson.dumps(_row(index=-1)): "index: expected a whole number",
    orjson.dumps(_row(index=True)): "index: expected a whole number",
    orjson.dumps(_row(model=7)): "model: expected a text",
}


@pytest.mark.parametrize("line", BAD)
def test_a_row_that_cannot_be_used_is_counted_with_its_line(tmp_path, line):
    sampler, found = _read(_written(tmp_path, _row(), line), 1)
    ((number, error),) = _bad(sampler)
    assert number == 2
    assert error.startswith(BAD[line])
    assert len(found) == 1


def test_an_answer_given_twice_counts_once_and_two_answers_with_one_index_are_told(tmp_path):
    path = _written(tmp_path, _row(index=0), _row(index=0), _row(text="他", index=0))
    sampler, found = _read(path, 1)
    assert sampler.repeated == 1
    assert _bad(sampler) == [(3, "index 0 of question 'Q0' stands in line 1 too")]
    assert len(found) == 1


def test_unknown_questions_are_told_with_their_line(tmp_path):
    sampler, found = _read(_written(tmp_path, _row("X"), _row("Q0")), 1)
    told = sampler.unknown({"Q0"})
    assert [(one.file, one.line, one.error) for one in told] == [
        ("answers.jsonl", 1, "no question 'X' is asked")
    ]
    assert len(found) == 1


def test_a_question_without_an_answer_is_skipped(tmp_path):
    _, found = _read(_written(tmp_path, _row("Q0")))
    assert found[1] == Skipped(question_id="Q1", reason="recorded.none")


def test_two_models_are_not_mixed(tmp_path):
    path = _written(tmp_path, _row(model="one"), _row("Q1", model="two"), _row("Q1"))
    with pytest.raises(InputError, match=r"one \(line 1\), two \(line 2\), no name \(line 3\)"):
        _read(path)


def test_one_of_two_models_may_be_chosen(tmp_path):
    path = _written(tmp_path, _row(model="one"), _row("Q1", model="two"))
    sampler, found = _read(path, model="two")
    assert sampler.other_models == 1
    assert [one.question_id for one in found if not isinstance(one, Skipped)] == ["Q1"]
    with pytest.raises(UsageError, match=r"no answer of the model 'tow'\. Did you mean 'two'"):
        _read(path, model="tow")


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        _read(tmp_path / "none.jsonl")


@pytest.mark.data
def test_real_predictions_are_read(real_data):
    path = real_data / "igakuqa" / "baseline_results" / "2018" / "112-A_gpt4.jsonl"
    names = {"question_id": "problem_id", "text": "prediction"}
    with Recorded(responses=str(path), fields=names).open() as sampler:
        assert sampler.bad == []
        assert len(sampler.unknown(())) == 75
