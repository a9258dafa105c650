"""The stages; this union is their registry: a new one is a file and a word here."""

from typing import Annotated

from pydantic import Field

from curate.corpus.stages.exact_duplicates import ExactDuplicates
from curate.corpus.stages.explanation import Explanation
from curate.corpus.stages.intake import Intake
from curate.corpus.stages.leakage import Leakage
from curate.corpus.stages.length import Length
from curate.corpus.stages.near_duplicates import NearDuplicates
from curate.corpus.stages.render import Render
from curate.corpus.stages.suspicious import Suspicious
from curate.corpus.stages.year import YearFilter

AnyStage = Annotated[
    YearFilter
    | Length
    | ExactDuplicates
    | NearDuplicates
    | Suspicious
    | Explanation
    | Leakage
    | Render,
    Field(discriminator="stage"),
]

__all__ = [
    "AnyStage",
    "ExactDuplicates",
    "Explanation",
    "Intake",
    "Leakage",
    "Length",
    "NearDuplicates",
    "Render",
    "Suspicious",
    "YearFilter",
]
