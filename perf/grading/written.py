"""The strings written for the grader (tests/grading/written.yaml), as questions and cases."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from curate.models import Provenance, Question

WRITTEN = Path(__file__).resolve().parents[2] / "tests" / "grading" / "written.yaml"
_PLACE = Provenance(source="written", path="written.yaml", sha256="0" * 64, line=1)


class Case(NamedTuple):
    """One string, the grade and the answer it should get; no grade where the question has no key."""

    category: str
    question: Question
    text: str
    grade: str | None
    answer: str


@cache
def cases() -> tuple[Case, ...]:
    """Returns all cases."""
    raw: dict[str, Any] = yaml.safe_load(WRITTEN.read_text(encoding="utf-8"))
    questions = {id_: _question(id_, row) for id_, row in raw["questions"].items()}
    return tuple(_cases(raw["cases"], questions))


def _cases(categories: dict[str, Any], questions: dict[str, Question]) -> Iterator[Case]:
    for category, by_question in categories.items():
        for id_, rows in by_question.items():
            for text, grade, *answer in rows:
                yield Case(category, questions[id_], text, grade, answer[0] if answer else "")


def _question(id_: str, row: dict[str, Any]) -> Question:
    return Question(
        id=id_,
        text=row["stem"],
        choices=row["choices"],
        answers=row["answers"],
        has_image=row.get("image", False),
        provenance=_PLACE,
    )
