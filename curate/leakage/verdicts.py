"""Classes what a record and an item share."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, NonNegativeInt

from curate.leakage.options import OptionMatch
from curate.leakage.score import PartScore
from curate.models import Record, Verdict

Share = Annotated[float, Field(ge=0, le=1)]
Information = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Thresholds(Record):
    """What it takes to call a part found. Information counts in characters that no other item has.

    A part is found where `share` of its information aligns and `coverage` of all its characters (a topic's
    name is much of a short stem's information, and is not the stem), and `information` in all. Or half of a
    case: a passage of `density` (its share of the stretch of text in which it stands) with `passage_share`
    and `passage` in all, or a `verbatim` one that is worth `verbatim_information`, covers
    `verbatim_coverage` of the part and is `verbatim_length` characters long; one that is nearly `half` of
    the part and of its information may be short: `half_information` and `half_length`.
    Where half of the options stand, too, `share` of stem and options together is enough; `stem_share` of
    the stem, where nearly all do. A stem that asks about a case and stands without it takes, with nearly
    all its options, `caseless`. `options` is half of them, from which they are the item's; `same_options`
    is nearly all, which are shown even under another stem.
    """

    share: Share = 0.6
    coverage: Share = 0.6
    information: Information = 10.0
    caseless: Information = 20.0
    passage: Information = 28.0
    passage_share: Share = 0.33
    density: Share = 0.88
    verbatim_coverage: Share = 0.2
    verbatim: Share = 0.95
    verbatim_information: Information = 12.0
    verbatim_length: NonNegativeInt = 40
    half: Share = 0.45
    half_information: Information = 16.0
    half_length: NonNegativeInt = 22
    stem_share: Share = 0.45
    options: Share = 0.5
    same_options: Share = 0.8

    def required(self, score: PartScore) -> float:
        """Returns the share that must be found of a part that scored so."""
        if score.share >= self.share:
            return self.share
        if self._is_verbatim(score):
            return score.share * self.verbatim_information / score.information
        if self._is_half(score):
            return min(self.share, self.half)
        return min(self.share, self.passage_share) if self._is_passage(score) else self.share

    def found(self, score: PartScore) -> bool:
        """Whether a part was found."""
        if self._is_verbatim(score) or self._is_half(score) or self._is_passage(score):
            return True
        enough = score.information >= self.information and score.share >= self.share
        return enough and score.coverage >= self.coverage

    @property
    def least(self) -> float:
        """The information below which no part is found by itself."""
        return min(self.information, self.passage, self.verbatim_information, self.half_information)

    def _is_passage(self, score: PartScore) -> bool:
        dense = score.density >= self.density and score.share >= self.passage_share
        return dense and score.information >= self.passage

    def _is_verbatim(self, score: PartScore) -> bool:
        dense = score.density >= self.verbatim and score.coverage >= self.verbatim_coverage
        return (
            dense
            and score.length >= self.verbatim_length
            and score.information >= self.verbatim_information
        )

    def _is_half(self, score: PartScore) -> bool:
        dense = score.density >= self.verbatim and score.length >= self.half_length
        whole_enough = min(score.share, score.coverage) >= self.half
        return dense and whole_enough and score.information >= self.half_information


@dataclass(frozen=True)
class Evidence:
    """What a verdict rests on.

    `option_information` is what the shared options say, of `option_total`. `other_options`: under the stem
    stand options, fewer than half of them the item's. `other_case`: the item asks about a case, which is
    not in the record. `alone`: the record's stem is the item's and little more.
    """

    stem: PartScore
    vignette: PartScore
    stem_total: float
    options: OptionMatch
    option_information: float
    option_total: float
    other_options: bool
    other_case: bool
    alone: bool


def classify(found: Evidence, limit: Thresholds) -> Verdict | None:
    """Returns the class of what a record shares with an item; None for nothing worth showing."""
    stem, options = found.stem, found.options
    if limit.found(found.vignette):
        return Verdict.CONTAMINATED
    together = stem.information + found.option_information
    own_options = limit.same_options if found.other_case else limit.options
    least = limit.caseless if found.other_case else limit.information
    if limit.found(stem):
        weak = found.other_case and stem.information < least
        enough = not weak or (options.shared >= own_options and together >= least)
        return Verdict.REVIEW if found.other_options or not enough else Verdict.CONTAMINATED
    if _stem_and_options(found, limit) and options.shared >= own_options:
        return Verdict.CONTAMINATED if together >= least else Verdict.BOILERPLATE
    if options.shared >= limit.same_options and found.option_information >= limit.information:
        return Verdict.REVIEW
    return None


def _stem_and_options(found: Evidence, limit: Thresholds) -> bool:
    """Whether stem and options together are there, though neither would say enough by itself."""
    stem, options = found.stem, found.options
    needed = limit.options if stem.share >= limit.share else limit.same_options
    if not found.alone or options.shared < needed or stem.share < limit.stem_share:
        return False
    total = found.stem_total + found.option_total
    return stem.information + found.option_information >= limit.share * total
