"""A record as the detector reads it: its text, its own options, and which stretch is its explanation."""

from functools import cached_property

from curate.leakage.index import IndexedPart
from curate.leakage.score import PartScore, score_part
from curate.models import Document, Question
from curate.text import Folded, fold


class Probe:
    """A record and its stretches, folded when they are asked for: never a whole long text."""

    def __init__(self, record: Question | Document) -> None:
        self.record = record
        self.text = record.full_text
        self._folded: dict[tuple[int, int], Folded] = {}
        self._scores: dict[tuple[int, tuple[int, int]], PartScore] = {}

    @cached_property
    def choices(self) -> tuple[str, ...]:
        """The record's own options, folded."""
        own = self.record.choices if isinstance(self.record, Question) else ()
        return tuple(fold(choice).text for choice in own)

    @cached_property
    def stem_length(self) -> int | None:
        """The folded length of a question's stem; None for a document."""
        own = isinstance(self.record, Question)
        return len(fold(self.record.text).text) if own else None

    @cached_property
    def _printed(self) -> int:
        record = self.record
        return len(record.original_text or record.text) if isinstance(record, Question) else 0

    @cached_property
    def choices_span(self) -> tuple[int, int]:
        """[start, end) of the printed choices in the text; empty for a document."""
        if not isinstance(self.record, Question) or not self.record.choices:
            return (0, 0)
        start = self._printed + 1
        return (start, start + len("\n".join(self.record.choices)))

    @cached_property
    def explanation_span(self) -> tuple[int, int]:
        """[start, end) of the explanation in the text; empty where there is none."""
        if not isinstance(self.record, Question) or not self.record.explanation:
            return (0, 0)
        start = self._printed + 1 + sum(len(choice) + 1 for choice in self.record.choices)
        return (start, start + len(self.record.explanation))

    def in_explanation(self, start: int, end: int) -> bool:
        """Whether the middle of [start, end) of the text lies in the record's explanation."""
        first, last = self.explanation_span
        return first <= (start + end) // 2 < last

    def stretch(self, start: int, end: int, pad: int) -> tuple[int, int]:
        """Widens [start, end) by `pad`; if it lies on one side of the explanation's border, not across."""
        first, last = self.explanation_span
        low, high = 0, len(self.text)
        if first <= start and end <= last:
            low, high = first, last
        elif first < last and end <= first:
            high = first
        elif first < last <= start:
            low = last
        return max(low, start - pad), min(high, end + pad)

    def folded(self, stretch: tuple[int, int]) -> Folded:
        """Returns a stretch of the text, folded; offsets count from its start."""
        if stretch not in self._folded:
            self._folded[stretch] = fold(self.text[slice(*stretch)])
        return self._folded[stretch]

    def score(self, part: IndexedPart, stretch: tuple[int, int]) -> PartScore:
        """Returns the score of a part in a stretch; parts that read the same are aligned once."""
        key = (part.like, stretch)
        if key not in self._scores:
            self._scores[key] = score_part(part, self.folded(stretch))
        return self._scores[key]
