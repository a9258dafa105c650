"""ledger.json of preference pairs: what became of every question, response, side and combination."""

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, NonNegativeInt, model_validator

from curate.models.base import NonEmpty, Record


class PairStage(Record):
    """What one step let through, and why it left out the rest; `in` and `out` in JSON."""

    model_config = ConfigDict(
        validate_by_name=True, validate_by_alias=True, serialize_by_alias=True
    )

    stage: NonEmpty
    rows_in: Annotated[NonNegativeInt, Field(alias="in")]
    rows_out: Annotated[NonNegativeInt, Field(alias="out")]
    dropped: dict[str, NonNegativeInt] = {}

    @model_validator(mode="after")
    def _nothing_is_lost(self) -> Self:
        if self.rows_in != self.rows_out + sum(self.dropped.values()):
            raise ValueError(f"{self.stage}: in must be out + dropped")
        return self


class PairLedger(Record):
    """Each stage adds up for itself, and the stages fit each other.

    `recorded` counts rows of a file of recorded answers, `questions` those of the corpus, `responses` what was
    sampled, `ground_truths` the questions whose solution is a side, `sides.<tier>` which of both stand in a
    pair, and `pairs.<better>.<worse>` all combinations of two sides of a question. `audited` says whether the
    corpus had a passing audit of exactly its content.
    """

    format: Literal["pair_ledger/1"] = "pair_ledger/1"
    audited: bool
    pairs: NonNegativeInt
    grades: dict[str, NonNegativeInt]
    edited: dict[str, NonNegativeInt] = {}
    stages: list[PairStage]

    def stage(self, name: str) -> PairStage:
        """Returns the stage of a name.

        Raises:
            KeyError: There is none.
        """
        for stage in self.stages:
            if stage.stage == name:
                return stage
        raise KeyError(name)

    @model_validator(mode="after")
    def _the_stages_fit(self) -> Self:
        by_name = {stage.stage: stage for stage in self.stages}
        responses = by_name["responses"]
        if sum(self.grades.values()) != responses.rows_in:
            raise ValueError("grades: every response has one grade or none")
        if "recorded" in by_name and by_name["recorded"].rows_out != responses.rows_in:
            raise ValueError("recorded: what is read of the file are the responses")
        sides = sum(s.rows_in for name, s in by_name.items() if name.startswith("sides."))
        if sides != responses.rows_out + by_name["ground_truths"].rows_out:
            raise ValueError("sides: they are the responses and ground truths that may be paired")
        made = sum(s.rows_out for name, s in by_name.items() if name.startswith("pairs."))
        if made != self.pairs:
            raise ValueError("pairs: the tiers' pairs are all pairs")
        return self
