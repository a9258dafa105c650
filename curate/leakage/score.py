"""Scores one part of an item against a stretch of text: the share of its information that aligns."""

from dataclasses import dataclass

import numpy as np

from curate.leakage.align import UNIT, align, score_bound
from curate.leakage.index import IndexedPart
from curate.leakage.pieces import code_points
from curate.text import Folded
from curate.text.kernels import Codes

WIDEST = 8_000
"""Characters of text that one part is aligned with at most: an alignment takes part × text of memory."""


@dataclass(frozen=True)
class PartScore:
    """How much of a part a stretch of text holds; spans are folded offsets of both sides.

    `information` is that of the aligned characters, less what their errors cost; `share` is its share of
    the part's. `coverage` is the share of the part's characters that aligned, whatever they are worth;
    `length` is
    their number, `density` their share of the stretch of text from the first to the last of them.
    """

    share: float
    information: float
    coverage: float
    density: float
    length: int
    record: tuple[int, int]
    item: tuple[int, int]


NOTHING = PartScore(0.0, 0.0, 0.0, 0.0, 0, (0, 0), (0, 0))


def may_hold(part: IndexedPart, folded: Folded, information: float) -> bool:
    """Whether the best local alignment of `part` with the folded text may find so much information."""
    return score_bound(part.codes, part.worth, _looked_at(folded)) >= information * UNIT


def score_part(part: IndexedPart, folded: Folded) -> PartScore:
    """Returns the score of the best local alignment of `part` with the folded text."""
    matched = np.empty(len(part.codes), np.int32)
    information = align(part.codes, part.worth, _looked_at(folded), matched) / UNIT
    if information <= 0:
        return NOTHING
    held = np.flatnonzero(matched >= 0)
    return PartScore(
        share=min(1.0, information / part.information),
        information=information,
        coverage=len(held) / len(part.codes),
        length=len(held),
        density=len(held) / int(matched[held[-1]] + 1 - matched[held[0]]),
        record=(int(matched[held[0]]), int(matched[held[-1]]) + 1),
        item=(int(held[0]), int(held[-1]) + 1),
    )


def _looked_at(folded: Folded) -> Codes:
    return code_points(folded.text[:WIDEST])
