"""Runs rows through the stages in shards: every shard is a checkpoint, and nothing leaves the frame."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from curate.corpus.frame import block_frame
from curate.corpus.shards import Shard, corpus_view
from curate.corpus.stage import CorpusStage, RowStage
from curate.corpus.workers import Crew, crew
from curate.runs import WorkFolder, write_atomically
from curate.sources import WHOLE, Block, InputFile, Limits, Source, check_file, cut
from curate.tables import (
    MARKS,
    NEAR,
    ROW_SCHEMA,
    SOURCE_COLUMNS,
    Sandbox,
    row_digests,
    sql_text,
    undropped,
)

SHARD_ROWS = 10_000
SHARD_BYTES = 1 << 22
FEW_BYTES = 1 << 24
"""For fewer bytes of input it is not worth while to start worker processes."""
_FILE_ROWS = 40  # bits for the number of a row in its file
_WHY = ("dropped_by", "survivor_id", "survivor_row")

_COMPARED = pl.lit(None, dtype=NEAR).alias("near")  # large, and of no use to later stages

Stage = RowStage | CorpusStage
Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many shards (or rows) are done, and of how many (0: unknown)."""


@dataclass(frozen=True)
class Piece:
    """What becomes one shard: a block of the job's input number `input`."""

    number: int
    input: int
    block: Block


@dataclass(frozen=True)
class Step:
    """Row stages that run together over a shard, after the corpus stage `first` and before `then`.

    Stages come with their places in the run.
    """

    number: int
    first: tuple[int, CorpusStage] | None
    rows: tuple[tuple[int, RowStage], ...]
    then: CorpusStage | None


@dataclass(frozen=True)
class Job:
    """All that a worker has to know: inputs, stages made ready, where shards are kept.

    `keeps_rows` says whether anything will read the rows again after the last step.
    """

    inputs: Sequence[tuple[Source, InputFile]]
    steps: Sequence[Step]
    work: WorkFolder
    fingerprint: str
    keeps_rows: bool

    def begin(self, piece: Piece) -> Shard:
        """Returns the shard of a piece after the first step, made now unless it is there and whole."""
        block = piece.block
        place = f"{self.fingerprint} {piece.input} {block.first} {block.rows} {block.start} {block.stop}"
        name = f"{piece.number:06d}-{hashlib.sha256(place.encode()).hexdigest()[:16]}"
        source, file = self.inputs[piece.input]
        before = piece.input << _FILE_ROWS
        marks, bad = self.work.table(f"{name}-00"), self.work.lines(name)
        if not marks.exists():
            frame, unread = block_frame(source, file, block, before)
            if self.keeps_rows:
                self.work.write_table(f"{name}-rows", frame.select(SOURCE_COLUMNS))
            if unread:
                self.work.write_lines(name, unread)
            self._mark(name, frame, self.steps[0])
        return Shard(
            name=name,
            input=f"{source.name}/{file.relative}",
            first=before + block.first,
            last=before + block.first + block.rows - 1,
            rows=self.work.table(f"{name}-rows"),
            marks=marks,
            bad=bad if bad.exists() else None,
            height=pl.scan_parquet(marks, glob=False).select(pl.len()).collect().item(),
            unread=_lines(bad) if bad.exists() else 0,
        )

    def go_on(self, given: tuple[Shard, int]) -> Shard:
        """Returns a shard after the step of the given number."""
        shard, number = given
        step = self.steps[number]
        marks = self.work.table(f"{shard.name}-{number:02d}")
        if not marks.exists():
            frame = shard.frame()
            if step.first:
                drops = _drops_between(self.drops(step), shard.first, shard.last)
                frame = _stamped(_dropped(frame, drops), step.first[0]).with_columns(_COMPARED)
            self._mark(shard.name, frame, step)
        return replace(shard, marks=marks)

    def drops(self, step: Step) -> Path:
        """Returns the path of what the corpus stage of a step drops."""
        return self.work.table(f"drops-{step.number:02d}-{self.fingerprint[:16]}")

    def _mark(self, name: str, frame: pl.DataFrame, step: Step) -> None:
        """Runs the step's row stages and writes the marks; what was read is not written again."""
        for number, stage in step.rows:
            frame = _stamped(stage.apply(frame), number)
        frame = step.then.keyed(frame) if step.then else _digested(frame)
        self.work.write_table(f"{name}-{step.number:02d}", frame.select(MARKS))


