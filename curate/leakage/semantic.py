"""The optional semantic pass: items that a record seems to say in other words, or in another language.

It never gives a verdict: what it finds is for review, and only where the detector found nothing. Exam
questions all lie close together in an embedding, so a cosine says little. A window of a record counts where
its nearest item stands out from the next ones by more than the benchmark's own items do from each other.
"""

from collections.abc import Iterable, Iterator, Sequence
from statistics import median
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from curate.batches import batched
from curate.errors import InputError
from curate.leakage.benchmarks import BenchmarkItem
from curate.leakage.embedders import AnyEngine, Vectors, embedder_of
from curate.leakage.nearness import BLOCK, Numbers, centred, nearest, threshold
from curate.leakage.windows import Window, is_latin, windows
from curate.models import Document, Finding, Question, Verdict

BACKGROUND = 200
FEWEST = 20
_SMALLEST = 100


class Space(NamedTuple):
    """What texts of one script share, and how far an item must stand out for them."""

    centre: Vectors
    threshold: float


Spaces = dict[bool, Space]


class Candidate(NamedTuple):
    """A record's window and the item nearest to it, which stands out by more than `threshold`."""

    record: int
    item: int
    standout: float
    threshold: float
    window: Window


class Semantic:
    """Looks for the items of a benchmark by embeddings; holds vectors, but no model and no state.

    A script is compared only where the benchmark has at least 20 items or translations in it: without them
    nobody can say how near an English text lies to a Japanese item by chance.

    Raises:
        InputError: The benchmark has too few items to say how near is near.
        SetupError: The engine is not installed.
    """

    def __init__(self, items: Sequence[BenchmarkItem], engine: AnyEngine) -> None:
        self.items = items
        self.engine = engine
        self.cases = _numbered_cases(items)
        texts = [item_text(item.question) for item in items]
        self.window = max(_SMALLEST, round(median(map(len, texts))))
        latin = np.array([is_latin(text) for text in texts])
        if len(set(self.cases.tolist())) < FEWEST or max(sum(latin), sum(~latin)) < FEWEST:
            raise InputError(f"the semantic pass needs a benchmark of at least {FEWEST} items")
        self.spaces, self.vectors = self._placed(self._embed(texts), latin)

    def _placed(self, raw: Vectors, latin: npt.NDArray[np.bool_]) -> tuple[Spaces, Vectors]:
        """Returns the scripts' spaces, by whether they are Latin, and the items' vectors in them."""
        samples = {
            script: (raw[latin == script], self.cases[latin == script]) for script in (False, True)
        }
        translated = background(self.items)
        if len(translated) >= FEWEST:
            texts = self._embed([translation(self.items[n]) for n in translated])
            samples[True] = (texts, self.cases[translated])
        samples = {script: sample for script, sample in samples.items() if len(sample[0]) >= FEWEST}
        centres = {script: vectors.mean(axis=0) for script, (vectors, _) in samples.items()}
        main = next(iter(centres.values()), raw.mean(axis=0))
        own = [centres.get(bool(script), main) for script in latin]
        items = centred(raw, np.stack(own))
        spaces = {}
        for script, (vectors, cases) in samples.items():
            moved = centred(vectors, centres[script])
            limit = threshold(moved, cases, items, self.cases, self.engine.rate)
            spaces[script] = Space(centres[script], limit)
        return spaces, items

    def add(
        self, records: Sequence[Question | Document | None], found: Sequence[Sequence[Finding]]
    ) -> list[list[Finding]]:
        """Returns `found` with a `review` finding for each candidate that has none; None is not looked at."""
        merged = [list(findings) for findings in found]
        best: dict[tuple[int, int], Candidate] = {}
        for one in self.candidates(records):
            key = (one.record, one.item)
            if key not in best or one.standout > best[key].standout:
                best[key] = one
        for (number, item), candidate in sorted(best.items()):
            record, target = records[number], self.items[item]
            pair = (target.benchmark, target.question.id)
            if record and pair not in {(f.benchmark, f.item_id) for f in found[number]}:
                merged[number].append(self._finding(record, candidate))
        return merged

    def candidates(self, records: Iterable[Question | Document | None]) -> Iterator[Candidate]:
        """Yields every window whose nearest item stands out far enough, in the records' order."""
        for batch in batched(self._texts(records), BLOCK):
            vectors = self._embed([text for _, _, text in batch])
            spaces = [self.spaces[is_latin(text)] for _, _, text in batch]
            moved = centred(vectors, np.stack([space.centre for space in spaces]))
            near = nearest(moved, self.vectors, self.cases)
            for row, (number, window, _) in enumerate(batch):
                standout = round(float(near.standout[row]), 4)
                if standout >= spaces[row].threshold:
                    item = int(near.item[row])
                    yield Candidate(number, item, standout, spaces[row].threshold, window)

    def _texts(
        self, records: Iterable[Question | Document | None]
    ) -> Iterator[tuple[int, Window, str]]:
        engine = self.engine
        for number, record in enumerate(records):
            if record is None or (engine.questions_only and isinstance(record, Document)):
                continue
            whole = record.full_text
            if engine.max_chars is not None and len(whole) > engine.max_chars:
                continue
            for window in windows(record, self.window):
                text = whole[window.start : window.end]
                if is_latin(text) in self.spaces:
                    yield number, window, text

    def _embed(self, texts: Iterable[str]) -> Vectors:
        embedder = embedder_of(self.engine)
        parts = [embedder.embed(batch) for batch in batched(texts, BLOCK)]
        return np.concatenate(parts) if parts else np.zeros((0, 1), dtype=np.float32)

    def _finding(self, record: Question | Document, candidate: Candidate) -> Finding:
        item = self.items[candidate.item]
        return Finding(
            record_id=record.id,
            source=record.provenance.source,
            benchmark=item.benchmark,
            item_id=item.question.id,
            part=candidate.window.part,
            detector=self.engine.detector,
            score=candidate.standout,
            threshold=candidate.threshold,
            verdict=Verdict.REVIEW,
            record_start=candidate.window.start,
            record_end=candidate.window.end,
            item_start=0,
            item_end=printed_length(item.question),
        )


def item_text(question: Question) -> str:
    """Returns what is embedded of an item: its case, its stem and its options."""
    return "\n".join(part for part in (question.vignette, question.text, *question.choices) if part)


def translation(item: BenchmarkItem) -> str:
    """Returns an item's stem and options in English; empty where the benchmark ships none."""
    return "\n".join((item.text_en, *item.choices_en)) if item.text_en else ""


def background(items: Sequence[BenchmarkItem]) -> list[int]:
    """Returns up to 200 items with a translation, evenly spread: they show where English texts lie."""
    translated = [n for n, item in enumerate(items) if is_latin(translation(item))]
    return translated[:: max(1, -(-len(translated) // BACKGROUND))]


def printed_length(question: Question) -> int:
    """Returns where the stem and the options end in the full text."""
    return len("\n".join([question.original_text or question.text, *question.choices]))


def _numbered_cases(items: Sequence[BenchmarkItem]) -> Numbers:
    """Returns one number an item; the questions of one case share it: they do not surround each other."""
    numbers: dict[tuple[str | None, ...], int] = {}
    keys = [
        (i.benchmark, i.question.exam, i.question.section, i.question.vignette_id or i.question.id)
        for i in items
    ]
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64)
