"""Assembles the report's record, and its cards one by one, from a run's shards and accounts."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple, Protocol

import polars as pl

from curate.corpus.frame import record_of
from curate.corpus.shards import Shard, corpus_view
from curate.leakage import Benchmark, BenchmarkItem
from curate.models import (
    Decision,
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
from curate.reports.shown import ShownCard, shown_card
from curate.reports.sides import finding_card
from curate.reports.spool import CardSpool
from curate.reports.summary import Pair, applied
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


class Asked(NamedTuple):
    """Cards of the rows of one shard: each one's place in the report, its pair and its item.

    `decided` are the decisions that the run applied, `context` is how many characters of a long text are
    kept around a shared span.
    """

    shard: Shard
    cards: list[tuple[int, Mapping[str, Any], BenchmarkItem]]
    decided: Mapping[Pair, Decision]
    context: int


Made = list[tuple[int, ShownCard]]
Crew = Callable[[Callable[[Any, Asked], Made], Iterable[Asked]], Iterator[Made]]
"""Calls a function of its job and of each of many others; in order, or several at once."""


@contextmanager
def built_report(
    facts: ReportFacts, shards: Sequence[Shard], benchmarks: Sequence[Benchmark], crew: Crew
) -> Iterator[tuple[Report, CardSpool]]:
    """Yields the report of a run without its cards, and its cards, worst first, on disk.

    The cards are made by a crew.
    """
    items = {(i.benchmark, i.question.id): i for b in benchmarks for i in b.items}
    work = shards[0].marks.parent
    with Sandbox(work) as db, CardSpool(work) as cards:
        if facts.kind == "corpus":
            corpus_view(db, shards)
        else:
            db.view("corpus", [shard.marks for shard in shards])
        db.keep("pairs", sql_text("pairs.sql"))
        pairs = db.rows(f"SELECT * FROM pairs LIMIT {CARDS}")  # noqa: S608 (a number of our own)
        for made in crew(_cards_of, _asked(pairs, shards, items, facts)):
            for place, card in made:
                cards.put(place, card)
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


def _asked(
    pairs: Sequence[Mapping[str, Any]], shards: Sequence[Shard], items: Items, facts: ReportFacts
) -> Iterator[Asked]:
    """Yields what is to be made shard by shard; a pair's place among `pairs` is its card's."""
    context = min(CONTEXT, max(LEAST_CONTEXT, CONTEXT_OF_ALL // max(1, len(pairs))))
    decided = applied(facts.decisions)
    placed = sorted(enumerate(pairs), key=lambda one: one[1]["row"])
    rows = [pair["row"] for _, pair in placed]
    for shard in shards:
        here = placed[bisect_left(rows, shard.first) : bisect_right(rows, shard.last)]
        if here:
            cards = [(place, pair, items[_item(pair)]) for place, pair in here]
            yield Asked(shard, cards, decided, context)


def _item(pair: Mapping[str, Any]) -> tuple[str, str]:
    return pair["benchmark"], pair["item_id"]


def _cards_of(_: object, asked: Asked) -> Made:
    """Returns the cards of a shard's rows."""
    wanted = pl.col("row").is_in([pair["row"] for _, pair, _ in asked.cards])
    rows = {row["row"]: row for row in asked.shard.where(wanted).iter_rows(named=True)}
    made: Made = []
    for place, pair, item in asked.cards:
        card = _card(rows[pair["row"]], pair, item, asked.context)
        decision = asked.decided.get((card.record.id, *_item(pair)))
        made.append((place, shown_card(card, place + 1, decision)))
    return made


def _card(
    row: Mapping[str, Any], pair: Mapping[str, Any], item: BenchmarkItem, context: int
) -> FindingCard:
    findings = [Finding.model_validate(f) for f in row["findings"] if _item(f) == _item(pair)]
    shown = (row["dropped_by"], context)
    return finding_card(record_of(row), item, findings, Verdict(pair["verdict"]), shown)


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
