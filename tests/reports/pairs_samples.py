"""An invented run of `make-pairs`: general physiology written for these tests, no exam's."""

import hashlib
import random

import polars as pl
from report_samples import HOSTILE, audit, sha

from curate.models import AuditVerdict, Grade, PairLedger, PairStage, SampledBy, Tier
from curate.reports import PairsFacts, pairs_report

STEM = "水を1L飲んだ健康な成人で、血漿浸透圧の低下に続いて起こる反応はどれか。"
CHOICES = [
    "バソプレシンの分泌の低下",
    "口渇の増強",
    "レニンの分泌の増加",
    "発汗の停止",
    "呼吸数の増加",
]
SENTENCES = [
    "水を飲むと血漿浸透圧が下がる。",
    "視床下部の浸透圧受容器がこれを感じ取る。",
    "下垂体後葉からのバソプレシンの分泌が減る。",
    "集合管の水の透過性が下がり、薄い尿が出る。",
    "口渇は浸透圧が上がったときに強まる。",
    "レニンは腎動脈の圧が下がると増える。",
    "したがって尿量は一時間ほどで増えはじめる。",
]
OTHERS = (
    (Grade.NO_ANSWER, "no_answer"), (Grade.TRUNCATED, "truncated"), (Grade.REFUSED, "refused"),
    (Grade.WRONG_COUNT, "answer_line"), (Grade.OUT_OF_RANGE, "answer_line"),
    (Grade.CONFLICTING, "answer_line"), (Grade.DEGENERATE, "degenerate"),
)  # fmt: skip
RESPONSE_SCHEMA = {
    "question_id": pl.String, "index": pl.Int64, "model": pl.String, "text": pl.String,
    "finish_reason": pl.String, "explanation": pl.String, "answer": pl.List(pl.String),
    "grade": pl.String, "strict": pl.Boolean, "pattern": pl.String, "flags": pl.List(pl.String),
}  # fmt: skip
PAIR_SCHEMA = {
    "prompt": pl.String, "chosen": pl.String, "rejected": pl.String, "chosen_tier": pl.String,
    "rejected_tier": pl.String, "question_id": pl.String, "year": pl.Int64,
    "chosen_sha256": pl.String, "rejected_sha256": pl.String,
    "chosen_index": pl.Int64, "rejected_index": pl.Int64, "prompt_tokens": pl.Int64,
    "chosen_tokens": pl.Int64, "rejected_tokens": pl.Int64, "audit": pl.String,
}  # fmt: skip
QUESTION_SCHEMA = {
    "id": pl.String, "kind": pl.String, "year": pl.Int64, "text": pl.String,
    "vignette": pl.String, "choices": pl.List(pl.String), "answers": pl.List(pl.List(pl.String)),
    "explanation": pl.String, "explanation_verified": pl.String,
}  # fmt: skip


def questions(number: int, text: str = STEM) -> pl.DataFrame:
    """Returns questions with explanations; every tenth is not verified."""
    rows = [
        {
            "id": f"Q{at:03}",
            "kind": "question",
            "year": 2015,
            "text": text,
            "choices": CHOICES,
            "answers": [["a"]],
            "explanation": _explained(at, 4),
            "explanation_verified": None if at % 10 == 9 else "written for the tests",
        }
        for at in range(number)
    ]
    return pl.DataFrame(rows, schema=QUESTION_SCHEMA)


