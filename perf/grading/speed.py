"""Responses per second on one core, and the memory that grading a million of them takes."""

import resource
import time
from typing import NamedTuple

import polars as pl

from curate.grading import grade_frame, graders
from perf.grading.real import Real

MILLION = 1_000_000
SHARD = 20_000


class Speed(NamedTuple):
    """What grading took."""

    rows: int
    characters: float
    seconds: float
    gib: float


def speed(real: Real, rows: int = MILLION) -> Speed:
    """Returns what grading `rows` responses takes in processor time, shard by shard, and the peak memory.

    The responses are real explanations with their real answers behind an answer line, and real predictions:
    one of four has no explanation.
    """
    texts = _responses(real)
    by_id = graders(real.questions)
    frame = pl.DataFrame(texts, schema=["question_id", "text"], orient="row").with_columns(
        finish_reason=pl.lit("stop")
    )
    repeated = pl.concat([frame] * (SHARD // frame.height + 1)).head(SHARD)
    grade_frame(repeated.head(100), by_id)
    started = time.process_time()
    done = 0
    while done < rows:
        done += grade_frame(repeated, by_id).height
    taken = time.process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return Speed(done, sum(len(text) for _, text in texts) / len(texts), taken, peak)


def _responses(real: Real) -> list[tuple[str, str]]:
    explained = [
        (id_, f"{text[:800]}\n答え: {real.outputs[file, id_, 'answer']}")
        for (file, id_, field), text in real.outputs.items()
        if field == "explanation" and id_ in real.questions
    ]
    plain = [(key[1], text) for key, text in real.outputs.items() if key[2] == "prediction"]
    return explained + plain[:: len(plain) // (len(explained) // 3)]
