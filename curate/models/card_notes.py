"""What a card says that no run knows: who to ask, what the texts are, whose licence is which."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from curate.models.base import NonEmpty, Record

Origin = Literal["real", "synthetic", "mixed"]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]+)?$")]


class NamedLicence(Record):
    """A licence by the Hub's identifier, or `other` with a name and where its text stands."""

    id: NonEmpty
    name: NonEmpty | None = None
    link: Annotated[str, Field(pattern=r"^https?://[^\s<>\"]+$")] | None = None

    @model_validator(mode="after")
    def _other_has_a_name(self) -> Self:
        if self.id == "other" and not self.name:
            raise ValueError("name: a licence that the Hub does not know needs its name")
        return self


class CardNotes(Record):
    """The notes of a card (`card/1`): what a person must say, since no run knows it.

    `origin` tells whether the texts are of real exams, made up, or both; `contact` whom to ask to take
    something down. `licences` says whose licence is which, by source, where the recipe of the corpus says
    nothing or something that the Hub does not know; `models` the same of models whose texts are in pairs;
    `licence` is the publisher's own, of the numbers of an evaluation.
    """

    recipe: Literal["card/1"] = "card/1"
    title: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    summary: NonEmpty | None = None
    origin: Origin | None = None
    contact: NonEmpty | None = None
    languages: Annotated[list[Language], Field(min_length=1)] = ["ja"]
    licences: dict[str, NonEmpty | NamedLicence] = {}
    models: dict[str, NonEmpty | NamedLicence] = {}
    licence: NonEmpty | NamedLicence | None = None
    intended_use: NonEmpty | None = None
    personal_data: NonEmpty | None = None
    limits: list[NonEmpty] = []
