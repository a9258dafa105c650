"""release.json: what is published of a finished run, and what is withheld and why."""

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field, NonNegativeInt, PositiveInt

from curate.models.audit import Audit
from curate.models.base import NonEmpty, Record, Sha256
from curate.models.card_notes import CardNotes
from curate.models.evaluated import Evaluation
from curate.models.finding import Verdict
from curate.models.ledger import Ledger
from curate.models.manifest import Manifest
from curate.models.pair_ledger import PairLedger
from curate.models.pairs_report import Lengths, PairKind, SampledBy, TierRow
from curate.models.personal import PersonalCount


class ReleaseKind(StrEnum):
    """What a run made that can be published."""

    CORPUS = "corpus"
    PAIRS = "pairs"
    EVALUATION = "evaluation"


class ReleaseSource(Record):
    """Whose texts are published, and under which licence.

    `licence` is as its recipe spells it, `id` the Hub's identifier; `title` and `link` are there of a
    licence that the Hub does not know. `rows` counts the rows of a corpus, of which pairs have the
    questions, or the responses of a model; `examples` are a file of worked examples that prompts quote.
    """

    name: NonEmpty
    what: Literal["source", "examples", "model", "results"] = "source"
    rows: NonNegativeInt
    licence: str | None = None
    id: str | None = None
    title: str | None = None
    link: str | None = None
    accepted: bool = False

    @property
    def withheld(self) -> bool:
        """Whether nobody states a licence, and nobody accepted that: its texts are not published."""
        return self.id is None and not self.accepted and self.what != "results"

    @property
    def waived(self) -> bool:
        """Whether its texts are published although nobody states a licence."""
        return self.id is None and self.accepted


class ReleaseTable(Record):
    """One config of the published data set; `path` is inside its folder.

    `features` are its columns as the Hub's metadata describe them. `left_out` are columns that are not
    published at all, and `nulled` those that are null in `rows_nulled` rows, for want of a licence; in
    `rows_masked` rows personal data is covered.
    `num_bytes` is its size in memory; `bytes` of the file and the hashes are there once it is written.
    """

    config: NonEmpty
    split: NonEmpty
    path: NonEmpty
    rows: NonNegativeInt
    num_bytes: NonNegativeInt
    features: list[dict[str, Any]]
    left_out: list[str] = []
    nulled: list[str] = []
    rows_nulled: NonNegativeInt = 0
    rows_masked: NonNegativeInt = 0
    bytes: NonNegativeInt | None = None
    sha256: Sha256 | None = None
    content_sha256: Sha256 | None = None

    @property
    def columns(self) -> list[str]:
        """The names of its columns, in order."""
        return [str(feature["name"]) for feature in self.features]


class FoundItem(Record):
    """A benchmark item that was found in a record, and what became of the record.

    `dropped_by` is null of a record that stayed, and then `decided_by` says on whose word.
    """

    record_id: NonEmpty
    source: NonEmpty
    benchmark: NonEmpty
    item_id: NonEmpty
    verdict: Verdict
    dropped_by: str | None = None
    decided_by: str | None = None


class SourceFacts(Record):
    """The kept rows of one source."""

    name: NonEmpty
    rows: PositiveInt
    questions: NonNegativeInt
    first_year: int | None = None
    last_year: int | None = None
    latest_published: int | None = None
    explained: NonNegativeInt = 0
    verified: NonNegativeInt = 0
    with_image: NonNegativeInt = 0


class CorpusFacts(Record):
    """What the card of a corpus tells of its kept rows; `lengths` are of the rendered texts."""

    kind: Literal["corpus"] = "corpus"
    rows: NonNegativeInt
    max_year: int | None = None
    sources: list[SourceFacts]
    lengths: Lengths | None = None
    found: list[FoundItem] = []


class PairsFacts(Record):
    """What the card of pairs tells: who answered and how, what is paired with what, and of which corpus.

    `policy` and `sampling` are the recipe's; `prompts` are the lengths of the different prompts. `found`
    is of the prompts and samples, `corpus_found` of the corpus they were made from.
    """

    kind: Literal["pairs"] = "pairs"
    sampled: SampledBy
    sampling: dict[str, Any] | None = None
    policy: dict[str, Any]
    max_length: PositiveInt | None = None
    prompts: Lengths | None = None
    tiers: list[TierRow]
    kinds: list[PairKind]
    found: list[FoundItem] = []
    corpus_name: NonEmpty
    corpus_sha256: Sha256
    corpus_rows: NonNegativeInt
    corpus_max_year: int | None = None
    corpus_found: list[FoundItem] = []


class EvaluationFacts(Record):
    """What the card of an evaluation tells: every number that it found."""

    kind: Literal["evaluation"] = "evaluation"
    evaluation: Evaluation


class ReleaseFile(Record):
    """A file of the published folder."""

    path: NonEmpty
    bytes: NonNegativeInt
    sha256: Sha256


class Release(Record):
    """What is published of one finished run.

    `manifest` is the run's without clock, host and places on this machine. `accepted` are the sources
    whose lack of a licence the publisher took upon themselves. `command` makes the run again. `files` are
    all files of the published folder but release.json, once it is written. `personal` counts what was
    decided about findings of personal data; null where nobody has looked.
    """

    format: Literal["release/1"] = "release/1"
    kind: ReleaseKind
    name: NonEmpty
    command: NonEmpty
    notes: CardNotes
    accepted: list[NonEmpty] = []
    sources: list[ReleaseSource]
    tables: list[ReleaseTable]
    facts: Annotated[CorpusFacts | PairsFacts | EvaluationFacts, Field(discriminator="kind")]
    manifest: Manifest
    audit: Audit | None = None
    ledger: Annotated[Ledger | PairLedger, Field(discriminator="format")] | None = None
    files: list[ReleaseFile] = []
    personal: list[PersonalCount] | None = None

    @property
    def withheld(self) -> list[ReleaseSource]:
        """The sources and models whose texts are not published."""
        return [source for source in self.sources if source.withheld]

    @property
    def licences(self) -> list[str]:
        """The Hub's identifiers of all licences that apply, sorted; `unknown` where one is not stated."""
        return sorted({source.id or "unknown" for source in self.sources})
