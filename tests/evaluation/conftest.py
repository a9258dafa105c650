"""Writes the invented exam and predictions of it."""

import pytest
from score_exam import KEYS, question, right, write

from curate.jobs.score import score


@pytest.fixture
def exam(tmp_path):
    """Writes the exam, with changes by id, and returns NAME=PATH."""

    def make(**changes):
        rows = [question(id_, **changes.get(id_, {})) for id_ in KEYS]
        return f"birds={write(tmp_path / 'exam.jsonl', rows)}"

    return make


@pytest.fixture
def predictions(tmp_path):
    """Writes a file of predictions, by id or as rows, and returns it."""

    def make(said, name="said.jsonl"):
        rows = said
        if isinstance(said, dict):
            rows = [{"question_id": id_, "prediction": text} for id_, text in said.items()]
        return write(tmp_path / name, rows)

    return make


@pytest.fixture
def scored(exam, predictions):
    """Scores answers on the exam as it is; all are right but for those given."""

    def run(said=(), ids=tuple(KEYS), **options):
        texts = {id_: right(id_) for id_ in ids} | dict(said)
        return score([predictions(texts)], exam(), **options)

    return run
