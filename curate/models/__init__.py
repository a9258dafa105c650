"""The records: pydantic models that are the same in Python, JSON, Parquet and `schemas/`."""

from curate.models.audit import (
    Audit,
    AuditVerdict,
    BenchmarkCoverage,
    DisguisePower,
    Power,
    VerdictCounts,
    reaches,
)
from curate.models.base import NonEmpty, Record, Sha256
from curate.models.calibration import Calibration, PowerReport, SweepRow
from curate.models.finding import LEAKS, Decision, Finding, Part, Verdict
from curate.models.ledger import RAW_LIMIT, Ledger, Quarantined, StageCount
from curate.models.manifest import FileEntry, Manifest, Status
from curate.models.pair import Pair, Tier
from curate.models.provenance import Provenance
from curate.models.question import LETTERS, MAX_CHOICES, Document, Exclusion, Question
from curate.models.report import (
    Cut,
    DecisionUse,
    Evidence,
    FindingCard,
    InputRow,
    NotChecked,
    OptionPair,
    Passage,
    Redo,
    Report,
    Shared,
    Side,
    WhereRow,
    YearRow,
)
from curate.models.response import Grade, Response
from curate.models.score import Score, Scores, Stratum, Tally

__all__ = [
    "LEAKS",
    "LETTERS",
    "MAX_CHOICES",
    "RAW_LIMIT",
    "Audit",
    "AuditVerdict",
    "BenchmarkCoverage",
    "Calibration",
    "Cut",
    "Decision",
    "DecisionUse",
    "DisguisePower",
    "Document",
    "Evidence",
    "Exclusion",
    "FileEntry",
    "Finding",
    "FindingCard",
    "Grade",
    "InputRow",
    "Ledger",
    "Manifest",
    "NonEmpty",
    "NotChecked",
    "OptionPair",
    "Pair",
    "Part",
    "Passage",
    "Power",
    "PowerReport",
    "Provenance",
    "Quarantined",
    "Question",
    "Record",
    "Redo",
    "Report",
    "Response",
    "Score",
    "Scores",
    "Sha256",
    "Shared",
    "Side",
    "StageCount",
    "Status",
    "Stratum",
    "SweepRow",
    "Tally",
    "Tier",
    "Verdict",
    "VerdictCounts",
    "WhereRow",
    "YearRow",
    "reaches",
]
