"""What the pairs' template shows beside the record itself."""

from dataclasses import dataclass

from curate.models import Example, Grade, PairsReport, PairStage, Tier
from curate.reports.formats import interval, percent, plural
from curate.reports.pairs_plots import (
    delta_places,
    lengths_axis,
    matrix,
    place,
    rate_places,
    spread,
)
from curate.reports.reasons import why
from curate.reports.verdicts import WORDS, against

__all__ = ["GRADE_SHAPES", "context"]

TIERS = {
    Tier.GROUND_TRUTH: "ground truth",
    Tier.CHOSEN: "chosen (correct sample)",
    Tier.REJECTED: "rejected (wrong sample)",
}
GRADE_SHAPES = dict.fromkeys(Grade, "none") | {Grade.CORRECT: "pass", Grade.INCORRECT: "fail"}
LISTED = 20
"""Outcomes that are listed where they are too many for a matrix."""


@dataclass(frozen=True)
class Step:
    """A stage of the ledger; `left` lists (reason, count, what it means)."""

    name: str
    into: int
    left: list[tuple[str, int, str]]
    on: int


def context(report: PairsReport) -> dict[str, object]:
    """Returns the template's variables."""
    graded = sum(row.responses for row in report.grades)
    right = sum(row.responses for row in report.grades if row.grade is Grade.CORRECT)
    return {
        "report": report,
        "verdict": report.audit.verdict.value if report.ledger.audited else "none",
        "word": WORDS[report.audit.verdict] if report.ledger.audited else "UNAUDITED",
        "sentence": sentence(report),
        "audited": audited(report),
        "graded": graded,
        "right": right,
        "strict_right": sum(row.strict_right for row in report.grades),
        "both_right": sum(r.strict_right for r in report.grades if r.grade is Grade.CORRECT),
        "tier_names": {tier.value: name for tier, name in TIERS.items()},
        "shapes": GRADE_SHAPES,
        "axis": lengths_axis(report),
        "spreads": [spread(row, report.edges) for row in report.tiers],
        "deltas": [delta_places(kind.gap) for kind in report.kinds],
        "middle": place(0.5),
        "rates": [rate_places(row.rate) for row in report.passes],
        "quarters": [(place(at / 4), f"{25 * at}") for at in range(5)],
        "signed": [(place((at + 2) / 4), f"{at / 2:+g}" if at else "0") for at in range(-2, 3)],
        "matrix": matrix(report.outcomes),
        "listed": sorted(report.outcomes, key=lambda row: -row.questions)[:LISTED],
        "asked_of": sum(row.questions for row in report.outcomes),
        "steps": [_step(stage) for stage in report.ledger.stages],
        "first_of": _first_of(report.examples),
        "held": _held(report.examples),
    }


def sentence(report: PairsReport) -> str:
    """Returns what was made of what."""
    made = f"{plural(report.pairs, 'pair')} from {report.paired:,} of {plural(report.questions, 'question')}"
    if not report.pairs:
        return f"No pair from {plural(report.questions, 'question')}"
    return made


def audited(report: PairsReport) -> str:
    """Returns what the audit says of the pairs, in one sentence."""
    audit = report.audit
    found = audit.power
    power = f", power {percent(found.recall)} {interval(found.low, found.high)}" if found else ""
    looked = f"checked with prompts and samples against {against(audit)}"
    checked = f"{plural(audit.rows, 'pair')}, {looked}{power}"
    leaks = audit.counts.contaminated + audit.counts.recycled
    if not report.ledger.audited:
        return f"the corpus has no passing audit; {checked}"
    waiting = (
        f", {plural(audit.counts.review, 'finding')} undecided," if audit.counts.review else ""
    )
    return f"{plural(leaks, 'leak') if leaks else 'no leak'}{waiting} in {checked}"


def _step(stage: PairStage) -> Step:
    left = sorted(stage.dropped.items(), key=lambda pair: (-pair[1], pair[0]))
    what, *tiers = stage.stage.split(".")
    names = " > ".join(TIERS[Tier(tier)].partition(" (")[0] for tier in tiers)
    return Step(
        name=f"{what.replace('_', ' ')}{': ' if names else ''}{names}",
        into=stage.rows_in,
        left=[(reason, number, why(reason)) for reason, number in left if number],
        on=stage.rows_out,
    )


def _first_of(examples: list[Example]) -> dict[str, int]:
    """Returns, for each grade, the number of the first card that shows it."""
    first: dict[str, int] = {}
    for number, example in enumerate(examples, start=1):
        for grade in example.grades:
            first.setdefault(grade, number)
    return first


def _held(examples: list[Example]) -> list[tuple[str, int]]:
    """Returns how many cards show each grade, in the order of grades."""
    held = [(g.value, sum(g.value in one.grades for one in examples)) for g in Grade]
    return [(grade, number) for grade, number in held if number]
