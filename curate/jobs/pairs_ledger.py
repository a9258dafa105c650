"""The ledger of a run of pairs, from what its shards counted."""

from collections import Counter

from curate.grading.pairs import named
from curate.jobs.pairs_ask import Sampled
from curate.jobs.pairs_plan import PairsPlan
from curate.jobs.pairs_shards import Accounts
from curate.models import PairLedger, PairStage, Tier


def pair_ledger(plan: PairsPlan, sampled: Sampled, accounts: Accounts) -> PairLedger:
    """Returns the ledger; it is none unless everything adds up."""
    drawn = accounts.drawn
    stages = [
        _stage("questions", sampled.questions, sampled.left_out + accounts.questions),
        _stage("responses", accounts.responses, accounts.response_reasons),
        _stage("ground_truths", accounts.solutions, accounts.solution_reasons),
    ]
    if sampled.recorded is not None:
        left_out = sampled.recorded.left_out
        rows = accounts.responses + left_out.total()
        stages.insert(1, _stage("recorded", rows, left_out))
    for tier in Tier:
        there, used = accounts.sides[tier], drawn.used[tier]
        stages.append(
            PairStage(
                stage=f"sides.{tier}",
                rows_in=there,
                rows_out=used,
                dropped=_told(Counter({"side.unused": there - used})),
            )
        )
    for tiers in plan.recipe.policy.tiers:
        name = named(tiers)
        why = Counter({reason: n for (of, reason), n in drawn.left.items() if of == name})
        stages.append(
            PairStage(
                stage=f"pairs.{name}",
                rows_in=drawn.combinations[name],
                rows_out=drawn.made[name],
                dropped=_told(why),
            )
        )
    return PairLedger(
        audited=plan.audited,
        pairs=drawn.made.total(),
        grades=_told(accounts.grades),
        edited=_told(accounts.edited),
        stages=stages,
    )


def _stage(name: str, rows: int, dropped: Counter[str]) -> PairStage:
    return PairStage(
        stage=name, rows_in=rows, rows_out=rows - dropped.total(), dropped=_told(dropped)
    )


def _told(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted((+counts).items()))
