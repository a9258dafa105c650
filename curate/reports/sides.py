"""The two sides of a finding: which passages to show, and where in them the shared spans lie."""

from collections.abc import Sequence
from typing import Literal

from curate.leakage import BenchmarkItem, match_options
from curate.models import (
    Document,
    Finding,
    FindingCard,
    OptionPair,
    Part,
    Passage,
    Question,
    Side,
    Verdict,
)
from curate.text import fold, folds_between

CONTEXT = 160

Placed = tuple[Part, int, str]
"""A passage's part, its offset in the full text, and its text."""


def finding_card(
    record: Question | Document,
    item: BenchmarkItem,
    findings: Sequence[Finding],
    verdict: Verdict,
    dropped_by: str | None,
) -> FindingCard:
    """Returns the card of a (record, item) pair."""
    best = max(findings, key=lambda f: (f.part is not Part.CHOICES, f.score))
    english = any(f.part is Part.TRANSLATION for f in findings)
    options = _options(record, item, findings, english=english)
    marked = [f for f in findings if not options or f.part is not Part.CHOICES]
    ours = [(f.record_start, f.record_end) for f in marked]
    theirs = [(f.item_start, f.item_end) for f in marked]
    record_side = _record_side(record, findings, ours)
    item_side = _item_side(item, theirs, english=english, with_choices=not options)
    return FindingCard(
        verdict=verdict,
        parts=list(dict.fromkeys(f.part for f in findings)),
        score=best.score,
        threshold=best.threshold,
        dropped_by=dropped_by,
        decided_by=best.decided_by,
        record=record_side,
        item=item_side,
        options=options,
        folded=_folded(record_side, item_side, options),
    )


def _folded(record: Side, item: Side, options: Sequence[OptionPair]) -> list[str]:
    """Lists the spellings held equal, in the shared spans and in options that are twins."""
    twins = [pair for pair in options if pair.record is not None and pair.item is not None]
    ours = _shared(record) + "".join(pair.record or "" for pair in twins)
    theirs = _shared(item) + "".join(pair.item or "" for pair in twins)
    return folds_between(ours, theirs)


def _shared(side: Side) -> str:
    return "".join(p.text[start:end] for p in side.passages for start, end in p.shared)


def _record_side(
    record: Question | Document, findings: Sequence[Finding], spans: Sequence[tuple[int, int]]
) -> Side:
    place = record.provenance
    quoted = any(f.part is Part.EXPLANATION for f in findings)
    passages = _placed(record) if isinstance(record, Question) else [(Part.STEM, 0, record.text)]
    wanted = [p for p in passages if p[0] is not Part.EXPLANATION or quoted]
    return Side(
        name=place.source,
        id=record.id,
        year=record.year if isinstance(record, Question) else record.published,
        place=f"{place.path}:{place.line or place.page}",
        passages=[_passage(p, spans, "ja") for p in wanted if p[0] is not Part.CHOICES],
    )


def _item_side(
    item: BenchmarkItem, spans: Sequence[tuple[int, int]], *, english: bool, with_choices: bool
) -> Side:
    question, place = item.question, item.question.provenance
    wanted = (Part.STEM, Part.VIGNETTE, *((Part.CHOICES,) if with_choices else ()))
    placed = [p for p in _placed(question) if p[0] in wanted]
    shown = [_passage(p, [] if english else spans, "ja") for p in placed]
    if english:
        shown.append(_passage((Part.TRANSLATION, 0, item.text_en), spans, "en"))
    return Side(
        name=item.benchmark,
        id=question.id,
        year=question.year,
        place=f"{place.path}:{place.line or place.page}",
        passages=shown,
    )


def _placed(question: Question) -> list[Placed]:
    """Returns the passages of a question with their offsets in its full text."""
    printed = question.original_text or question.text
    placed: list[Placed] = []
    if question.vignette:
        start = question.full_text.rfind(question.vignette)
        placed.append((Part.VIGNETTE, max(0, start), question.vignette))
    placed.append((Part.STEM, max(0, printed.rfind(question.text)), question.text))
    if question.choices:
        placed.append((Part.CHOICES, len(printed) + 1, "\n".join(question.choices)))
    if question.explanation:
        start = len(printed) + 1 + sum(len(choice) + 1 for choice in question.choices)
        placed.append((Part.EXPLANATION, start, question.explanation))
    return placed


def _passage(
    placed: Placed, spans: Sequence[tuple[int, int]], lang: Literal["ja", "en"]
) -> Passage:
    """Cuts a long passage to what surrounds its spans, and shifts the spans into it."""
    part, offset, text = placed
    inside = sorted(
        {
            (max(0, start - offset), min(len(text), end - offset))
            for start, end in spans
            if start - offset < len(text) and end > offset
        }
    )
    first = max(0, inside[0][0] - CONTEXT) if inside else 0
    last = min(len(text), max(end for _, end in inside) + CONTEXT) if inside else 4 * CONTEXT
    if part not in (Part.EXPLANATION, Part.STEM) or len(text) <= 4 * CONTEXT:
        first, last = 0, len(text)
    before, after = "… " if first else "", " …" if last < len(text) else ""
    moved = [[a - first + len(before), b - first + len(before)] for a, b in inside]
    return Passage(part=part, lang=lang, text=before + text[first:last] + after, shared=moved)


def _options(
    record: Question | Document, item: BenchmarkItem, findings: Sequence[Finding], *, english: bool
) -> list[OptionPair]:
    """Aligns options to their twins in the item's order; options without a twin come last."""
    theirs = list(item.choices_en if english else item.question.choices)
    quoted = any(f.part is Part.EXPLANATION for f in findings)
    if not isinstance(record, Question) or not record.choices or quoted:
        return []
    match = match_options([fold(t).text for t in theirs], [fold(t).text for t in record.choices])
    pairs = [
        OptionPair(record=None, item=text)
        if twin is None
        else OptionPair(record=record.choices[twin], item=text, similarity=round(alike, 4))
        for text, twin, alike in zip(theirs, match.twins, match.similarity, strict=True)
    ]
    alone = [text for i, text in enumerate(record.choices) if i not in match.twins]
    return [*pairs, *(OptionPair(record=text, item=None) for text in alone)]
