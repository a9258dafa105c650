"""Makes a question on the spot."""

import pytest

from curate.models import Provenance, Question

PLACE = Provenance(source="test", path="made.jsonl", sha256="0" * 64, line=1)
CHOICES = ["星の並び", "川の流れ", "地磁気", "月の満ち欠け", "風の匂い"]


@pytest.fixture(scope="session")
def question():
    def make(answers=(("c",),), choices=CHOICES, **fields):
        stem = fields.pop("text", "渡り鳥が帰る方角を知るのに用いるのはどれか。")
        return Question(
            id=fields.pop("id", "q"),
            text=stem,
            choices=list(choices),
            answers=[list(answer) for answer in answers],
            provenance=PLACE,
            **fields,
        )

    return make