def responses(number: int, extra: str = "") -> pl.DataFrame:
    """Returns four samples a question, so that every grade occurs; `extra` stands in each text."""
    rows = []
    for at in range(number):
        right = at % 5
        for index in range(4):
            grade, pattern = (
                (Grade.CORRECT, "answer_line") if index < right else (Grade.INCORRECT, "prose")
            )
            if index == 3 and at % 3 == 0:
                grade, pattern = OTHERS[at // 3 % len(OTHERS)]
            said = {Grade.CORRECT: ["a"], Grade.INCORRECT: ["c"], Grade.WRONG_COUNT: ["a", "b"]}
            text = _explained(at * 4 + index, 2 if grade is Grade.INCORRECT else 3)
            rows.append(
                {
                    "question_id": f"Q{at:03}",
                    "index": index,
                    "model": "demo-model",
                    "text": "" if grade is Grade.DEGENERATE else f" {text}{extra}\n答え: {index}",
                    "finish_reason": "length" if grade is Grade.TRUNCATED else "stop",
                    "answer": said.get(grade, []),
                    "grade": grade.value,
                    "strict": grade is Grade.CORRECT and index % 2 == 0,
                    "pattern": pattern,
                    "flags": ["answer_first"] if index == 2 else [],
                }
            )
    return pl.DataFrame(rows, schema=RESPONSE_SCHEMA)


def pairs(asked: pl.DataFrame, sampled: pl.DataFrame, *, tokens: bool = True) -> pl.DataFrame:
    """Returns a pair of each two tiers that a question has."""
    tier_of = {Grade.CORRECT.value: Tier.CHOSEN, Grade.INCORRECT.value: Tier.REJECTED}
    rows = []
    for question in asked.iter_rows(named=True):
        sides = {}
        if question["explanation_verified"]:
            sides[Tier.GROUND_TRUTH] = f" {question['explanation']}\n答え: a", None
        for row in sampled.filter(question_id=question["id"]).iter_rows(named=True):
            if row["grade"] in tier_of:
                sides.setdefault(tier_of[row["grade"]], (row["text"], row["index"]))
        ranked = [tier for tier in Tier if tier in sides]
        for at, better in enumerate(ranked):
            for worse in ranked[at + 1 :]:
                (one, index), (other, other_index) = sides[better], sides[worse]
                rows.append(
                    {
                        "prompt": f"問題: {question['text']}\n解説:",
                        "chosen": one,
                        "rejected": other,
                        "chosen_tier": better.value,
                        "rejected_tier": worse.value,
                        "question_id": question["id"],
                        "year": question["year"],
                        "chosen_sha256": _sha(one),
                        "rejected_sha256": _sha(other),
                        "chosen_index": index,
                        "rejected_index": other_index,
                        "prompt_tokens": 40 if tokens else None,
                        "chosen_tokens": len(one) // 2 if tokens else None,
                        "rejected_tokens": len(other) // 2 if tokens else None,
                        "audit": sha("c"),
                    }
                )
    return pl.DataFrame(rows, schema=PAIR_SCHEMA)


def ledger(made: int, number: int, **changes: object) -> PairLedger:
    """Returns a ledger of the run: what became of questions, responses, ground truths and sides."""
    fields = {
        "audited": True,
        "pairs": made,
        "grades": {"correct": 4 * number},
        "stages": [
            PairStage(
                stage="questions", rows_in=number + 7, rows_out=number,
                dropped={"prompt.image": 5, "prompt.no_key": 2},
            ),
            PairStage(
                stage="responses", rows_in=4 * number, rows_out=3 * number,
                dropped={"grade.truncated": number - 2, "leakage.contaminated": 2},
            ),
            PairStage(
                stage="ground_truths", rows_in=number, rows_out=number - 1,
                dropped={"ground_truth.not_verified": 1},
            ),
            PairStage(stage="sides.chosen", rows_in=4 * number - 1, rows_out=4 * number - 1),
            PairStage(
                stage="pairs.ground_truth.chosen", rows_in=made + 9, rows_out=made,
                dropped={"pair.near_identical": 1, "pair.not_needed": 8},
            ),
        ],
    }  # fmt: skip
    return PairLedger(**{**fields, **changes})


def facts(**changes: object) -> PairsFacts:
    """Returns the accounts of a run that passed."""
    fields = {
        "name": "pairs",
        "audit": audit(AuditVerdict.PASS, parent=sha("d")),
        "sampled": SampledBy(
            engine="recorded", models=["demo-model"], template="explained", samples=4
        ),
        "policy": "hierarchy",
        "command": "curate make-pairs --corpus RUN --responses responses.jsonl --out RUN",
        "code_sha256": sha("e"),
        "inputs": [],
    }
    return PairsFacts(**{**fields, **changes})


def reported(asked, sampled, made, told, accounts):
    """Returns the report of frames."""
    return pairs_report(asked.lazy(), sampled.lazy(), made.lazy(), told, accounts)


def report(number: int = 60, **changes: object):
    """Returns the report of an invented run of so many questions."""
    asked, sampled = questions(number), responses(number)
    made = pairs(asked, sampled)
    told = ledger(made.height, number)
    return reported(asked, sampled, made, told, facts(**changes))


def hostile_report():
    """Returns a report with hostile text wherever text comes from outside."""
    asked, sampled = questions(8, HOSTILE), responses(8, HOSTILE)
    asked = asked.with_columns(
        choices=pl.lit([HOSTILE, HOSTILE]), explanation=pl.lit(HOSTILE), vignette=pl.lit(HOSTILE),
        explanation_verified=pl.lit(HOSTILE),
    )  # fmt: skip
    sampled = sampled.with_columns(
        finish_reason=pl.lit(HOSTILE), flags=pl.lit([HOSTILE]), pattern=pl.lit(HOSTILE)
    )
    made = pairs(asked, sampled)
    told = SampledBy(engine=HOSTILE, models=[HOSTILE], template=HOSTILE)
    named = facts(name=HOSTILE, sampled=told, policy=HOSTILE, command=HOSTILE)
    return reported(asked, sampled, made, ledger(made.height, 8), named)


def _explained(seed: int, most: int) -> str:
    draw = random.Random(seed)  # noqa: S311 (no secret)
    number = draw.randint(1, most * 2)
    return "".join(draw.choice(SENTENCES) for _ in range(number))


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
