"""What the page knows of all findings before it shows one: filters, links, the list of all."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from curate.models import Decision, DecisionUse, FindingCard, Report, Verdict, WhereRow
from curate.reports.formats import score

__all__ = ["Line", "Pair", "Summary", "Where", "applied", "line_of", "summarise"]

Pair = tuple[str, str, str]
"""(record id, benchmark, item id)."""


@dataclass(frozen=True)
class Line:
    """A finding in the list of all."""

    number: int
    verdict: Verdict
    source: str
    record: str
    record_year: int | None
    record_place: str
    benchmark: str
    item: str
    year: int | None
    item_place: str
    parts: tuple[str, ...]
    score: str
    threshold: str
    dropped_by: str | None
    decision: Decision | None


@dataclass(frozen=True)
class Where:
    """One row of the table; a cell is (verdict, pairs, number of its first card or `None`)."""

    row: WhereRow
    cells: list[tuple[Verdict, int, int | None]]
    first_dropped: int | None


@dataclass(frozen=True)
class Summary:
    """All findings, a line each, and what the filters offer, with how many there are."""

    lines: list[Line]
    where: list[Where]
    verdicts: dict[str, int]
    benchmarks: dict[str, int]
    years: dict[int | None, int]
    parts: dict[str, int]
    sources: dict[str, int]
    dropped: int
    audit: str
    given: list[Decision] = field(default_factory=list)

    def first(self, word: str) -> int | None:
        """Returns the number of the first card of a verdict, or of the first "dropped" one."""
        lines = (
            line.number
            for line in self.lines
            if (line.dropped_by if word == "dropped" else line.verdict.value == word)
        )
        return next(lines, None)

    def data(self) -> dict[str, Any]:
        """Returns the lines as the page's script reads them."""
        return {
            "audit": self.audit,
            "given": [decision.model_dump(mode="json") for decision in self.given],
            "lines": [_plain(line) for line in self.lines],
        }


def applied(uses: Iterable[DecisionUse]) -> dict[Pair, Decision]:
    """Returns the decisions that the run applied, by pair."""
    return {
        (d.record_id, d.benchmark, d.item_id): d
        for d in (use.decision for use in uses if use.effect == "applied")
    }


def summarise(report: Report, lines: Sequence[Line]) -> Summary:
    """Returns the summary of a report, of whose cards these are the lines."""
    audit = report.audit
    return Summary(
        lines=list(lines),
        where=_where(report.where, lines),
        verdicts=_counted(line.verdict.value for line in lines),
        benchmarks=_counted(line.benchmark for line in lines),
        years=dict(
            sorted(Counter(line.year for line in lines).items(), key=lambda y: -(y[0] or 0))
        ),
        parts=_counted(part for line in lines for part in line.parts),
        sources=_counted(line.source for line in lines),
        dropped=sum(line.dropped_by is not None for line in lines),
        audit=f"{audit.content_sha256}/{audit.recipe_sha256}",
        given=[use.decision for use in report.decisions],
    )


def _counted(words: Iterable[str]) -> dict[str, int]:
    return dict(Counter(words))


def line_of(card: FindingCard, number: int, decision: Decision | None) -> Line:
    """Returns the line of a card with this number, and the decision that the run applied to it."""
    best = max(card.evidence, key=lambda e: (e.part.value != "choices", e.score))
    record, item = card.record, card.item
    return Line(
        number=number,
        verdict=card.verdict,
        source=record.name,
        record=record.id,
        record_year=record.year,
        record_place=record.place,
        benchmark=item.name,
        item=item.id,
        year=item.year,
        item_place=item.place,
        parts=tuple(dict.fromkeys(e.part.value for e in card.evidence)),
        score=score(best.score),
        threshold=score(best.threshold),
        dropped_by=card.dropped_by,
        decision=decision,
    )


def _where(rows: list[WhereRow], lines: Iterable[Line]) -> list[Where]:
    first: dict[tuple[str, int | None, Verdict], int] = {}
    dropped: dict[tuple[str, int | None], int] = {}
    for line in lines:
        first.setdefault((line.benchmark, line.year, line.verdict), line.number)
        if line.dropped_by is not None:
            dropped.setdefault((line.benchmark, line.year), line.number)
    return [
        Where(
            row=row,
            cells=[
                (v, getattr(row.counts, v.value), first.get((row.benchmark, row.year, v)))
                for v in Verdict
            ],
            first_dropped=dropped.get((row.benchmark, row.year)),
        )
        for row in rows
    ]


def _plain(line: Line) -> list[Any]:
    return [
        line.verdict.value,
        line.source,
        line.record,
        line.record_year,
        line.record_place,
        line.benchmark,
        line.item,
        line.year,
        line.item_place,
        list(line.parts),
        line.score,
        line.threshold,
        line.dropped_by,
        None if line.decision is None else line.decision.decision,
    ]
