"""Measures power: plants disguised items among real records, and runs the audit's own detector over them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from curate.intervals import wilson
from curate.leakage.benchmarks import BenchmarkItem
from curate.leakage.detector import Detector
from curate.leakage.disguises import DISGUISES, Disguise, Disguised, Material
from curate.models import LEAKS, DisguisePower, Document, Finding, Power, Question, Verdict
from curate.text import fold

Find = Callable[[Sequence[Question | Document]], Iterable[Sequence[Finding]]]
"""Returns the findings of every record, in the records' order, as `Detector.find_many` does."""

RUN = 40
HALF_STEM = 12


@dataclass(frozen=True)
class Plant:
    """A disguised record, the disguise, and the items that must be found in it."""

    disguise: Disguise
    disguised: Disguised


@dataclass(frozen=True)
class Planted:
    """What is looked through: the plants, and the corpus's own records."""

    plants: Sequence[Plant]
    records: Sequence[Question | Document]


@dataclass(frozen=True)
class Judged:
    """What a detector made of the plants and of the own records."""

    found: Sequence[tuple[Disguise, bool]]
    flagged: int
    records: int

    @cached_property
    def by_disguise(self) -> list[DisguisePower]:
        """Returns recall per disguise, in the order of the disguises; none where nothing was planted."""
        rows = []
        for disguise in DISGUISES:
            hits = [found for one, found in self.found if one is disguise]
            if hits:
                recall, low, high = wilson(sum(hits), len(hits))
                rows.append(
                    DisguisePower(
                        disguise=disguise.name,
                        expected=disguise.expected,
                        planted=len(hits),
                        found=sum(hits),
                        recall=recall,
                        low=low,
                        high=high,
                    )
                )
        return rows

    def power(self) -> Power | None:
        """Returns the power; None where nothing could be planted.

        The overall recall is pooled over all plants, those that are expected for review included: each
        counts as found at its own expected verdict.
        """
        if not self.found:
            return None
        recall, low, high = wilson(sum(found for _, found in self.found), len(self.found))
        return Power(
            recall=recall,
            low=low,
            high=high,
            false_positive_rate=self.flagged / self.records if self.records else 0.0,
            by_disguise=self.by_disguise,
        )


def plant(
    items: Sequence[BenchmarkItem],
    records: Sequence[Question | Document],
    detector: Detector,
    *,
    count: int,
    seed: int,
) -> Planted:
    """Returns at most `count` disguised items of each disguise, and the corpus's own `records`.

    Args:
        items: The benchmark's items. Those that the detector calls undetermined are coverage, not power.
        records: The sample of the corpus in which false positives are counted; those of them without
            findings carry the items that are buried in a page.
        detector: The audit's.
        count: Items a disguise; fewer where fewer admit it.
        seed: With it and their content, items are chosen: not with their order.
    """
    undetermined = {_key(item) for item in detector.undetermined()}
    known = (item for item in items if _key(item) not in undetermined)
    ranked = sorted(known, key=lambda item: _rank(item, seed))
    own = zip(records, detector.find_many(records), strict=True)
    carriers = [record.full_text for record, findings in own if not findings]
    material = Material([text for text in carriers if text.strip()], ranked)
    plants = [
        Plant(disguise, disguised)
        for disguise in DISGUISES
        for disguised in _first(disguise, material, count, seed)
    ]
    return Planted(plants, records)


def judge(planted: Planted, find: Find, items: Sequence[BenchmarkItem]) -> Judged:
    """Returns what a detector, of which `find` gives the findings of records, makes of what was planted.

    A plant is found if every item in it is found with a verdict at least as severe as the disguise expects.
    A record of the corpus is a false positive if the detector calls it a leak of an item with which it has
    no independent evidence in common (see `shares_run`).
    """
    findings = find([one.disguised.record for one in planted.plants])
    found = [
        (
            one.disguise,
            all(_is_found(item, one.disguise.expected, some) for item in one.disguised.items),
        )
        for one, some in zip(planted.plants, findings, strict=True)
    ]
    known: dict[tuple[str, str], list[BenchmarkItem]] = defaultdict(list)
    for item in items:  # exams may use one id twice, and a finding does not name the exam
        known[item.benchmark, item.question.id].append(item)
    own = zip(planted.records, find(planted.records), strict=True)
    flagged = sum(_is_false(record, some, known) for record, some in own)
    return Judged(found, flagged, len(planted.records))


def shares_run(record: Question | Document, item: BenchmarkItem) -> bool:
    """Whether a record and an item have a run of folded characters in common that is no chance.

    40 characters of the item's case, question and options, in either language; or half of its stem, 12
    characters at least. It looks at the letters alone and knows nothing of weights, windows or thresholds.
    """
    question, text = item.question, fold(record.full_text).text
    stem = fold(question.text).text
    half = max(HALF_STEM, (len(stem) + 1) // 2)
    japanese = fold("\n".join((question.vignette or "", question.text, *question.choices))).text
    english = fold("\n".join((item.text_en, *item.choices_en))).text
    return _run(stem, text, half) or _run(japanese, text, RUN) or _run(english, text, RUN)


def _run(one: str, other: str, length: int) -> bool:
    return any(one[at : at + length] in other for at in range(len(one) - length + 1))


def _first(disguise: Disguise, material: Material, count: int, seed: int) -> Iterator[Disguised]:
    """Yields the disguised forms of the first `count` items that admit the disguise."""
    left = count
    for item in material.items:
        if not left:
            return
        disguised = disguise.apply(item, material, seed)
        if disguised is not None:
            left -= 1
            yield disguised


def _key(item: BenchmarkItem) -> tuple[str, str | None, str]:
    return item.benchmark, item.question.exam, item.question.id


def _rank(item: BenchmarkItem, seed: int) -> str:
    return sha256(repr((seed, *_key(item), item.question.text)).encode()).hexdigest()


def _is_found(item: BenchmarkItem, expected: Verdict, findings: Sequence[Finding]) -> bool:
    enough = LEAKS if expected in LEAKS else (*LEAKS, Verdict.REVIEW)
    wanted = (item.benchmark, item.question.id)
    return any((f.benchmark, f.item_id) == wanted and f.verdict in enough for f in findings)


def _is_false(
    record: Question | Document,
    findings: Sequence[Finding],
    known: Mapping[tuple[str, str], Sequence[BenchmarkItem]],
) -> bool:
    leaks = {(f.benchmark, f.item_id) for f in findings if f.verdict in LEAKS}
    return any(not any(shares_run(record, item) for item in known[leak]) for leak in leaks)
