"""Runs rows through the stages in shards: every shard is a checkpoint, and nothing leaves the frame."""

import hashlib
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

import orjson
import polars as pl

from curate.corpus.failures import DIED, FAILURES, refused_parts, refused_rows, why_failed
from curate.corpus.frame import FILE_ROWS, Part, parts_frame
from curate.corpus.runner import Runner
from curate.corpus.shards import Shard, corpus_view
from curate.corpus.stage import CorpusStage, RowStage
from curate.corpus.workers import Crew
from curate.runs import WorkFolder, write_atomically
from curate.sources import WHOLE, InputFile, Limits, Source, check_file, cut, label_of
from curate.tables import (
    MARKS,
    NEAR,
    ROW_SCHEMA,
    SOURCE_COLUMNS,
    WORK_SCHEMA,
    Sandbox,
    row_digests,
    sql_text,
    undropped,
)

SHARD_ROWS = 10_000
SHARD_BYTES = 1 << 23
FEW_BYTES = 1 << 24
"""For fewer bytes of input it is not worth while to start worker processes."""
_UNPACKED = 4  # what a file holds takes at most so many times its size, but for rare ones
_WHY = ("dropped_by", "survivor_id", "survivor_row")

_COMPARED = pl.lit(None, dtype=NEAR).alias("near")  # large, and of no use to later stages

_NO_ROWS = pl.DataFrame(schema=WORK_SCHEMA)

