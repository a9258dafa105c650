"""The detector: finds benchmark items in records, class by class, with spans in both original texts."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace

import polars as pl

from curate.leakage.benchmarks import BenchmarkItem
from curate.leakage.index import IndexedItem, IndexedPart, build_index
from curate.leakage.options import (
    FEWEST,
    OptionMatch,
    match_options,
    options_in_text,
    options_may_stand,
    other_options,
    span_in_text,
    without_sentence_end,
)
from curate.leakage.probe import Probe
from curate.leakage.score import NOTHING, PartScore, may_hold
from curate.leakage.screen import Place, Screen
from curate.leakage.verdicts import Evidence, Thresholds, classify
from curate.models import Document, Finding, Part, Question, Verdict

DETECTOR = "aligned-information/1"
SAME_LENGTH = 1.5
STEM_END = 0.15
"""Options stand below a stem only where it is there to its end, but for so much of its information,"""
STEM_TAIL = 3
"""... and with less than so many characters missing, right below it."""
WIDER = 1.5
MARGIN = 200
"""Around a place an item is looked for in a stretch WIDER than it by so much, and MARGIN characters,"""
NEAR = 50
"""... and the very part that may stand there within an eighth of its length, and NEAR characters."""

Span = tuple[int, int]


@dataclass(frozen=True)
class Match:
    """A record and an item that share something: the parts' scores, the options, the verdict.

    `spans` are the parts' places in the record's text, `options_span` is the options'. `quoted`: they
    stand in the record's explanation.
    """

    item: IndexedItem
    scores: Mapping[Part, PartScore]
    spans: Mapping[Part, Span]
    options: OptionMatch
    options_span: Span
    quoted: bool
    verdict: Verdict


class Detector:
    """Finds the items of an index in records; what is found in one does not depend on the others."""

    def __init__(
        self, items: Sequence[BenchmarkItem], thresholds: Thresholds | None = None
    ) -> None:
        self.thresholds = thresholds or Thresholds()
        self.index, grams = build_index(items)
        self._screen = Screen(self.index.parts, grams)

    def at(self, thresholds: Thresholds) -> "Detector":
        """Returns a detector of the same items that judges by other thresholds; it shares the index."""
        other = copy(self)
        other.thresholds = thresholds
        return other

    def undetermined(self) -> Iterator[BenchmarkItem]:
        """Yields the items with too little text to be told from others: part of coverage."""
        for indexed in self.index.items:
            own = sum(p.information for p in indexed.parts if p.part is not Part.TRANSLATION)
            if own < self.thresholds.information:
                yield indexed.item

    def find(self, record: Question | Document) -> list[Finding]:
        """Returns the findings of one record, in the order of the benchmark's items and their parts."""
        return self.find_many([record])[0]

    def find_many(self, records: Sequence[Question | Document]) -> list[list[Finding]]:
        """Returns the findings of every record, in the records' order."""
        found = self.candidates(pl.Series([r.full_text for r in records], dtype=pl.String))
        return [self.confirm(record, found.get(i, ())) for i, record in enumerate(records)]

    def candidates(self, texts: pl.Series) -> dict[int, list[Place]]:
        """Returns, by the number of a text, the places where parts of items may stand.

        This is the fast pass. A question whose options are an item's may be a candidate without one.
        """
        found: dict[int, list[Place]] = defaultdict(list)
        for place in self._screen.places(texts):
            found[place.text].append(place)
        return found

    def confirm(self, record: Question | Document, places: Iterable[Place]) -> list[Finding]:
        """Returns the findings of a record at its candidate places, aligned and classed."""
        by_item: dict[int, list[Place]] = {number: [] for number in self._same_options(record)}
        for place in places:
            by_item.setdefault(self.index.parts[place.part].item, []).append(place)
        if not by_item:
            return []
        probe = Probe(record)
        found: list[Finding] = []
        known: dict[object, Match | None] = {}
        for number in sorted(by_item):
            item, own = self.index.items[number], by_item[number]
            key = (item.like, *((p.share, p.start, p.end) for p in own))
            if key not in known:
                known[key] = self._match(probe, item, own)
            match = known[key]
            if match is not None:
                found.extend(self._findings(probe, _of(match, item, record)))
        return found

    def _same_options(self, record: Question | Document) -> Iterator[int]:
        """Yields the items of which a question has several options, word for word."""
        if not isinstance(record, Question) or len(record.choices) < FEWEST:
            return
        shared: dict[int, int] = defaultdict(int)
        for choice in set(Probe(record).choices):
            for number in self.index.by_choice.get(choice, ()):
                shared[number] += 1
        yield from (number for number, count in shared.items() if count >= FEWEST)

    def _match(self, probe: Probe, item: IndexedItem, places: Sequence[Place]) -> Match | None:
        best = max(places, key=lambda p: (p.share, -p.part), default=None)
        main = (best.start, best.end) if best else (0, len(probe.text))
        own = {self.index.parts[p.part].part: (p.start, p.end) for p in places}
        has_options = own.pop(Part.CHOICES, None) is not None or bool(probe.choices)
        looked = [
            (part, _around(probe, part, own[part.part]))
            if part.part in own
            else (part, _around_all(probe, item, main))
            for part in item.parts
            if part.part in own or part.part is Part.STEM
        ]
        least = self.thresholds.least
        held = {
            part.part: probe.score(part, stretch)
            for part, stretch in looked
            if part.part in own
            and part.information >= least
            and may_hold(part, probe.folded(stretch), least)
        }
        stands = any(score.information >= least for score in held.values())
        choices = [item.choices, item.choices_en] if Part.TRANSLATION in own else [item.choices]
        if not stands and not self._has_options(
            probe, choices, main, _around_all(probe, item, main)
        ):
            return None
        scores: dict[Part, PartScore] = {}
        spans: dict[Part, Span] = {}
        for part, stretch in looked:
            score = held.get(part.part) or self._score(probe, part, stretch)
            scores[part.part] = score
            start, end = probe.folded(stretch).span(*score.record)
            spans[part.part] = (stretch[0] + start, stretch[0] + end)
        if not has_options and not any(map(self._counts, scores.values())):
            return None
        return self._judged(probe, item, scores, spans, main)

    def _score(self, probe: Probe, part: IndexedPart, stretch: Span) -> PartScore:
        """Returns the score of a part where it can tell something, by itself or with its options."""
        limit = self.thresholds
        least = min(limit.least, min(limit.share, limit.stem_share) * part.information)
        held = may_hold(part, probe.folded(stretch), least)
        return probe.score(part, stretch) if held else NOTHING

    def _counts(self, score: PartScore) -> bool:
        """Whether a part was found, or enough of it to be found together with its options."""
        return score.share >= self.thresholds.stem_share or self.thresholds.found(score)

    def _has_options(
        self, probe: Probe, choices: Sequence[Sequence[str]], main: Span, stretch: Span
    ) -> bool:
        """Whether half of the options are there: where no part says enough, only they make a finding."""
        own = () if probe.in_explanation(*main) else probe.choices
        least = self.thresholds.options
        if not own:
            raw = probe.text[slice(*stretch)]
            choices = [some for some in choices if options_may_stand(some, raw, least)]
        return any(
            (
                match_options(some, own)
                if own
                else options_in_text(some, probe.folded(stretch).text, least)
            ).shared
            >= least
            for some in choices
        )

    def _judged(
        self,
        probe: Probe,
        item: IndexedItem,
        scores: Mapping[Part, PartScore],
        spans: Mapping[Part, Span],
        main: Span,
    ) -> Match | None:
        stem_part, stem = self._stem(scores)
        choices = item.choices_en if stem_part is Part.TRANSLATION else item.choices
        around = spans[stem_part] if stem.share >= self.thresholds.share else main
        quoted = probe.in_explanation(*around)
        stretch = _around_all(probe, item, around)
        if probe.choices and not quoted:
            options, options_span = match_options(choices, probe.choices), probe.choices_span
            others = bool(choices) and options.shared < self.thresholds.options
        else:
            folded = probe.folded(stretch)
            found = any(map(self.thresholds.found, scores.values()))
            least = 0.0 if found else self.thresholds.options
            options = options_in_text(choices, folded.text, least)
            if options.shared < least:
                return None
            start, end = folded.span(*span_in_text(choices, options, folded.text))
            options_span = (stretch[0] + start, stretch[0] + end)
            after = probe.text[around[1] : stretch[1]]
            others = self._others(item.part(stem_part), stem, choices, after)
        evidence = Evidence(
            stem=stem,
            vignette=scores.get(Part.VIGNETTE, NOTHING),
            stem_total=part.information if (part := item.part(stem_part)) else 0.0,
            options=options,
            option_information=self._option_information(choices, options),
            option_total=sum(self.index.choice_weight.get(choice, 0.0) for choice in choices),
            other_options=others and options.shared < self.thresholds.options,
            other_case=item.item.question.vignette is not None,
            alone=quoted or _stands_alone(probe, item.part(stem_part)),
        )
        verdict = classify(evidence, self.thresholds)
        if verdict is None:
            return None
        return Match(item, scores, spans, options, options_span, quoted, verdict)

    def _stem(self, scores: Mapping[Part, PartScore]) -> tuple[Part, PartScore]:
        """Returns the stem in the language in which the record has it."""
        limit = self.thresholds
        both = [(p, scores[p]) for p in (Part.STEM, Part.TRANSLATION) if p in scores]
        return max(
            both,
            key=lambda b: (limit.found(b[1]), min(b[1].information, limit.information), b[1].share),
            default=(Part.STEM, NOTHING),
        )

    def _others(
        self,
        part: IndexedPart | None,
        stem: PartScore,
        choices: Sequence[str],
        after: str,
    ) -> bool:
        """Whether a text prints another question's options right below the item's stem."""
        if part is None or part.worth[stem.item[1] :].sum() > STEM_END * part.worth.sum():
            return False
        whole = len(part.codes) - stem.item[1] < STEM_TAIL
        return other_options(choices, after if whole else without_sentence_end(after))

    def _option_information(self, choices: Sequence[str], options: OptionMatch) -> float:
        return sum(
            self.index.choice_weight.get(choice, 0.0)
            for choice, twin in zip(choices, options.twins, strict=True)
            if twin is not None
        )

    def _findings(self, probe: Probe, match: Match) -> Iterator[Finding]:
        for name, score in match.scores.items():
            part = match.item.part(name)
            required = self.thresholds.required(score)
            if part is None or score.share < required:
                continue
            span = match.spans[name]
            named = Part.EXPLANATION if probe.in_explanation(*span) else name
            item_span = _moved(part, score.item, match.item.item.question)
            about = (named, score.share, round(required, 4))
            yield self._finding(probe, match, about, (span, item_span))
        if match.options.shared >= self.thresholds.options:
            question = match.item.item.question
            start = _part_offset(question, Part.CHOICES)
            item_span = (start, start + len("\n".join(question.choices)))
            about = (Part.CHOICES, match.options.shared, self.thresholds.options)
            yield self._finding(probe, match, about, (match.options_span, item_span))

    def _finding(
        self,
        probe: Probe,
        match: Match,
        about: tuple[Part, float, float],
        spans: tuple[Span, Span],
    ) -> Finding:
        part, score, threshold = about
        (record_start, record_end), (item_start, item_end) = spans
        return Finding(
            record_id=probe.record.id,
            source=probe.record.provenance.source,
            benchmark=match.item.item.benchmark,
            item_id=match.item.item.question.id,
            part=part,
            detector=DETECTOR,
            score=round(score, 4),
            threshold=threshold,
            verdict=match.verdict,
            record_start=record_start,
            record_end=record_end,
            item_start=item_start,
            item_end=item_end,
        )


