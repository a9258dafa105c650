"""Pairs: which two sides of a question are set against each other, drawn by hashes, and why others are not."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import polars as pl
from rapidfuzz.distance import Indel

from curate.grading.policies import PairPolicy, TierPair
from curate.models import Tier

CHOSEN_SCHEMA = pl.Schema(
    {
        "question_id": pl.String(),
        "chosen": pl.String(),
        "rejected": pl.String(),
        "chosen_tier": pl.String(),
        "rejected_tier": pl.String(),
        "chosen_sha256": pl.String(),
        "rejected_sha256": pl.String(),
        "chosen_index": pl.Int64(),
        "rejected_index": pl.Int64(),
        "chosen_tokens": pl.Int64(),
        "rejected_tokens": pl.Int64(),
    }
)
"""What the choice of pairs gives; the rest of a `Pair` is the question's."""

TRIES = 64
"""Combinations that are looked at for a question's two tiers, before it is given up."""


class Side(NamedTuple):
    """A text that may stand in a pair; `draw` is its place in the drawn order."""

    draw: bytes
    text: str
    sha256: str
    index: int | None
    tokens: int | None


@dataclass
class Drawn:
    """Pairs as rows of `CHOSEN_SCHEMA`, what became of all combinations, and how many sides were used.

    `combinations` and `made` count by tiers, `left` by tiers and reason, `used` by tier.
    """

    rows: list[tuple[object, ...]] = field(default_factory=list)
    combinations: Counter[str] = field(default_factory=Counter)
    made: Counter[str] = field(default_factory=Counter)
    left: Counter[tuple[str, str]] = field(default_factory=Counter)
    used: Counter[str] = field(default_factory=Counter)

    def frame(self) -> pl.DataFrame:
        """Returns the pairs as a frame."""
        return pl.DataFrame(self.rows, schema=CHOSEN_SCHEMA, orient="row")


def named(tiers: TierPair) -> str:
    """Returns the name of two tiers: better.worse."""
    return f"{tiers[0]}.{tiers[1]}"


def draw_pairs(sides: pl.DataFrame, policy: PairPolicy, seed: int) -> Drawn:
    """Returns the pairs of sides that a policy makes, questions in the order of their first side.

    `sides` has `question_id, tier, index, text, sha256, tokens`; all of a question stand in one frame. The order
    in which sides are taken is that of a hash of seed, question and text, so that it does not depend on
    other questions, on shards or on a generator's state.
    """
    drawn = Drawn()
    for id_, by_tier in _by_question(sides, seed):
        _pair(drawn, policy, id_, by_tier)
    return drawn


def _by_question(
    sides: pl.DataFrame, seed: int
) -> Iterator[tuple[str, Mapping[str, Sequence[Side]]]]:
    found: dict[str, dict[str, list[Side]]] = {}
    columns = ("question_id", "tier", "index", "text", "sha256", "tokens")
    for id_, tier, index, text, sha256, tokens in sides.select(columns).iter_rows():
        draw = hashlib.sha256(f"{seed}\0{id_}\0{sha256}".encode()).digest()
        side = Side(draw, text, sha256, index, tokens)
        found.setdefault(id_, {}).setdefault(tier, []).append(side)
    for id_, by_tier in found.items():
        yield id_, {tier: sorted(some) for tier, some in by_tier.items()}


def _pair(
    drawn: Drawn, policy: PairPolicy, id_: str, by_tier: Mapping[str, Sequence[Side]]
) -> None:
    why = _skipped(policy, by_tier)
    used: set[tuple[str, str]] = set()
    room = policy.per_question
    for tiers in policy.tiers:
        better, worse = (by_tier.get(tier, ()) for tier in tiers)
        name, total = named(tiers), len(better) * len(worse)
        if not total:
            continue
        drawn.combinations[name] += total
        limit = policy.per_tiers if room is None else min(policy.per_tiers, room)
        if why:
            drawn.left[name, why] += total
            continue
        made, alike, tried = _draw(policy, better, worse, limit)
        for one, other in made:
            drawn.rows.append(_row(id_, tiers, one, other))
            used |= {(tiers[0], one.sha256), (tiers[1], other.sha256)}
        drawn.made[name] += len(made)
        drawn.left[name, "pair.near_identical"] += alike
        gave_up = tried == TRIES and len(made) < limit
        drawn.left[name, "pair.gave_up" if gave_up else "pair.not_needed"] += total - tried
        room = None if room is None else room - len(made)
    drawn.used.update(tier for tier, _ in used)


def _skipped(policy: PairPolicy, by_tier: Mapping[str, Sequence[Side]]) -> str | None:
    """Returns why a question whose samples all have one grade gives no pair."""
    right, wrong = by_tier.get(Tier.CHOSEN), by_tier.get(Tier.REJECTED)
    if right and not wrong and policy.all_right == "leave_out":
        return "pair.all_right"
    if wrong and not right and policy.all_wrong == "leave_out":
        return "pair.all_wrong"
    return None


def _draw(
    policy: PairPolicy, better: Sequence[Side], worse: Sequence[Side], limit: int
) -> tuple[list[tuple[Side, Side]], int, int]:
    """Returns at most `limit` pairs, how many combinations were too alike, and how many were looked at."""
    made: list[tuple[Side, Side]] = []
    alike = tried = 0
    for one, other in _combinations(policy, better, worse):
        if len(made) == limit or tried == TRIES:
            break
        tried += 1
        if _are_alike(one.text, other.text, policy.near_identical):
            alike += 1
        else:
            made.append((one, other))
    return made, alike, tried


def _combinations(
    policy: PairPolicy, better: Sequence[Side], worse: Sequence[Side]
) -> Iterator[tuple[Side, Side]]:
    """Yields all combinations; every better side comes once before one comes twice."""
    if policy.lengths == "any":
        for step in range(len(worse)):
            for at, one in enumerate(better):
                yield one, worse[(at + step) % len(worse)]
        return
    nearest = [sorted(worse, key=lambda other: _apart(one, other)) for one in better]
    for step in range(len(worse)):
        for one, others in zip(better, nearest, strict=True):
            yield one, others[step]


def _apart(one: Side, other: Side) -> tuple[int, bytes]:
    """Returns how far two lengths are apart, in tokens where they are known, else in characters."""
    if one.tokens is None or other.tokens is None:
        return abs(len(one.text) - len(other.text)), other.draw
    return abs(one.tokens - other.tokens), other.draw


def _are_alike(one: str, other: str, share: float) -> bool:
    return one == other or Indel.normalized_similarity(one, other, score_cutoff=share) >= share


def _row(id_: str, tiers: TierPair, one: Side, other: Side) -> tuple[object, ...]:
    return (
        id_,
        *(one.text, other.text),
        *(tiers[0].value, tiers[1].value),
        *(one.sha256, other.sha256),
        *(one.index, other.index),
        *(one.tokens, other.tokens),
    )