Stage = RowStage | CorpusStage
Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many shards (or rows) are done, and of how many (0: unknown)."""


@dataclass(frozen=True)
class Piece:
    """What becomes one shard: a block of a file, or the blocks of many small files of one source.

    `source` is its number among the job's sources.
    """

    number: int
    source: int
    parts: tuple[Part, ...]


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
    """All that a worker has to know: sources, stages made ready, where shards are kept.

    `keeps_rows` says whether anything will read the rows again after the last step.
    """

    sources: Sequence[Source]
    steps: Sequence[Step]
    work: WorkFolder
    fingerprint: str
    keeps_rows: bool

    def begin(self, piece: Piece) -> Shard:
        """Returns the shard of a piece after the first step, made now unless it is there and whole.

        Where the step fails on it, all its rows are quarantined.
        """
        try:
            return self._begun(piece)
        except FAILURES as exc:
            return self.set_aside(piece, why_failed(exc))

    def set_aside(self, piece: Piece, error: str = DIED) -> Shard:
        """Returns the shard of a piece that the first step fails on: it has no rows but unread ones."""
        name, source = self._name(piece), self.sources[piece.source]
        if self.keeps_rows:
            self.work.write_table(f"{name}-rows", _NO_ROWS.select(SOURCE_COLUMNS))
        self.work.write_lines(name, refused_parts(source, piece.parts, error))
        self.work.write_table(f"{name}-00", _NO_ROWS.select(MARKS))
        return self._begun(piece)

    def _name(self, piece: Piece) -> str:
        place = hashlib.sha256(self.fingerprint.encode())
        for part in piece.parts:
            block = part.block
            at = f" {part.input} {block.first} {block.rows} {block.start} {block.stop}"
            place.update(at.encode())
        return f"{piece.number:06d}-{place.hexdigest()[:16]}"

    def _begun(self, piece: Piece) -> Shard:
        name, source, parts = self._name(piece), self.sources[piece.source], piece.parts
        marks, bad = self.work.table(f"{name}-00"), self.work.lines(name)
        if not marks.exists():
            frame, unread = parts_frame(source, parts)
            if self.keeps_rows:
                self.work.write_table(f"{name}-rows", frame.select(SOURCE_COLUMNS))
            if unread:
                self.work.write_lines(name, unread)
            self._mark(name, frame, self.steps[0])
        counts, height, unread_rows = _counted(source, parts, marks, bad)
        return Shard(
            name=name,
            first=parts[0].before + parts[0].block.first,
            last=parts[-1].before + parts[-1].block.first + parts[-1].block.rows - 1,
            rows=self.work.table(f"{name}-rows"),
            marks=marks,
            bad=bad if unread_rows else None,
            counts=counts,
            height=height,
            unread=unread_rows,
        )

    def go_on(self, given: tuple[Shard, int]) -> Shard:
        """Returns a shard after the step of the given number.

        Where the step fails on it, the rows that nothing dropped before are quarantined.
        """
        try:
            return self._gone_on(given)
        except FAILURES as exc:
            return self.give_up(given, why_failed(exc))

    def give_up(self, given: tuple[Shard, int], error: str = DIED) -> Shard:
        """Returns a shard that a step fails on: rows that were dropped before it, and unread ones."""
        shard, number = given
        step, name = self.steps[number], f"{shard.name}-{number:02d}"
        frame = self._after_drops(shard.frame(), shard, step)
        lost, dropped = frame.filter(undropped()), frame.filter(~undropped())
        self.work.write_lines(name, refused_rows(lost, error), [shard.bad] if shard.bad else [])
        self.work.write_table(f"{name}-rows", dropped.select(SOURCE_COLUMNS))
        marked = dropped if step.then else _digested(dropped)
        self.work.write_table(name, marked.select(MARKS))
        return self._gone_on(given)

    def _gone_on(self, given: tuple[Shard, int]) -> Shard:
        shard, number = given
        step = self.steps[number]
        marks = self.work.table(f"{shard.name}-{number:02d}")
        if not marks.exists():
            ahead = self.ahead(shard.name, number)
            if ahead.exists():
                return self._caught_up(shard, step, ahead)
            self._mark(shard.name, self._after_drops(shard.frame(), shard, step), step)
        lost = self.work.lines(marks.stem)
        return shard.after(marks, lost, self.work.table(f"{marks.stem}-rows"))

    def run_ahead(self, piece: Piece) -> Shard:
        """Returns the shard of a piece after the first step, and keeps its marks after the steps that follow.

        They are as they would be if no corpus stage dropped anything: a row that none drops has the same
        marks, whatever becomes of the others. A stage that looks at a shard's rows together ends it, or one
        that fails.
        """
        begun = shard = self.begin(piece)
        for step in self.steps[1:]:
            if not all(stage.by_row for _, stage in step.rows):
                break
            marks = self.ahead(shard.name, step.number)
            if not marks.exists():
                try:
                    marked = _marked(shard.frame().with_columns(_COMPARED), step)
                except FAILURES:  # it may be a row that another step would have dropped
                    break
                self.work.write_table(marks.stem, marked)
            shard = replace(shard, marks=marks)
        return begun

    def ahead(self, name: str, number: int) -> Path:
        """Returns the path of the marks after a step that ran before its corpus stage did."""
        return self.work.table(f"{name}-{number:02d}-ahead")

    def drops(self, step: Step) -> Path:
        """Returns the path of what the corpus stage of a step drops."""
        return self.work.table(f"drops-{step.number:02d}-{self.fingerprint[:16]}")

    def _mark(self, name: str, frame: pl.DataFrame, step: Step) -> None:
        """Runs the step's row stages and writes the marks; what was read is not written again."""
        self.work.write_table(f"{name}-{step.number:02d}", _marked(frame, step))

    def _after_drops(self, frame: pl.DataFrame, shard: Shard, step: Step) -> pl.DataFrame:
        """Returns rows of a shard after the corpus stage that the step begins with."""
        if step.first is None:
            return frame
        drops = _drops_between(self.drops(step), shard.first, shard.last)
        return _stamped(_dropped(frame, drops), step.first[0]).with_columns(_COMPARED)

    def _caught_up(self, shard: Shard, step: Step, ahead: Path) -> Shard:
        """Returns a shard after a step that ran ahead: the rows that corpus stages dropped are done again."""
        barriers = [one.first[0] for one in self.steps[: step.number + 1] if one.first]
        drops = _drops_between(self.drops(step), shard.first, shard.last)
        hit = pl.col("row").is_in(drops["row"].implode()) | pl.col("dropped_at").is_in(barriers)
        frame = shard.where(hit.fill_null(value=False))
        if frame.is_empty():
            return replace(shard, marks=ahead)
        again = _marked(self._after_drops(frame, shard, step), step)
        others = pl.read_parquet(ahead, glob=False).join(again, on="row", how="anti")
        whole = pl.concat([others, again]).sort("row")
        return replace(shard, marks=self.work.write_table(f"{shard.name}-{step.number:02d}", whole))


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


