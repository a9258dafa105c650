"""The leakage stage: the detector over a shard; policies decide what is dropped."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any, Literal, Self

import polars as pl
from pydantic import Field, NonNegativeInt, PrivateAttr

from curate.corpus.frame import full_text, record_of
from curate.corpus.stage import Prepared, RowStage
from curate.leakage import AnyEngine, Detector, Semantic, Thresholds
from curate.models import LEAKS, Decision, Document, Finding, Question, Verdict
from curate.tables import FINDING, drop_where, undropped

Droppable = Literal["contaminated", "recycled", "review"]
_WORST_FIRST = (Verdict.CONTAMINATED, Verdict.RECYCLED, Verdict.REVIEW)


class Leakage(RowStage):
    """Finds benchmark items in rows, and drops rows by the verdicts of their findings.

    Strict by default: leaks go, and so do rows with an undecided `review` finding. A decision
    `false_positive` or `accepted` brings a row back. `power_items` items a disguise are planted to
    measure what the detector finds (0: not measured); below `power_floor` there is no verdict. `semantic`
    adds findings for review, by embeddings.
    """

    stage: Literal["leakage"] = "leakage"
    drop: list[Droppable] = ["contaminated", "recycled", "review"]
    thresholds: Thresholds = Thresholds()
    power_items: NonNegativeInt = 100
    power_floor: Annotated[float, Field(ge=0, le=1)] | None = None
    semantic: AnyEngine | None = None
    _detector: Detector | None = PrivateAttr(default=None)
    _semantic: Semantic | None = PrivateAttr(default=None)
    _decisions: dict[tuple[str, str, str], Decision] = PrivateAttr(default_factory=dict)

    def ready(self, prepared: Prepared) -> Self:
        """Takes the detector and the decisions of the run."""
        ready = self.model_copy()
        ready._detector = prepared.detector  # noqa: SLF001 (a copy of oneself)
        ready._semantic = prepared.semantic  # noqa: SLF001
        ready._decisions = {  # noqa: SLF001
            (d.record_id, d.benchmark, d.item_id): d for d in prepared.decisions
        }
        return ready

    @property
    def by_row(self) -> bool:
        """Whether there is no semantic pass: embeddings of a batch differ by its texts in their last bits."""
        return self._semantic is None

    def apply(self, shard: pl.DataFrame) -> pl.DataFrame:
        """Adds `findings` and sets `leakage.<verdict>`, the worst one of the row's undecided findings."""
        if self._detector is None:
            return shard
        columns: list[Any] = shard["findings"].to_list()
        for row, findings in self._find(shard, self._detector):
            columns[row] = [finding.model_dump(mode="json") for finding in findings]
        found = pl.Series("findings", columns, dtype=pl.List(FINDING))
        shard = shard.with_columns(found.fill_null(pl.Series([[]], dtype=pl.List(FINDING))))
        for verdict in _WORST_FIRST:
            if verdict.value in self.drop:
                has = pl.col("findings").list.eval(_open(verdict)).list.any()
                shard = drop_where(shard, has, f"leakage.{verdict.value}")
        return shard

    def find(self, records: Sequence[Question | Document]) -> list[list[Finding]]:
        """Returns what the stage's detector finds in records; no decision is looked up, nothing embedded."""
        return self._detector.find_many(records) if self._detector else [[] for _ in records]

    def _find(
        self, shard: pl.DataFrame, detector: Detector
    ) -> Iterator[tuple[int, Sequence[Finding]]]:
        """Yields the undropped rows that may share something, and what was found, decided where it is.

        A document without a place where a part may stand shares nothing: most rows are never looked at
        again, which is what makes the stage fast.
        """
        shown = shard.select(pl.when(undropped()).then(full_text()).otherwise(pl.lit("")))
        places = detector.candidates(shown.to_series())
        unlooked = pl.lit(self._semantic is not None) | (pl.col("kind") == "question")
        looked = shard.select(undropped() & (unlooked | pl.Series(_marked(places, shard.height))))
        rows = looked.to_series().arg_true()
        records = [record_of(row) for row in shard[rows].iter_rows(named=True)]
        found = [
            detector.confirm(record, places.get(row, ()))
            for row, record in zip(rows, records, strict=True)
        ]
        if self._semantic is not None:
            found = self._semantic.add(records, found)
        for row, findings in zip(rows, found, strict=True):
            yield row, [self._decided(finding) for finding in findings]

    def _decided(self, finding: Finding) -> Finding:
        """Applies a person's decision: `contaminated` makes a leak of a finding, the others clear it."""
        key = (finding.record_id, finding.benchmark, finding.item_id)
        decision = self._decisions.get(key)
        if decision is None:
            return finding
        is_leak = decision.decision == "contaminated" and finding.verdict is not Verdict.RECYCLED
        verdict = Verdict.CONTAMINATED if is_leak else finding.verdict
        note = f"{decision.decision}: {decision.by}"
        return finding.model_copy(update={"verdict": verdict, "decided_by": note})


def _marked(rows: Iterable[int], height: int) -> list[bool]:
    """Returns a list of `height` that is true at `rows`."""
    marks = [False] * height
    for row in rows:
        marks[row] = True
    return marks


def still_open(decided_by: pl.Expr) -> pl.Expr:
    """True where no decision has cleared the finding; one that confirms it leaves it open."""
    return decided_by.is_null() | decided_by.str.starts_with("contaminated: ")


def counts_against(verdict: pl.Expr, decided_by: pl.Expr) -> pl.Expr:
    """True where a finding counts in an audit: open, or a leak that somebody accepted and so kept."""
    accepted_leak = verdict.is_in([v.value for v in LEAKS]) & decided_by.str.starts_with(
        "accepted: "
    )
    return still_open(decided_by) | accepted_leak


def _open(verdict: Verdict) -> pl.Expr:
    element = pl.element().struct
    return (element.field("verdict") == verdict.value) & still_open(element.field("decided_by"))
