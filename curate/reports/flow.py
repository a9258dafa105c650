"""The way of the rows: read, one step a stage, kept; and the year filter's proof."""

from dataclasses import dataclass

from curate.models import Ledger, StageCount, YearRow
from curate.reports.formats import bar_width, percent_of

__all__ = ["Step", "YearProof", "steps", "year_proof"]


@dataclass(frozen=True)
class Step:
    """One row of the flow table."""

    name: str
    rows_in: int
    rows_out: int
    dropped: list[tuple[str, int]]
    quarantined: int
    chars_out: int | None
    share: str
    width: str


@dataclass(frozen=True)
class YearProof:
    """One row of the year table; `late`: rows later than allowed were kept."""

    row: YearRow
    late: bool


def steps(ledger: Ledger) -> list[Step]:
    """Returns the steps from reading to the last stage; rows without a reason were quarantined."""
    after_reading = (
        ledger.stages[0].rows_in if ledger.stages else ledger.rows_in - ledger.quarantined
    )
    reading = _step("read", (ledger.rows_in, after_reading), {}, ledger.rows_in)
    return [reading, *(_stage(stage, ledger.rows_in) for stage in ledger.stages)]


def year_proof(years: list[YearRow], max_year: int | None) -> list[YearProof]:
    """Returns the year table's rows in the order given."""
    return [YearProof(row=row, late=_late(row, max_year)) for row in years]


def _late(row: YearRow, max_year: int | None) -> bool:
    if max_year is None or not row.kept:
        return False
    return any(year is not None and year > max_year for year in (row.year, row.latest_published))


def _stage(stage: StageCount, rows: int) -> Step:
    return _step(stage.stage, (stage.rows_in, stage.rows_out), stage.dropped, rows, stage.chars_out)


def _step(
    name: str,
    rows: tuple[int, int],
    dropped: dict[str, int],
    whole: int,
    chars_out: int | None = None,
) -> Step:
    rows_in, rows_out = rows
    return Step(
        name=name,
        rows_in=rows_in,
        rows_out=rows_out,
        dropped=[(reason, number) for reason, number in dropped.items() if number],
        quarantined=max(rows_in - rows_out - sum(dropped.values()), 0),
        chars_out=chars_out,
        share=percent_of(rows_out, whole),
        width=bar_width(rows_out, whole),
    )
