"""Texts as safe markup: shared spans marked, differing characters inside them emphasised."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby, pairwise

from markupsafe import Markup
from rapidfuzz.distance import Levenshtein

from curate.models import Passage
from curate.text import Folded, fold, visible

__all__ = ["DIFF_LIMIT", "differing", "marked", "marked_whole"]

DIFF_LIMIT = 2000
"""Longest span, in characters, whose character differences are shown."""

_ALIKE = 0.4
"""Spans less alike than this share no line that a comparison of characters could follow."""

_KEPT_PLAIN = 200
_KEPT_ALONE = 400
_LEAST_HIDDEN = 100
_CUT = Markup('<i class="cut">[{:,} characters left out: {}]</i>')
_MORE = Markup(
    '<details class="more"><summary>show {:,} characters without a match</summary>{}</details>'
)

Look = tuple[str, bool]
"""The part that a character is marked for, or "" for none; and whether it differs from its twin."""


def differing(one: str, other: str) -> tuple[list[int], list[int]]:
    """Returns the offsets of the characters that differ, in each text.

    Width, case, kana, variants and punctuation count as equal, as they do in the search.
    """
    if one == other or not one or not other or max(len(one), len(other)) > DIFF_LIMIT:
        return [], []
    ours, theirs = fold(one), fold(other)
    if Levenshtein.normalized_similarity(ours.text, theirs.text) < _ALIKE:
        return [], []
    changed: tuple[list[int], list[int]] = [], []
    for edit in Levenshtein.opcodes(ours.text, theirs.text):
        if edit.tag != "equal":
            changed[0].extend(_origins(ours, range(edit.src_start, edit.src_end)))
            changed[1].extend(_origins(theirs, range(edit.dest_start, edit.dest_end)))
    return changed


def _origins(folded: Folded, places: range) -> Iterator[int]:
    """Yields the original offsets of folded characters, each with all that it was folded from."""
    for at in places:
        yield from range(*folded.span(at, at + 1))


def marked(passage: Passage, different: Collection[int], place: str) -> Markup:
    """Returns a passage with its spans marked; `place` tells where its left-out text stands."""
    spans = [(span.start, span.end, str(span.part)) for span in passage.shared]
    cuts = {cut.at: _CUT.format(cut.chars, visible(place)) for cut in passage.cuts}
    edges = sorted({0, *(at for at in cuts if at < len(passage.text)), len(passage.text)})
    pieces: list[Markup] = []
    for start, end in pairwise(edges):
        pieces.append(cuts.get(start, Markup()))
        pieces.extend(_marked(passage, _stretches((start, end), spans, different)))
    pieces.append(cuts.get(len(passage.text), Markup()) if passage.text else Markup())
    return Markup().join(pieces)


def marked_whole(text: str, different: Collection[int], *, shared: bool) -> Markup:
    """Returns a text that is shared from end to end, or not at all."""
    if not shared:
        return Markup.escape(visible(text))
    stretches = _stretches((0, len(text)), [(0, len(text), "all")], different)
    return Markup().join(_mark(text[start:end], look, "all") for look, start, end in stretches)


def _stretches(
    within: tuple[int, int], spans: Sequence[tuple[int, int, str]], different: Collection[int]
) -> Iterator[tuple[Look, int, int]]:
    """Yields the stretches [start, end) of one look each; of spans that overlap the last counts."""
    inside, changed = range(*within), frozenset(different)
    edges = {*within, *(at for span in spans for at in span[:2] if at in inside)}
    edges.update(edge for at in changed for edge in (at, at + 1) if edge in inside)

    def look(edge: tuple[int, int]) -> Look:
        at = edge[0]
        part = next((name for start, end, name in reversed(spans) if start <= at < end), "")
        return part, at in changed

    for one, run in groupby(pairwise(sorted(edges)), look):
        some = list(run)
        yield one, some[0][0], some[-1][1]


def _marked(passage: Passage, stretches: Iterable[tuple[Look, int, int]]) -> Iterator[Markup]:
    for look, start, end in stretches:
        text = passage.text[start:end]
        if look[0]:
            yield _mark(text, look, str(passage.part))
        else:
            yield _plain(text, start > 0, end < len(passage.text))


def _mark(text: str, look: Look, around: str) -> Markup:
    part, different = look
    body = Markup("<b>{}</b>").format(visible(text)) if different else Markup.escape(visible(text))
    if part == around:
        return Markup("<mark>{}</mark>").format(body)
    return Markup('<mark class="p-{}">{}</mark>').format(part, body)


def _plain(text: str, before: bool, after: bool) -> Markup:
    """Folds away the middle of a long stretch, or its far end where only one side has a match."""
    head = _KEPT_PLAIN if before else 0
    tail = _KEPT_PLAIN if after else 0
    head = head or (0 if tail else _KEPT_ALONE)
    if len(text) < head + tail + _LEAST_HIDDEN:
        return Markup.escape(visible(text))
    hidden = text[head : len(text) - tail]
    shown = visible(text[:head]), visible(text[len(text) - tail :])
    return Markup("{}{}{}").format(shown[0], _MORE.format(len(hidden), visible(hidden)), shown[1])
