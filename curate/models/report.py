"""report.json: everything the HTML report shows, and nothing else."""

from typing import Annotated, Literal

from pydantic import Field, NonNegativeInt

from curate.models.audit import Audit, VerdictCounts
from curate.models.base import NonEmpty, Record, Sha256
from curate.models.finding import Part, Verdict
from curate.models.ledger import Ledger

Span = Annotated[list[NonNegativeInt], Field(min_length=2, max_length=2)]
"""[start, end) in characters of the passage's text."""


class Passage(Record):
    """One text of a side, with the spans that the other side shares.

    Where both sides' passages of a part list as many spans, the n-th ones are aligned.
    """

    part: Part
    lang: Literal["ja", "en"]
    text: str
    shared: list[Span] = []


class OptionPair(Record):
    """An option of the record beside its twin of the item, in the item's order; `null`: it has none."""

    record: str | None
    item: str | None
    similarity: Annotated[float, Field(ge=0, le=1)] | None = None


class Side(Record):
    """One side of a card: a corpus row or a benchmark item; `name`: its source or benchmark."""

    name: NonEmpty
    id: NonEmpty
    year: int | None = None
    place: str
    passages: list[Passage]


class FindingCard(Record):
    """A (record, item) pair, side by side. `folded` lists spellings that were held equal ("囊 = 嚢")."""

    verdict: Verdict
    parts: list[Part]
    score: Annotated[float, Field(ge=0, le=1)]
    threshold: Annotated[float, Field(ge=0, le=1)]
    dropped_by: str | None = None
    decided_by: str | None = None
    record: Side
    item: Side
    options: list[OptionPair] = []
    folded: list[str] = []


class WhereRow(Record):
    """Findings on one benchmark year: pairs by verdict, and how many of the pairs' rows were dropped."""

    benchmark: NonEmpty
    year: int | None
    items: NonNegativeInt
    counts: VerdictCounts
    pairs_dropped: NonNegativeInt


class YearRow(Record):
    """The year filter's proof: rows of one source by exam year, and the rule that gave the year.

    `latest_published` is the latest publication year among the rows kept.
    """

    source: NonEmpty
    year: int | None
    rule: str | None
    rows: NonNegativeInt
    kept: NonNegativeInt
    latest_published: int | None = None


class NotChecked(Record):
    """Something that the audit did not look at, and why."""

    what: NonEmpty
    count: NonNegativeInt | None = None
    why: NonEmpty


class InputRow(Record):
    """A file that was read, by source and path within it."""

    source: NonEmpty
    path: NonEmpty
    sha256: Sha256


class Redo(Record):
    """What it takes to get the same bytes again."""

    command: NonEmpty
    version: NonEmpty
    code_sha256: Sha256
    recipe_sha256: Sha256
    inputs: list[InputRow]


class Report(Record):
    """The report of one run; `report.html` is this and a template."""

    format: Literal["report/1"] = "report/1"
    kind: Literal["corpus", "audit"]
    name: NonEmpty
    max_year: int | None = None
    audit: Audit
    ledger: Ledger
    where: list[WhereRow]
    years: list[YearRow] = []
    findings: list[FindingCard]
    findings_total: NonNegativeInt
    not_checked: list[NotChecked]
    redo: Redo
