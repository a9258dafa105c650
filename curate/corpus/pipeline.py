"""Runs rows through the stages in shards: every shard is a checkpoint, and nothing leaves the frame."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path

import polars as pl

from curate.corpus.frame import shard_frame
from curate.corpus.stage import CorpusStage, RowStage
from curate.models import Document, Quarantined, Question
from curate.runs import RunFolder, write_atomically
from curate.tables import Sandbox, canonical_rows, sql_text, undropped

SHARD_ROWS = 1_000

Stage = RowStage | CorpusStage
Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many shards (or rows) are done, and of how many (0: unknown)."""


@dataclass(frozen=True)
class Shard:
    """One whole shard in the work folder; its name carries a hash of its rows and of what was done."""

    name: str
    path: Path
    rows: int


def ingest(
    rows: Iterable[Question | Document | Quarantined], run: RunFolder, progress: Progress
) -> tuple[list[Shard], list[Quarantined]]:
    """Cuts the rows of all sources into shards; returns them and the rows that could not be read.

    There is always a shard, so that a run without rows has the right columns.
    """
    shards: list[Shard] = []
    bad: list[Quarantined] = []
    pending: list[Question | Document] = []
    done = 0
    for row in rows:
        if isinstance(row, Quarantined):
            bad.append(row)
            continue
        pending.append(row)
        if len(pending) == SHARD_ROWS:
            shards.append(_ingested(pending, done, len(shards), run))
            done += len(pending)
            pending = []
            progress("reading rows", done, 0)
    if pending or not shards:
        shards.append(_ingested(pending, done, len(shards), run))
    progress("reading rows", done + len(pending), done + len(pending))
    return shards, bad


def run_stages(
    shards: list[Shard], stages: Sequence[Stage], run: RunFolder, progress: Progress
) -> list[Shard]:
    """Runs the stages in order and returns the last shards: row stages by shard, corpus stages over all."""
    numbered = list(enumerate(stages))
    for is_corpus, group in groupby(numbered, key=lambda pair: isinstance(pair[1], CorpusStage)):
        members = list(group)
        if is_corpus:
            for number, stage in members:
                shards = _run_corpus_stage(shards, number, stage, run)
                progress(f"{stage_name(stage)} (shards)", len(shards), len(shards))
        else:
            shards = _run_row_stages(shards, members, run, progress)
    return shards


def _ingested(
    records: Sequence[Question | Document], first: int, ordinal: int, run: RunFolder
) -> Shard:
    frame = shard_frame(records, first)
    digest = hashlib.sha256(run.request.fingerprint.encode())
    for row in canonical_rows(frame):
        digest.update(row)
    return _checkpoint(f"{ordinal:06d}-00-{digest.hexdigest()[:16]}", run, lambda: frame)


def _run_row_stages(
    shards: Sequence[Shard],
    members: Sequence[tuple[int, Stage]],
    run: RunFolder,
    progress: Progress,
) -> list[Shard]:
    done: list[Shard] = []
    what = ", ".join(stage_name(stage) for _, stage in members)
    for shard in shards:
        work = partial(_apply, shard.path, members)
        done.append(_checkpoint(_next_name(shard, members), run, work))
        progress(f"{what} (shards)", len(done), len(shards))
    return done


def _apply(path: Path, members: Sequence[tuple[int, Stage]]) -> pl.DataFrame:
    frame = pl.read_parquet(path, glob=False)
    for number, stage in members:
        if isinstance(stage, RowStage):
            frame = _stamped(stage.apply(frame), number)
    return frame


def _run_corpus_stage(
    shards: Sequence[Shard], number: int, stage: Stage, run: RunFolder
) -> list[Shard]:
    if not isinstance(stage, CorpusStage):
        raise TypeError(stage)
    inputs = hashlib.sha256("\n".join(s.name for s in shards).encode()).hexdigest()[:16]
    drops_path = run.shard(f"drops-{number:02d}-{inputs}")
    if not drops_path.exists():
        with Sandbox(run.work) as db:
            db.view("corpus", [shard.path for shard in shards], "dropped_by IS NULL")
            query = sql_text(stage.sql)
            write_atomically(drops_path, lambda path: db.write(query, path))
    wanted = ["row", "dropped_by", "survivor_id"]
    drops = pl.read_parquet(drops_path, columns=wanted, glob=False)

    def joined(shard: Shard) -> pl.DataFrame:
        frame = pl.read_parquet(shard.path, glob=False)
        found = frame.join(drops, on="row", how="left", suffix="_new", maintain_order="left")
        merged = found.with_columns(
            pl.coalesce("dropped_by", "dropped_by_new").alias("dropped_by"),
            pl.coalesce("survivor_id", "survivor_id_new").alias("survivor_id"),
        )
        return _stamped(merged.select(frame.columns), number)

    return [
        _checkpoint(_next_name(shard, [(number, stage)], inputs), run, partial(joined, shard))
        for shard in shards
    ]


def _checkpoint(name: str, run: RunFolder, make: Callable[[], pl.DataFrame]) -> Shard:
    """Returns the shard `name`, made now unless an earlier, interrupted run left it whole."""
    path = run.shard(name)
    if not path.exists():
        run.write_shard(name, make())
    rows = pl.scan_parquet(path, glob=False).select(pl.len()).collect().item()
    return Shard(name, path, rows)


def _next_name(shard: Shard, members: Sequence[tuple[int, Stage]], extra: str = "") -> str:
    ordinal, _, digest = shard.name.split("-")
    step = hashlib.sha256(f"{digest} {extra}".encode())
    for number, stage in members:
        step.update(f"{number} {stage.model_dump_json()}".encode())
    return f"{ordinal}-{members[-1][0] + 1:02d}-{step.hexdigest()[:16]}"


def _stamped(frame: pl.DataFrame, number: int) -> pl.DataFrame:
    """Notes the stage at rows that it has just dropped."""
    fresh = ~undropped() & pl.col("dropped_at").is_null()
    stamped = pl.when(fresh).then(pl.lit(number, dtype=pl.Int64)).otherwise(pl.col("dropped_at"))
    return frame.with_columns(stamped.alias("dropped_at"))


def stage_name(stage: Stage) -> str:
    """Returns the word that names a stage in recipes and ledgers."""
    return str(stage.model_dump()["stage"])
