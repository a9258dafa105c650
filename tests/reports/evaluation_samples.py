"""Invented evaluations: tides and currents, written for these tests, no exam's."""

import evaluated_rows as sea
import polars as pl
from report_samples import HOSTILE, sha

from curate.evaluation.groups import STRATA
from curate.evaluation.stability import stability
from curate.models import (
    AuditVerdict,
    Bounded,
    EvaluatedBenchmark,
    Evaluation,
    LeakRow,
    Leaks,
    Provenance,
    Question,
)
from curate.reports import EvaluationFacts, evaluation_report

DIRECT = "aaaaaaaaabbc bb"
EXPLAINED = "aaaaaaabbabd cb"
STEM = "満潮が一日におよそ二度来るのはなぜか。"
CHOICES = [
    "地球が月の下で回るから",
    "風が吹くから",
    "海底が動くから",
    "川が注ぐから",
    "魚が泳ぐから",
]


def asked(text=STEM):
    """Returns the questions by id; the serial ones have a case."""
    return {
        id_: Question(
            id=id_, text=text, choices=CHOICES, answers=[["a"]], vignette_id=sea.VIGNETTE.get(id_),
            vignette=text if id_ in sea.VIGNETTE else None, year=2020,
            provenance=Provenance(source="sea", path="sea.jsonl", sha256=sha("a"), line=1),
        )
        for id_ in sea.IDS
    }  # fmt: skip


def report(*parts, text=STEM, said="月の引力による。", leaks=None, many=1, **changes):
    """Returns the report of rows, by default of two modes; `many` repeats all items under other ids."""
    rows = parts or (sea.rows(DIRECT), sea.rows(EXPLAINED, mode="explained", template="explained"))
    frame = sea.frame(*rows)
    copies = [
        frame.with_columns(item_id=pl.col("item_id") + f"-{n}" if n else pl.col("item_id"))
        for n in range(many)
    ]
    frame = pl.concat(copies)
    keys = ["benchmark", "item_id", "mode", "language", "repeat"]
    texts = frame.select(*keys, text=pl.lit(said) + "\n答え: " + pl.col("answer").list.join(","))
    evaluation = Evaluation(
        name="sea", model="demo-model", engine="recorded", vignettes="published",
        benchmarks=[EvaluatedBenchmark(name="sea", sha256=sha("b"), items=15, asked=["114-A"])],
        modes=[], results=[],
    )  # fmt: skip
    fields = {
        "evaluation": evaluation.model_copy(update=changes),
        "stability": stability(frame, draws=300).model_copy(update={"leaks": leaks}),
        "command": "curate evaluate --model demo-model --benchmark sea=PATH --out RUN",
        "version": "0.1",
        "code_sha256": sha("c"),
        "recipe_sha256": sha("d"),
        "inputs": [],
        "leaked": {("sea", "S1"): "in_data"} if leaks else {},
    }
    questions = {("sea", "ja"): asked(text)}
    return evaluation_report(
        frame.with_columns(STRATA), texts.lazy(), questions, EvaluationFacts(**fields)
    )


def leaks():
    """Returns an audit that found the first item."""
    row = LeakRow(
        benchmark="sea", language="ja", mode="direct", metric="published", found="in_data", items=1,
        rate=Bounded(value=1.0), others=14, others_rate=Bounded(value=0.5, low=0.2, high=0.8),
        difference=Bounded(value=0.5, low=0.2, high=0.8),
    )  # fmt: skip
    return Leaks(
        verdict=AuditVerdict.FAIL, content_sha256=sha("e"), checked=["sea"], unchecked=["sky"],
        rows=[row],
    )  # fmt: skip


def hostile():
    """Returns a report with hostile text wherever text comes from outside."""
    told = {"mode": HOSTILE, "template": HOSTILE, "finish_reason": HOSTILE, "category": HOSTILE}
    rows = [one.model_copy(update={"category": HOSTILE}) for one in sea.rows(DIRECT)]
    moved = [one.model_copy(update={"answer": [HOSTILE]}) for one in sea.rows(EXPLAINED, **told)]
    return report(rows, moved, text=HOSTILE, said=HOSTILE, model=HOSTILE, absent=[HOSTILE])