def crew_for(files: Iterable[InputFile], runner: Runner) -> AbstractContextManager[Crew[Job]]:
    """Returns a crew for jobs over the files; on this machine, for little input, of this process alone."""
    return runner.crew(Job, few=sum(file.size for file in files) < FEW_BYTES)


def run_job(
    job: Job, inputs: Iterable[tuple[int, InputFile]], team: Crew[Job], progress: Progress
) -> list[Shard]:
    """Reads the inputs and runs all steps; returns the last shards, in the order of the rows.

    Each input comes with the number of its source among the job's.
    """
    team.give(job)
    shards = _begun(team, pieces_of(job.sources, inputs), _names(job.steps[0]), progress)
    for step in job.steps[1:] if shards else ():
        _run_statement(job, step, shards)
        todo = [(shard, step.number) for shard in shards]
        shards = []
        for shard in team.map(Job.go_on, todo, Job.give_up):
            shards.append(shard)
            progress(f"{_names(step)} (shards)", len(shards), len(todo))
    return shards


def stage_name(stage: Stage) -> str:
    """Returns the word that names a stage in recipes and ledgers."""
    return str(stage.model_dump()["stage"])


def pieces_of(
    sources: Sequence[Source], inputs: Iterable[tuple[int, InputFile]]
) -> Iterator[Piece]:
    """Yields blocks as pieces; those that follow each other are one as long as it stays small."""
    number, of, rows, size = 0, 0, 0, 0
    parts: list[Part] = []
    for source, part in _parts(sources, inputs):
        more = _size(part)
        full = rows + part.block.rows > SHARD_ROWS or size + more > SHARD_BYTES
        if parts and (full or source != of):
            yield Piece(number, of, tuple(parts))
            number, rows, size, parts = number + 1, 0, 0, []
        of, rows, size = source, rows + part.block.rows, size + more
        parts.append(part)
    if parts:
        yield Piece(number, of, tuple(parts))


def _parts(
    sources: Sequence[Source], inputs: Iterable[tuple[int, InputFile]]
) -> Iterator[tuple[int, Part]]:
    for index, (number, file) in enumerate(inputs):
        source = sources[number]
        check_file(source, file)
        limits = WHOLE if source.rows_depend else Limits(SHARD_ROWS, SHARD_BYTES)
        for block in cut(source, file, limits):
            yield number, Part(index, file, block)


def _begun(
    team: Crew[Job], pieces: Iterator[Piece], stages: str, progress: Progress
) -> list[Shard]:
    shards: list[Shard] = []
    what, done = f"reading rows, {stages}" if stages else "reading rows", 0
    for shard in team.map(Job.begin, pieces, Job.set_aside):
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


def _marked(frame: pl.DataFrame, step: Step) -> pl.DataFrame:
    """Returns the marks of rows after the step's row stages, with what its corpus stage will compare."""
    for number, stage in step.rows:
        frame = _stamped(stage.apply(frame), number)
    frame = step.then.keyed(frame) if step.then else _digested(frame)
    return frame.select(MARKS)


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


def _size(part: Part) -> int:
    """Returns how much a block may hold, in bytes."""
    if part.block.lines is not None:
        return sum(len(line.raw) for line in part.block.lines)
    return part.file.size * _UNPACKED


def _counted(
    source: Source, parts: Sequence[Part], marks: Path, bad: Path
) -> tuple["tuple[array[int], array[int]]", int, int]:
    """Returns the rows of each input, read or not, those of all that were read, and of all that were not."""
    inputs = pl.scan_parquet(marks, glob=False).select(pl.col("row") // (1 << FILE_ROWS))
    read = Counter(dict(inputs.group_by("row").len().collect().iter_rows()))
    height, unread = read.total(), 0
    if bad.exists():
        numbers = {label_of(source, part.file): part.input for part in parts}
        with bad.open("rb") as lines:
            for line in lines:
                read[numbers[orjson.loads(line)["file"]]] += 1
                unread += 1
    return (array("q", read), array("q", read.values())), height, unread