def steps_of(stages: Sequence[Stage]) -> list[Step]:
    """Returns the stages as steps; each corpus stage begins a new one."""
    first: tuple[int, CorpusStage] | None = None
    rows: list[tuple[int, RowStage]] = []
    steps: list[Step] = []
    for number, stage in enumerate(stages):
        if isinstance(stage, RowStage):
            rows.append((number, stage))
            continue
        steps.append(Step(len(steps), first, tuple(rows), stage))
        first, rows = (number, stage), []
    return [*steps, Step(len(steps), first, tuple(rows), None)]


def crew_for(files: Iterable[InputFile], workers: int) -> AbstractContextManager[Crew[Job]]:
    """Returns a crew for jobs over the files: of `workers` processes, or for little input of this one."""
    return crew(workers if sum(file.size for file in files) >= FEW_BYTES else 1, Job)


def run_job(job: Job, team: Crew[Job], progress: Progress) -> list[Shard]:
    """Reads the inputs and runs all steps; returns the last shards, in the order of the rows."""
    team.give(job)
    shards = _begun(team, _pieces(job), _names(job.steps[0]), progress)
    for step in job.steps[1:] if shards else ():
        _run_statement(job, step, shards)
        todo = [(shard, step.number) for shard in shards]
        shards = []
        for shard in team.map(Job.go_on, todo):
            shards.append(shard)
            progress(f"{_names(step)} (shards)", len(shards), len(todo))
    return shards


def stage_name(stage: Stage) -> str:
    """Returns the word that names a stage in recipes and ledgers."""
    return str(stage.model_dump()["stage"])


def _pieces(job: Job) -> Iterator[Piece]:
    number = 0
    for index, (source, file) in enumerate(job.inputs):
        check_file(source, file)
        limits = WHOLE if source.rows_depend else Limits(SHARD_ROWS, SHARD_BYTES)
        for block in cut(source, file, limits):
            yield Piece(number, index, block)
            number += 1


def _begun(
    team: Crew[Job], pieces: Iterator[Piece], stages: str, progress: Progress
) -> list[Shard]:
    shards: list[Shard] = []
    what, done = f"reading rows, {stages}" if stages else "reading rows", 0
    for shard in team.map(Job.begin, pieces):
        shards.append(shard)
        done += shard.height
        progress(what, done, 0)
    progress(what, done, done)
    return shards


def _names(step: Step) -> str:
    stages: list[Stage] = [step.first[1]] if step.first else []
    return ", ".join(map(stage_name, [*stages, *(stage for _, stage in step.rows)]))


def _run_statement(job: Job, step: Step, shards: Sequence[Shard]) -> None:
    drops = job.drops(step)
    if step.first and not drops.exists():
        with Sandbox(job.work.path) as db:
            corpus_view(db, shards, "dropped_by IS NULL")
            query = sql_text(step.first[1].sql)
            values = step.first[1].parameters()
            write_atomically(drops, lambda path: db.write(query, path, **values))


def _drops_between(path: Path, first: int, last: int) -> pl.DataFrame:
    drops = pl.scan_parquet(path, glob=False).filter(pl.col("row").is_between(first, last))
    return drops.select("row", *_WHY).collect()


def _dropped(frame: pl.DataFrame, drops: pl.DataFrame) -> pl.DataFrame:
    found = frame.join(drops, on="row", how="left", suffix="_new", maintain_order="left")
    merged = found.with_columns(pl.coalesce(name, f"{name}_new").alias(name) for name in _WHY)
    return merged.select(frame.columns)


def _stamped(frame: pl.DataFrame, number: int) -> pl.DataFrame:
    """Notes the stage at rows that it has just dropped."""
    fresh = ~undropped() & pl.col("dropped_at").is_null()
    stamped = pl.when(fresh).then(pl.lit(number, dtype=pl.Int64)).otherwise(pl.col("dropped_at"))
    return frame.with_columns(stamped.alias("dropped_at"))


def _digested(frame: pl.DataFrame) -> pl.DataFrame:
    """Adds the hash of each row as it will be written, kept or dropped."""
    why = ("dropped_by", "survivor_id")
    kept, dropped = frame.filter(undropped()), frame.filter(~undropped())
    digests = pl.concat(
        some.select("row").with_columns(row_digests(some.select(columns), some["content"]))
        for some, columns in ((kept, [*ROW_SCHEMA]), (dropped, [*ROW_SCHEMA, *why]))
    )
    return frame.drop("digest").join(digests, on="row", how="left", maintain_order="left")


def _lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for _ in file)
