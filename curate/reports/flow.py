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
    flags: list[tuple[str, int]]
    clusters: list[tuple[str, int]]
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
    reading = Step(
        name="read",
        rows_in=ledger.rows_in,
        rows_out=after_reading,
        dropped=[],
        flags=[],
        clusters=[],
        quarantined=max(ledger.rows_in - after_reading, 0),
        chars_out=None,
        share=percent_of(after_reading, ledger.rows_in),
        width=bar_width(after_reading, ledger.rows_in),
    )
    return [reading, *(_stage(stage, ledger.rows_in) for stage in ledger.stages)]


def year_proof(years: list[YearRow], max_year: int | None) -> list[YearProof]:
    """Returns the year table's rows in the order given."""
    return [YearProof(row=row, late=_late(row, max_year)) for row in years]


def _late(row: YearRow, max_year: int | None) -> bool:
    if max_year is None or not row.kept:
        return False
    return any(year is not None and year > max_year for year in (row.year, row.latest_published))


def _stage(stage: StageCount, rows: int) -> Step:
    return Step(
        name=stage.stage,
        rows_in=stage.rows_in,
        rows_out=stage.rows_out,
        dropped=[(reason, number) for reason, number in stage.dropped.items() if number],
        flags=list(stage.flags.items()),
        clusters=list(stage.clusters.items()),
        quarantined=max(stage.rows_in - stage.rows_out - sum(stage.dropped.values()), 0),
        chars_out=stage.chars_out,
        share=percent_of(stage.rows_out, rows),
        width=bar_width(stage.rows_out, rows),
    )
