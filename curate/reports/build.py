"""Assembles the report's record, and its cards one by one, from a run's shards and accounts."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

import polars as pl

from curate.corpus.frame import record_of
from curate.corpus.shards import Shard, corpus_view
from curate.leakage import Benchmark, BenchmarkItem
from curate.models import (
    FileEntry,
    Finding,
    FindingCard,
    InputRow,
    Redo,
    Report,
    Verdict,
    VerdictCounts,
    WhereRow,
    YearRow,
)
from curate.reports.facts import ReportFacts
from curate.reports.not_checked import not_checked
from curate.reports.sides import finding_card
from curate.reports.spool import CardSpool
from curate.tables import Sandbox, sql_text

CARDS = 20_000
"""Most cards of one report, worst first; the page says what it leaves to findings.parquet."""

CONTEXT = 2_000
"""Most characters of a long text kept around a shared span, on either side."""

CONTEXT_OF_ALL = 4_000_000
"""Characters of such context in all cards together: what keeps the page's size within bounds."""

LEAST_CONTEXT = 200

INPUTS = 1_000
"""Most files that the report names of those that were read; manifest.json names all."""

Items = Mapping[tuple[str, str], BenchmarkItem]


@contextmanager
def built_report(
    facts: ReportFacts, shards: Sequence[Shard], benchmarks: Sequence[Benchmark]
) -> Iterator[tuple[Report, CardSpool]]:
    """Yields the report of a run without its cards, and its cards, worst first, on disk."""
    items = {(i.benchmark, i.question.id): i for b in benchmarks for i in b.items}
    work = shards[0].marks.parent
    with Sandbox(work) as db, CardSpool(work) as cards:
        if facts.kind == "corpus":
            corpus_view(db, shards)
        else:
            db.view("corpus", [shard.marks for shard in shards])
        db.keep("pairs", sql_text("pairs.sql"))
        pairs = db.rows(f"SELECT * FROM pairs LIMIT {CARDS}")  # noqa: S608 (a number of our own)
        _put_cards(cards, pairs, shards, items)
        counted = db.rows(sql_text("where.sql"))
        yield (
            Report(
                kind=facts.kind,
                name=facts.name,
                max_year=facts.max_year,
                audit=facts.audit,
                ledger=facts.ledger,
                where=_where(counted, items, benchmarks),
                years=_years(db) if facts.kind == "corpus" else [],
                findings=[],
                findings_total=sum(row["pairs"] for row in counted),
                decisions=list(facts.decisions),
                not_checked=not_checked(facts, benchmarks),
                redo=redo(facts.command, facts.audit, facts.code_sha256, facts.inputs),
            ),
            cards,
        )


def _put_cards(
    cards: CardSpool, pairs: Sequence[Mapping[str, Any]], shards: Sequence[Shard], items: Items
) -> None:
    """Fills the cards shard by shard; a pair's place among `pairs` is its card's."""
    by_row: dict[int, list[tuple[int, Mapping[str, Any]]]] = defaultdict(list)
    for place, pair in enumerate(pairs):
        by_row[pair["row"]].append((place, pair))
    context = min(CONTEXT, max(LEAST_CONTEXT, CONTEXT_OF_ALL // max(1, len(pairs))))
    for shard in shards:
        for row in shard.where(pl.col("row").is_in(list(by_row))).iter_rows(named=True):
            for place, pair in by_row[row["row"]]:
                cards.put(place, _card(row, pair, items, context))


def _card(
    row: Mapping[str, Any], pair: Mapping[str, Any], items: Items, context: int
) -> FindingCard:
    key = (pair["benchmark"], pair["item_id"])
    findings = [
        Finding.model_validate(f) for f in row["findings"] if (f["benchmark"], f["item_id"]) == key
    ]
    shown = (row["dropped_by"], context)
    return finding_card(record_of(row), items[key], findings, Verdict(pair["verdict"]), shown)


def _where(
    counted: Sequence[Mapping[str, Any]], items: Items, benchmarks: Sequence[Benchmark]
) -> list[WhereRow]:
    counts: dict[tuple[str, int | None], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    dropped: dict[tuple[str, int | None], int] = defaultdict(int)
    for row in counted:
        key = (row["benchmark"], items[row["benchmark"], row["item_id"]].question.year)
        counts[key][row["verdict"]] += row["pairs"]
        dropped[key] += row["dropped"]
    rows = []
    for benchmark in benchmarks:
        years = sorted(
            {i.question.year for i in benchmark.items}, key=lambda y: (y is None, y or 0)
        )
        for year in years:
            key = (benchmark.ref.name, year)
            rows.append(
                WhereRow(
                    benchmark=benchmark.ref.name,
                    year=year,
                    items=sum(i.question.year == year for i in benchmark.items),
                    counts=VerdictCounts(**counts[key]),
                    pairs_dropped=dropped[key],
                )
            )
    return rows


def _years(db: Sandbox) -> list[YearRow]:
    return [YearRow(**row) for row in db.rows(sql_text("years.sql"))]


class Versions(Protocol):
    """What tells by which code and recipe something was made."""

    @property
    def version(self) -> str:
        """The code's version."""

    @property
    def recipe_sha256(self) -> str:
        """The recipe's hash."""


def redo(command: str, made_by: Versions, code_sha256: str, inputs: Sequence[FileEntry]) -> Redo:
    """Returns what it takes to redo a run; of many inputs the first."""
    parted = [(entry.path.partition("/"), entry.sha256) for entry in inputs[:INPUTS]]
    return Redo(
        command=command,
        version=made_by.version,
        code_sha256=code_sha256,
        recipe_sha256=made_by.recipe_sha256,
        inputs=[InputRow(source=at[0], path=at[2], sha256=sha256) for at, sha256 in parted],
        inputs_left_out=len(inputs) - len(parted),
    )
