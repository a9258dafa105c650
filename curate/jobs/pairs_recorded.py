"""The rows of a file of recorded answers: those that are used, and what became of the others."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from curate.jobs.pairs_corpus import Corpus
from curate.models import Quarantined
from curate.sampling import Prompt, RecordedSampler, Sampler


class RecordedRows(NamedTuple):
    """`bad` rows cannot be used: unreadable, given twice in two texts, or about an unknown question."""

    bad: Sequence[Quarantined]
    left_out: Counter[str]


def recorded_rows(
    sampler: Sampler, corpus: Corpus, rows: pl.DataFrame, asked: Sequence[Prompt]
) -> RecordedRows | None:
    """Returns what became of rows that gave no response; None where answers are not recorded.

    Answers to questions that the corpus dropped, or that are not asked, are counted and not used.
    """
    if not isinstance(sampler, RecordedSampler):
        return None
    ids = {prompt.question_id for prompt in asked}
    kept = frozenset(rows["id"])
    dropped = corpus.dropped_ids() - kept
    unused = len(sampler.unknown(ids))
    unknown = sampler.unknown(kept | dropped)
    not_kept = len(sampler.unknown(ids | kept))
    left_out = Counter(
        {
            "recorded.question_not_asked": unused - not_kept,
            "recorded.question_dropped": not_kept - len(unknown),
            "recorded.question_unknown": len(unknown),
            "recorded.unusable": len(sampler.bad),
            "recorded.repeated": sampler.repeated,
            "recorded.other_model": sampler.other_models,
        }
    )
    return RecordedRows([*sampler.bad, *unknown], +left_out)