def _of(match: Match, item: IndexedItem, record: Question | Document) -> Match:
    """Returns what a record shares with an item that reads as the match's does."""
    leaks = match.verdict is Verdict.CONTAMINATED and not match.quoted
    older = leaks and _is_older(record, item.item.question)
    return replace(match, item=item, verdict=Verdict.RECYCLED if older else match.verdict)


def _around(probe: Probe, part: IndexedPart, span: Span) -> Span:
    """Returns the stretch of a text in which a part is looked for that may stand at `span`."""
    return probe.stretch(*span, len(part.folded.text) // 8 + NEAR)


def _around_all(probe: Probe, item: IndexedItem, span: Span) -> Span:
    """Returns the stretch in which the rest of an item is looked for, a part of which stands at `span`."""
    return probe.stretch(*span, int(WIDER * item.length) + MARGIN)


def _stands_alone(probe: Probe, stem: IndexedPart | None) -> bool:
    """Whether a question's stem is little more than the item's: a formula may end another case."""
    return probe.stem_length is None or (
        stem is not None and probe.stem_length <= SAME_LENGTH * len(stem.folded.text)
    )


def _moved(part: IndexedPart, span: Span, question: Question) -> Span:
    """Returns a folded span of a part in the item's full text."""
    start, end = part.folded.span(*span)
    offset = _part_offset(question, part.part)
    return (start + offset, end + offset) if end > start else (0, 0)


def _part_offset(question: Question, part: Part) -> int:
    """Returns where a part starts in the item's full text."""
    printed = question.original_text or question.text
    if part is Part.CHOICES:
        return len(printed) + 1
    if part is Part.STEM:
        return max(0, printed.rfind(question.text))
    if part is Part.VIGNETTE and question.vignette:
        return max(0, question.full_text.rfind(question.vignette))
    return 0


def _is_older(record: Question | Document, item: Question) -> bool:
    """Whether the record is a question of an exam older than the item's."""
    return (
        isinstance(record, Question)
        and record.year is not None
        and item.year is not None
        and record.year < item.year
    )
