"""An invented benchmark of 40 items, two of them with an English translation, and records to look in."""

from pathlib import Path

import orjson

from curate.leakage import BenchmarkItem
from curate.models import Document, Provenance, Question

DEMO = Path(__file__).parents[2] / "pipelines" / "demo"
PLACE = Provenance(source="own", path="a.jsonl", sha256="0" * 64, line=1)
EARLIER = ("14A1", "14A2", "14A3", "14A4", "14A5", "14A6", "14A7", "14A8")
EARLIER += ("14B1", "14B2", "14B3", "14B4", "14B5", "14C1", "14C2", "14C3")
ENGLISH = {
    "20A1": (
        "After many deep, fast breaths a swimmer lost consciousness under water. What explains this?",
        (
            "The oxygen content of arterial blood rose too high and widened the vessels of the brain",
            "The partial pressure of carbon dioxide fell, so hypoxia came before the urge to breathe",
            "The blood turned acidic and the respiratory centre failed",
            "The phrenic nerve tired and stopped conducting",
            "The surface tension of the alveoli rose suddenly and the lungs collapsed",
        ),
    ),
    "20B2": (
        "Five years after resection of the ileum a patient has numb hands and anaemia. What is lacking?",
        ("Vitamin C", "Vitamin B12", "Vitamin K", "Iron", "Thiamine"),
    ),
}


def _rows(name):
    for line in (DEMO / name).read_text(encoding="utf-8").splitlines():
        yield orjson.loads(line)


def _question(row, **keys):
    known = {name: value for name, value in row.items() if name in Question.model_fields}
    return Question(**{**known, "provenance": PLACE, **keys})


def _items():
    plain = {"explanation": None, "published": None, "year": 2020, "exam": "20"}
    for row in _rows("held_out.jsonl"):
        yield BenchmarkItem("held-out", _question(row), *ENGLISH.get(row["id"], ()))
    for row in _rows("exams.jsonl"):
        if row["id"] in EARLIER:
            yield BenchmarkItem("held-out", _question(row, **plain))


ITEMS = tuple(_items())
BY_ID = {item.question.id: item for item in ITEMS}
OTHERS = [
    _question(row, year=2000 + int(row["exam"]))
    for row in _rows("exams.jsonl")
    if row["exam"] in ("16", "17") and row["id"][2:] not in ("A9", "A10", "A11", "A12")
]
"""Questions that share no item of the benchmark."""
PAGES = {
    row["id"]: Document(id=row["id"], text=row["text"], provenance=PLACE)
    for row in _rows("textbook.jsonl")
}


def copy(id_, **keys):
    """The item as a record of another year of publication, with some of its fields changed."""
    plain = {"id": "copy", "year": 2021, "exam": "99"}
    return BY_ID[id_].question.model_copy(update={**plain, **keys})


def page(text):
    """A document."""
    return Document(id="page", text=text, provenance=PLACE)


def verdicts(detector, record):
    """item -> the verdict of the record on it."""
    return {finding.item_id: finding.verdict.value for finding in detector.find(record)}


def parts(detector, record, item_id):
    """The parts of an item that were found in a record."""
    return {f.part.value for f in detector.find(record) if f.item_id == item_id}
