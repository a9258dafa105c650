"""Scores one part of an item against a stretch of text: the share of its information that aligns."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from curate.leakage.align import UNIT, align, align_end, score_bound
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


class End(NamedTuple):
    """The information that the best alignment of a part finds, and where it ends in part and text."""

    information: float
    item: int
    text: int


def may_hold(part: IndexedPart, folded: Folded, information: float) -> bool:
    """Whether the best local alignment of `part` with the folded text may find so much information."""
    return score_bound(part.codes, part.worth, _looked_at(folded)) >= information * UNIT


def best_end(part: IndexedPart, folded: Folded) -> End:
    """Returns the end of the best local alignment of `part` with the folded text."""
    text = _looked_at(folded)
    rows = np.empty((3, len(text) + 1), np.int32)
    score, item_end, text_end = align_end(part.codes, part.worth, text, (rows[0], rows[1], rows[2]))
    return End(score / UNIT, item_end, text_end)


def score_part(part: IndexedPart, folded: Folded, end: End | None = None) -> PartScore:
    """Returns the score of the best local alignment of `part` with the folded text.

    `end` is that alignment's, where it is known already.
    """
    end = end or best_end(part, folded)
    if end.information <= 0:
        return NOTHING
    item, worth, text = part.codes[: end.item], part.worth[: end.item], _looked_at(folded)
    matched = np.empty(len(part.codes), np.int32)
    align(item, worth, text[: end.text], matched[: end.item])
    matched[end.item :] = -1
    held = np.flatnonzero(matched >= 0)
    return PartScore(
        share=min(1.0, end.information / part.information),
        information=end.information,
        coverage=len(held) / len(part.codes),
        length=len(held),
        density=len(held) / int(matched[held[-1]] + 1 - matched[held[0]]),
        record=(int(matched[held[0]]), int(matched[held[-1]]) + 1),
        item=(int(held[0]), int(held[-1]) + 1),
    )


def _looked_at(folded: Folded) -> Codes:
    return code_points(folded.text[:WIDEST])
