"""Pass marks and known point totals of a benchmark: `pipelines/benchmarks/marks/NAME.yaml`."""

from typing import Literal

import yaml
from pydantic import NonNegativeInt, PositiveInt, ValidationError

from curate.artefacts import share
from curate.errors import RecipeError
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
    path = share("pipelines", "benchmarks", "marks") / f"{name}.yaml"
    if not path.is_file():
        return None
    try:
        return BenchmarkMarks.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except yaml.YAMLError as exc:
        raise RecipeError("not YAML", where=f"marks/{path.name}") from exc
    except ValidationError as exc:
        first = exc.errors(include_url=False, include_input=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise RecipeError(f"{key}: {first['msg']}", where=f"marks/{path.name}") from exc
