"""Pairs from the real corpus with answers made by rule; skipped where $JMLE_DATA is not there."""

import pytest
from recorded_answers import questions, right, written, wrong

from curate.models import PairLedger

pytestmark = [pytest.mark.data, pytest.mark.xdist_group("real data")]

RECIPE = """\
recipe: corpus/1
sources:
  - {path: yakugakuqa, layout: yakugakuqa, explanation_verified: "the publisher, against the key"}
max_year: 2017
stages:
  - {stage: year}
  - {stage: length, min_chars: 10, max_chars: 20000}
  - {stage: exact_duplicates}
  - {stage: leakage, power_floor: 0.95}
  - {stage: explanation}
  - {stage: render, template: question}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("real-pairs")


@pytest.fixture(scope="module")
def corpus(real_data, cli, folder):
    """The kept part of yakugakuqa up to 2017."""
    recipe, run = folder / "corpus.yaml", folder / "corpus"
    recipe.write_text(RECIPE, encoding="utf-8")
    words = ("--recipe", recipe, "--benchmark", f"igakuqa={real_data / 'igakuqa'}", "--out", run)
    assert cli("build-corpus", real_data / "yakugakuqa", *words).code == 0
    return run


@pytest.fixture(scope="module")
def run(real_data, cli, corpus, folder):
    """Pairs of it: one right and one wrong answer to each question."""

    def both(row):
        return [(right(row), "stop"), (wrong(row), "stop")]

    answers = written(folder / "answers.jsonl", questions(corpus), both)
    run = folder / "pairs"
    words = ("--corpus", corpus, "--responses", answers, "--out", run)
    told = cli("make-pairs", *words, "--benchmark", f"igakuqa={real_data / 'igakuqa'}")
    assert told.code == 0, told.err
    return run


def test_nearly_every_question_that_can_be_asked_gives_all_three_pairs(run):
    ledger = PairLedger.model_validate_json((run / "ledger.json").read_bytes())
    asked = ledger.stage("questions").rows_out
    assert asked > 1_400
    for name in ("ground_truth.chosen", "ground_truth.rejected", "chosen.rejected"):
        assert ledger.stage(f"pairs.{name}").rows_out > 0.95 * asked


def test_the_answers_made_by_rule_are_graded_as_they_were_made(run, table):
    responses = table(run / "responses.parquet")
    right = [row["grade"] for row in responses if row["index"] == 0]
    wrong = [row["grade"] for row in responses if row["index"] == 1]
    assert set(right) == {"correct"}
    assert wrong.count("incorrect") > 0.99 * len(wrong)


def test_the_audit_passes_and_names_the_corpus(run, corpus, read_json, cli):
    audit, parent = read_json(run / "audit.json"), read_json(corpus / "audit.json")
    assert (audit["verdict"], audit["parent"]) == ("pass", parent["content_sha256"])
    assert cli("verify", run).code == 0


def test_a_question_whose_prompt_leaks_is_in_no_pair(run, table):
    leaking = {row["record_id"] for row in table(run / "findings.parquet")}
    assert not leaking & {row["question_id"] for row in table(run / "pairs.parquet")}
