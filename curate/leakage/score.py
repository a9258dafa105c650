"""Scores one record against one item: the share of a part's information found in one window."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from curate.leakage.index import IndexedPart

WINDOW_SLACK = 1.6
WINDOW_EXTRA = 20
OPTION_SIMILARITY = 80.0
SHORT_OPTION = 5
ALIGN_FROM = 0.25
ALIGN_LENGTH = 40
ALIGNED = 80.0


@dataclass(frozen=True)
class PartScore:
    """How much of a part one window of the record holds; spans are folded offsets of both sides."""

    share: float
    information: float
    record: tuple[int, int]
    item: tuple[int, int]


NOTHING = PartScore(0.0, 0.0, (0, 0), (0, 0))


def score_part(part: IndexedPart, positions: dict[str, list[int]], text: str) -> PartScore:
    """Returns the best window's score in the folded `text`, whose n-grams `positions` places.

    A scattered error breaks every n-gram around it. So where a fair share of the part is in the window,
    the window is aligned with the part, and a close alignment counts for what it is.
    """
    hits = sorted((where, gram) for gram in part.weights for where in positions.get(gram, ()))
    total = part.information
    if not hits or total <= 0:
        return NOTHING
    width = int(len(part.folded.text) * WINDOW_SLACK) + WINDOW_EXTRA
    first, last, best = _best_window(hits, part.weights, width)
    first, last = _tightened(hits, first, last, part.gram)
    start, end = hits[first][0], hits[last][0] + len(hits[last][1])
    found = {gram for _, gram in hits[first : last + 1]}
    share = min(1.0, best / total)
    if ALIGN_FROM <= share < 1 and len(part.folded.text) >= ALIGN_LENGTH:
        slack = len(part.folded.text) // 2
        near = text[max(0, start - slack) : end + slack]
        whole = len(near) >= len(part.folded.text) * ALIGNED / 100
        aligned = (
            fuzz.partial_ratio(part.folded.text, near, score_cutoff=ALIGNED) / 100 if whole else 0.0
        )
        share, best = max(share, aligned), max(best, aligned * total)
    return PartScore(
        share=share,
        information=best,
        record=(start, end),
        item=_item_span(part, found),
    )


def _best_window(
    hits: Sequence[tuple[int, str]], weights: dict[str, float], width: int
) -> tuple[int, int, float]:
    """Slides a window over the hits; a gram counts once however often it stands in the window."""
    inside: dict[str, int] = {}
    total = best = 0.0
    left = 0
    where = (0, 0)
    for right, (offset, gram) in enumerate(hits):
        if not inside.get(gram):
            total += weights[gram]
        inside[gram] = inside.get(gram, 0) + 1
        while offset - hits[left][0] > width:
            gone = hits[left][1]
            inside[gone] -= 1
            if not inside[gone]:
                total -= weights[gone]
            left += 1
        if total > best + 1e-9:
            best, where = total, (left, right)
    return (*where, best)


def _tightened(
    hits: Sequence[tuple[int, str]], first: int, last: int, size: int
) -> tuple[int, int]:
    """Completes the run of n-grams at the window's end, and drops from its start what comes again."""
    while last + 1 < len(hits) and hits[last + 1][0] <= hits[last][0] + size:
        last += 1
    inside = Counter(gram for _, gram in hits[first : last + 1])
    while inside[hits[first][1]] > 1:
        inside[hits[first][1]] -= 1
        first += 1
    return first, last


def _item_span(part: IndexedPart, found: set[str]) -> tuple[int, int]:
    text, size = part.folded.text, part.gram
    starts = [i for i in range(max(1, len(text) - size + 1)) if text[i : i + size] in found]
    return (starts[0], min(len(text), starts[-1] + size)) if starts else (0, 0)


def positions_of(text: str, size: int) -> dict[str, list[int]]:
    """Returns n-gram -> its offsets in a folded text."""
    found: dict[str, list[int]] = {}
    for start in range(len(text) - size + 1):
        found.setdefault(text[start : start + size], []).append(start)
    if text and len(text) < size:
        found[text] = [0]
    return found


@dataclass(frozen=True)
class OptionMatch:
    """Options as a set: for each of the item's options the record's twin, or None, and its similarity."""

    twins: tuple[int | None, ...]
    similarity: tuple[float, ...]

    @property
    def shared(self) -> float:
        """The share of the item's options that the record has."""
        return sum(twin is not None for twin in self.twins) / len(self.twins) if self.twins else 0.0


def match_options(item: Sequence[str], record: Sequence[str]) -> OptionMatch:
    """Pairs folded options of both sides greedily, best first, whatever their order."""
    if not item or not record:
        return OptionMatch((None,) * len(item), (0.0,) * len(item))
    ranked = sorted(
        (
            (fuzz.ratio(ours, theirs), i, j)
            for i, ours in enumerate(item)
            for j, theirs in enumerate(record)
        ),
        key=lambda cell: (-cell[0], cell[1], cell[2]),
    )
    twins: list[int | None] = [None] * len(item)
    similarity = [0.0] * len(item)
    taken: set[int] = set()
    for ratio, i, j in ranked:
        if ratio >= OPTION_SIMILARITY and twins[i] is None and j not in taken:
            twins[i], similarity[i] = j, ratio / 100
            taken.add(j)
    return OptionMatch(tuple(twins), tuple(similarity))


def options_in_text(item: Sequence[str], text: str) -> OptionMatch:
    """Finds the item's folded options in running text."""
    ratios = [fuzz.partial_ratio(option, text) if option in text or len(option) > SHORT_OPTION else 0.0
              for option in item]  # fmt: skip
    twins = tuple(0 if ratio >= OPTION_SIMILARITY else None for ratio in ratios)
    return OptionMatch(twins, tuple(ratio / 100 for ratio in ratios))
