"""personal.jsonl: where a published text looks like somebody's data or a secret, never the text itself."""

from enum import StrEnum
from typing import Literal

from pydantic import NonNegativeInt, PositiveInt

from curate.models.base import NonEmpty, Record, Sha256

ANY: Literal["*"] = "*"


class PersonalKind(StrEnum):
    """What a text looks like. An `initial` is a person by one letter, as exam vignettes have them."""

    NAME = "name"
    INITIAL = "initial"
    AGE_OVER_89 = "age_over_89"
    BIRTH_DATE = "birth_date"
    TELEPHONE = "telephone"
    E_MAIL = "e_mail"
    ADDRESS = "address"
    POSTAL_CODE = "postal_code"
    PATIENT_NUMBER = "patient_number"
    PERSONAL_NUMBER = "personal_number"
    CREDIT_CARD = "credit_card"
    SECRET = "secret"  # noqa: S105 (a kind, not a secret)


class PersonalFinding(Record):
    """One text that was found in a record, in all columns that hold it; `sha256` is of the text.

    `rule` is what found it, and `count` how often it stands there.
    """

    record_id: NonEmpty
    kind: PersonalKind
    sha256: Sha256
    rule: NonEmpty
    columns: list[NonEmpty]
    count: PositiveInt
    length: PositiveInt
    decision: Literal["accepted", "masked"] | None = None
    decided_by: str | None = None


class PersonalCount(Record):
    """How many findings of a kind were accepted and masked, of those that a release had."""

    kind: PersonalKind
    accepted: NonNegativeInt = 0
    masked: NonNegativeInt = 0


class PersonalDecision(Record):
    """A line of decisions.jsonl about such findings; `*` means all, and the last line that fits one wins.

    An accepted finding is published as it stands; a masked one is covered, character by character, wherever
    it stands in the record.
    """

    record_id: NonEmpty
    kind: PersonalKind | Literal["*"]
    sha256: Sha256 | Literal["*"] = ANY
    decision: Literal["accepted", "masked"]
    reason: NonEmpty
    by: NonEmpty
    at: NonEmpty

    def fits(self, finding: PersonalFinding) -> bool:
        """Whether it speaks of a finding."""
        return (
            self.record_id in (ANY, finding.record_id)
            and self.kind in (ANY, finding.kind)
            and self.sha256 in (ANY, finding.sha256)
        )
