"""Writes what a run of pairs found: responses, pairs in two forms, ledger, audit, recipe."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from curate.jobs.pairs_audit import Checked
from curate.jobs.pairs_plan import PairsPlan
from curate.jobs.pairs_recorded import RecordedRows
from curate.jobs.pairs_report import run_report
from curate.jobs.pairs_shards import PAIR_SCHEMA, Paired
from curate.jobs.power import shown_power
from curate.models import Audit, AuditVerdict, PairLedger, SampledWith
from curate.reports import render_pairs
from curate.runs import RunFolder, table_sha256
from curate.sampling import ChatTemplate, LocalTokenizer, ModelEngine, Tokenizer
from curate.tables import row_digests
from curate.training import weights_sha256

BLANKS = " \t\r\n\u3000"
OUTPUTS = (
    "recipe.yaml",
    "responses.parquet",
    "pairs.parquet",
    "pairs_conversational.parquet",
    "quarantine.jsonl",
    "findings.parquet",
    "ledger.json",
    "audit.json",
    "report.json",
    "report.html",
)


@dataclass(frozen=True)
class Made:
    """All that a run has to write."""

    paired: Sequence[Paired]
    ledger: PairLedger
    checked: Checked
    recorded: RecordedRows | None
    tokenizer: Tokenizer | None


@dataclass(frozen=True)
class Done:
    """What was written: the result that the manifest tells, the files, and the hashes that are known."""

    result: dict[str, Any]
    names: Sequence[str]
    contents: Mapping[str, str]


def write_run(plan: PairsPlan, run: RunFolder, made: Made) -> Done:
    """Writes all outputs but findings.parquet, which the audit wrote."""
    tables = [one.pairs for one in made.paired]
    audit = made.checked.audit(plan, pairs_content(tables), made.ledger.pairs)
    run.write_text("recipe.yaml", _recipe_text(plan))
    run.write_frame("responses.parquet", _all([one.responses for one in made.paired]))
    run.write_frame("pairs.parquet", _pairs(tables, audit))
    run.write_frame("pairs_conversational.parquet", _conversational(plan, tables, audit))
    run.write_lines("quarantine.jsonl", made.recorded.bad if made.recorded else ())
    run.write_json("ledger.json", made.ledger)
    run.write_json("audit.json", audit)
    report = run_report(plan, run, made.ledger, audit)
    run.write_json("report.json", report)
    run.write_text("report.html", render_pairs(report))
    return Done(_result(plan, made, audit), OUTPUTS, {})


def pairs_content(tables: Sequence[Path]) -> str:
    """Returns the content hash that an audit of pairs is of: all columns of pairs.parquet but `audit`."""
    columns = PAIR_SCHEMA.names()
    return table_sha256(
        row_digests(pl.read_parquet(table, columns=columns, glob=False).select(columns))
        for table in tables
    )


def _all(tables: Sequence[Path]) -> pl.LazyFrame:
    return pl.scan_parquet([*tables], glob=False)


def _pairs(tables: Sequence[Path], audit: Audit) -> pl.LazyFrame:
    return _all(tables).select(*PAIR_SCHEMA.names(), _named(audit))


def _named(audit: Audit) -> pl.Expr:
    """Returns the column `audit`: what was audited, null unless it passed."""
    passed = audit.verdict is AuditVerdict.PASS
    return pl.lit(audit.content_sha256 if passed else None, dtype=pl.String).alias("audit")


def _conversational(plan: PairsPlan, tables: Sequence[Path], audit: Audit) -> pl.LazyFrame:
    """Returns the pairs as turns: of a chat its own, else the prompt as what a user says."""
    is_chat = isinstance(plan.recipe.template, ChatTemplate)
    prompt = pl.col("messages") if is_chat else _turn("user", pl.col("prompt"))
    rest = [name for name in PAIR_SCHEMA if name not in ("prompt", "chosen", "rejected")]
    return _all(tables).select(
        prompt.alias("prompt"),
        *(
            _turn("assistant", pl.col(side).str.strip_chars(BLANKS)).alias(side)
            for side in ("chosen", "rejected")
        ),
        *rest,
        _named(audit),
    )


def _turn(role: str, content: pl.Expr) -> pl.Expr:
    return pl.concat_list(pl.struct(role=pl.lit(role), content=content))


def _recipe_text(plan: PairsPlan) -> str:
    leakage = plan.leakage.model_dump(mode="json", exclude_none=True)
    told = {**plan.recipe.published(), "leakage": leakage}
    return yaml.safe_dump(told, allow_unicode=True, sort_keys=False)


def _result(plan: PairsPlan, made: Made, audit: Audit) -> dict[str, Any]:
    ledger = made.ledger
    pairs = {
        s.stage.removeprefix("pairs."): s for s in ledger.stages if s.stage.startswith("pairs.")
    }
    return {
        "verdict": audit.verdict.value,
        "unaudited": plan.corpus.gap,
        "questions": ledger.stage("questions").rows_in,
        "asked": ledger.stage("questions").rows_out,
        "responses": ledger.stage("responses").rows_in,
        "grades": ledger.grades,
        "ground_truths": ledger.stage("ground_truths").rows_out,
        "pairs": ledger.pairs,
        "tokenizer": "known" if made.tokenizer else None,
        "sampled_with": _sampled_with(plan, made.tokenizer).model_dump(mode="json"),
        "pairs_by_tiers": {name: stage.rows_out for name, stage in pairs.items()},
        "dropped_by": {s.stage: s.dropped for s in ledger.stages if s.dropped},
        "power": shown_power(audit.power),
        "content_sha256": audit.content_sha256,
    }


def _sampled_with(plan: PairsPlan, tokenizer: Tokenizer | None) -> SampledWith:
    """Returns what is known of the model that sampled, for whoever trains on the pairs."""
    engine = plan.recipe.engine
    known: dict[str, Any] = {}
    if isinstance(engine, ModelEngine):
        adapter = engine.adapter_folder()
        known = {
            "model": engine.shown_model(),
            "weights_sha256": weights_sha256(engine.folder()),
            "adapter_sha256": weights_sha256(adapter) if adapter else None,
            "dtype": engine.dtype,
        }
    state = tokenizer.state() if isinstance(tokenizer, LocalTokenizer) else {}
    return SampledWith(engine=engine.engine, **known, **state)
