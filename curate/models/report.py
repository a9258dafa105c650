"""report.json: everything the HTML report shows, and nothing else."""

from typing import Annotated, Literal

from pydantic import Field, NonNegativeInt, PositiveInt

from curate.models.audit import Audit, VerdictCounts
from curate.models.base import NonEmpty, Record, Sha256
from curate.models.finding import Decision, Part, Verdict
from curate.models.ledger import Ledger

Share = Annotated[float, Field(ge=0, le=1)]


class Shared(Record):
    """[start, end) in characters of a passage's text; the other side's span of one `finding` is its twin."""

    start: NonNegativeInt
    end: NonNegativeInt
    part: Part
    finding: NonNegativeInt


class Cut(Record):
    """A place of a passage's text where `chars` characters of the original are left out."""

    at: NonNegativeInt
    chars: PositiveInt


class Passage(Record):
    """One text of a side, with the spans that the other side shares; a document's is `text`."""

    part: Part | Literal["text"]
    lang: Literal["ja", "en"]
    text: str
    shared: list[Shared] = []
    cuts: list[Cut] = []


class OptionPair(Record):
    """An option of the record beside its twin of the item, in the item's order; `null`: it has none."""

    record: str | None
    item: str | None
    record_letter: str | None = None
    item_letter: str | None = None
    similarity: Share | None = None


class Evidence(Record):
    """How much of one part was found, and how much it takes."""

    part: Part
    score: Share
    threshold: Share


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
    evidence: Annotated[list[Evidence], Field(min_length=1)]
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
    """Something that the audit did not look at, and why; `ids` names the items where there are some."""

    what: NonEmpty
    count: NonNegativeInt | None = None
    why: NonEmpty
    ids: list[str] = []


class DecisionUse(Record):
    """A line of the decisions that the run was given, and what became of it.

    `overruled`: a later line decides the same pair. `unmatched`: nothing was found of the pair.
    """

    place: NonEmpty
    decision: Decision
    effect: Literal["applied", "overruled", "unmatched"]


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
    inputs_left_out: NonNegativeInt = 0
    """Files that were read, too, and are named in manifest.json alone."""


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
    decisions: list[DecisionUse] = []
    not_checked: list[NotChecked]
    redo: Redo
