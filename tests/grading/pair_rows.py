"""Invented questions and graded responses for the tests of tiers and pairs."""

import polars as pl

from curate.corpus.frame import shard_frame
from curate.grading import grade_frame, graders
from curate.models import Provenance, Question
from curate.sampling import prompt_templates, read_template

PLACE = Provenance(source="s", path="a", sha256="0" * 64, line=1)
CHOICES = ["心臓の左室", "胃の前庭部", "肺の下葉", "腎臓の皮質", "肝臓の右葉"]
WHO = "its author, against the key"
PAPER = read_template(prompt_templates()["paper"])
DIRECT = read_template(prompt_templates()["direct"])


def asked(id_="Q1", **keys):
    """A question with a verified explanation; its key is its first option."""
    row = {
        "id": id_,
        "text": f"血液を全身に送り出すのはどれか（{id_}）。",
        "choices": CHOICES,
        "answers": [["a"]],
        "explanation": "左室は厚い壁で血液を大動脈へ押し出す。",
        "explanation_verified": WHO,
        **keys,
    }
    if row["explanation"] is None:
        row["explanation_verified"] = None
    return Question(**row, provenance=PLACE)


def rows(*questions):
    """The questions as rows of kept.parquet."""
    return shard_frame(questions, range(len(questions)))


def answered(*answers, question=None, label="Answer:", **columns):
    """Graded responses: (text, finish reason) or texts alone, to one question."""
    question = question or asked()
    given = [one if isinstance(one, tuple) else (one, "stop") for one in answers]
    frame = pl.DataFrame(
        {
            "question_id": [question.id] * len(given),
            "index": range(len(given)),
            "text": [text for text, _ in given],
            "finish_reason": [reason for _, reason in given],
            "engine": ["recorded"] * len(given),
        },
        schema_overrides={"index": pl.Int64},
    )
    graded = grade_frame(frame, graders({question.id: question}, label))
    nothing = pl.lit(None, dtype=pl.String)
    return graded.with_columns(**{"leak": nothing, **columns})
