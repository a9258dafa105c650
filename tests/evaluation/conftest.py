"""An invented exam of two years and three sections, and predictions of it."""

import json
from pathlib import Path

import pytest

from curate.jobs.score import score

CHOICES = ["北極星", "南十字星", "地磁気", "潮の流れ", "風の匂い"]
KEYS = {
    "40A1": [["c"]],
    "40A2": [["a", "d"]],
    "40A3": [["26"]],
    "40B1": [["b"]],
    "40B2": [["a"], ["e"]],
    "41A1": [["e"]],
    "41A2": [["d"]],
}


def question(id_, **more):
    key = KEYS[id_]
    return {
        "id": id_,
        "exam": id_[:2],
        "year": 1906 + int(id_[:2]),
        "section": id_[2],
        "text": f"渡り鳥の {id_} 番目の手がかりはどれか。",
        "choices": [] if key == [["26"]] else CHOICES,
        "answers": key,
        "points": 3 if id_[2] == "B" else 1,
        "required": id_[2] == "B",
    } | more


def right(id_):
    return ",".join(KEYS[id_][0])


def write(path: Path, rows) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


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
