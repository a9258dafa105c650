"""Pass marks and known point totals of a benchmark: `pipelines/benchmarks/marks/NAME.yaml`."""

from typing import Literal

from pydantic import NonNegativeInt, PositiveInt

from curate.artefacts import share
from curate.leakage.benchmarks import read_beside
from curate.models import NonEmpty, Record, Tally


class YearMarks(Record):
    """What it takes to pass in one year, in points; `points` is what all of its items are worth."""

    points: PositiveInt
    required: PositiveInt
    general: PositiveInt


class BenchmarkMarks(Record):
    """The pass marks of an exam; `confirmed` tells whether they were checked against their source."""

    marks: Literal["benchmark-marks/1"]
    source: NonEmpty
    confirmed: bool
    forbidden: NonNegativeInt
    """So many forbidden choices may be picked."""
    years: dict[int, YearMarks]

    def passed(self, year: int, tally: Tally) -> bool | None:
        """Tells whether the tally of a whole year passes; None where a mark or a count is not known."""
        marks = self.years.get(year)
        if marks is None or tally.kinki is None:
            return None
        enough = tally.required >= marks.required and tally.general >= marks.general
        return enough and tally.kinki <= self.forbidden


def read_marks(name: str) -> BenchmarkMarks | None:
    """Returns the marks of a benchmark, or None where there are none.

    Raises:
        RecipeError: Its YAML is wrong, with the key.
    """
    return read_beside(share("pipelines", "benchmarks") / f"{name}.yaml", "marks", BenchmarkMarks)
