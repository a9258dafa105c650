"""Parts of a run, made anywhere, and what joins them: shards dealt out by their numbers."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from curate.corpus.pipeline import Job, Piece, Progress, pieces_of
from curate.corpus.shards import Shard
from curate.corpus.workers import Crew, uncollected
from curate.errors import CurateError, InputError, UsageError
from curate.jobs.execute import check_finished, protect, ready_stages, recipe_text
from curate.jobs.outcome import Outcome
from curate.jobs.plan import Plan
from curate.jobs.read import inputs_of, job_of, readers
from curate.models import FileEntry, Manifest, Status
from curate.runs import (
    Request,
    RunFolder,
    difference,
    file_sha256,
    json_sha256,
    keep_shards,
    kept_entries,
    read_manifest,
    take_shards,
)

_SHARD = re.compile(r"([0-9]{1,6})/([0-9]{1,6})")
_MANY = 1 << 60


class Share(NamedTuple):
    """The part number `number`, from 0, of `of` parts."""

    number: int
    of: int

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


class Made(NamedTuple):
    """A shard of a part, and its files."""

    shard: Shard
    files: list[FileEntry]


def parse_share(text: str) -> Share:
    """Returns the share of "I/N".

    Raises:
        UsageError: It is no such thing, or I is not one of 0 to N-1.
    """
    match = _SHARD.fullmatch(text.strip())
    share = Share(int(match[1]), int(match[2])) if match else Share(0, 0)
    if share.number >= share.of:
        raise UsageError(
            f"--shard wants I/N with I from 0 to N-1, got {text!r}",
            hint="Parts count from 0: four of them are 0/4 to 3/4 (sbatch --array=0-3).",
        )
    return share


def make_part(plan: Plan, out: Path, share: Share, progress: Progress) -> Outcome:
    """Makes the shards of one part in the folder `out`; a finished part is left alone and told again."""
    with RunFolder(out, _request(plan.request, share)) as run:
        if run.finished:
            check_finished(out)
            return _outcome("Already done, nothing to do", plan, out, run.manifest.result)
        with run.attempt():
            made = _made(plan, run, share, progress)
            return _sealed(plan, run, share, made)


def take_parts(plan: Plan, run: RunFolder, given: Sequence[Path]) -> None:
    """Takes the shards of all parts of the run that is asked for into its work folder.

    Raises:
        UsageError: A part is missing, given twice, or one of a run of other arguments or other code.
        InputError: A part has not ended, or was made of other input.
        GateError: A part was changed since it was made.
    """
    parts = [(path, *_checked(path, plan.request)) for path in _found(given)]
    _refuse_gaps([(path, share) for path, _, share in parts])
    for path, manifest, share in parts:
        take_shards(run, path, manifest, range(share.number, _MANY, share.of))


def _request(request: Request, share: Share) -> Request:
    """Returns the request of a part: the whole's, which it names by its fingerprint."""
    part = {"number": share.number, "of": share.of, "whole": request.fingerprint}
    return request.model_copy(
        update={
            "arguments": {**request.arguments, "shard": str(share)},
            "resolved": {**request.resolved, "part": part},
            "fingerprint": json_sha256(part),
        }
    )


def _made(plan: Plan, run: RunFolder, share: Share, progress: Progress) -> list[Made]:
    with readers(plan) as team:
        stages = ready_stages(plan, protect(plan, progress))
        with uncollected():
            job = job_of(plan, run, stages)
            team.give(job)
            pieces = pieces_of(job.sources, inputs_of(plan))
            mine = (piece for piece in pieces if piece.number % share.of == share.number)
            return list(_counted(team, mine, progress))


def _counted(team: Crew[Job], pieces: Iterator[Piece], progress: Progress) -> Iterator[Made]:
    done = 0
    for made in team.map(run_piece, pieces):
        done += made.shard.height
        progress("making shards (rows)", done, 0)
        yield made
    progress("making shards (rows)", done, done)


def run_piece(job: Job, piece: Piece) -> Made:
    """Returns the shard of a piece, all its row stages done, and the entries of its files."""
    shard = job.run_ahead(piece)
    tables = [shard.rows, shard.marks]
    tables += [job.ahead(shard.name, step.number) for step in job.steps[1:]]
    files = [path for path in tables if path.exists()] + ([shard.bad] if shard.bad else [])
    return Made(shard, [_entry(path) for path in files])


def _entry(path: Path) -> FileEntry:
    rows = None
    if path.suffix == ".parquet":
        rows = int(pl.scan_parquet(path, glob=False).select(pl.len()).collect().item())
    return FileEntry(path=path.name, sha256=file_sha256(path), rows=rows)


def _sealed(plan: Plan, run: RunFolder, share: Share, made: Sequence[Made]) -> Outcome:
    for one in made:
        run.note_rows(zip(*one.shard.counts, strict=True))
    files = [entry for one in made for entry in one.files]
    keep_shards(run, [entry.path for entry in files])
    run.write_text("recipe.yaml", recipe_text(plan))
    unread = sum(one.shard.unread for one in made)
    result: dict[str, Any] = {
        "part": str(share),
        "shards": len(made),
        "rows_in": sum(one.shard.height for one in made) + unread,
        "quarantined": unread,
    }
    run.seal(Status.DONE, 0, result, ["recipe.yaml", *kept_entries(files)])
    return _outcome("Part made", plan, run.path, result)


def _outcome(title: str, plan: Plan, out: Path, result: dict[str, Any]) -> Outcome:
    notes = []
    if result["quarantined"] > plan.recipe.max_bad:
        notes.append(
            f"{result['quarantined']:,} rows of this part cannot be read, more than --max-bad allows"
            f" ({plan.recipe.max_bad:,}): the joined run will fail"
        )
    if not result["shards"]:
        notes.append("there are more parts than shards: this one is empty")
    return Outcome(
        title=title,
        data={"run": str(out), **result},
        notes=notes,
        hint="when all parts are done, the same command with --join PART for each, instead of --shard",
    )


def _found(given: Sequence[Path]) -> Iterator[Path]:
    """Yields the parts; a folder that is no run stands for the runs in it."""
    for path in given:
        if (path / "manifest.json").exists() or not path.is_dir():
            yield path
            continue
        inner = sorted(one for one in path.iterdir() if (one / "manifest.json").exists())
        for one in inner:
            if one.is_symlink():
                raise UsageError(
                    "is a link; not followed",
                    where=str(one),
                    hint="Give its target as --join.",
                )
        if not inner:
            raise UsageError("holds no part", where=str(path), hint="Give the parts' own folders.")
        yield from inner


def _checked(path: Path, request: Request) -> tuple[Manifest, Share]:
    """Returns the manifest and the share of a finished part of the run that is asked for."""
    manifest = read_manifest(path)
    share = _share(manifest)
    if share is None:
        raise UsageError(
            "is a run, but no part of one",
            where=str(path),
            hint=f"A part is made by `curate {request.command} ... --shard I/N --out PART`.",
        )
    if manifest.resolved["part"].get("whole") != request.fingerprint:
        raise _other(path, manifest, request)
    if manifest.status is not Status.DONE:
        raise InputError(
            f"the part {share} is {manifest.status.value}, not done",
            where=str(path),
            hint="Run its command again until it is done.",
        )
    return manifest, share


def _share(manifest: Manifest) -> Share | None:
    part = manifest.resolved.get("part")
    try:
        return parse_share(f"{part['number']}/{part['of']}") if isinstance(part, dict) else None
    except (KeyError, UsageError):
        return None


def _other(path: Path, manifest: Manifest, request: Request) -> CurateError:
    arguments = {key: value for key, value in manifest.arguments.items() if key != "shard"}
    what = difference(manifest.model_copy(update={"arguments": arguments}), request)
    kind = InputError if what == "input files" else UsageError
    return kind(
        f"the part was made with other {what}",
        where=str(path),
        hint="Join with the arguments, input and code that all parts were made with.",
    )


def _refuse_gaps(parts: Sequence[tuple[Path, Share]]) -> None:
    """Refuses parts that are not each part of one division, once."""
    seen: dict[Share, Path] = {}
    first = parts[0][1]
    for path, share in parts:
        if share.of != first.of:
            raise UsageError(
                f"the part {share} belongs to another division than the part {first}",
                where=str(path),
            )
        if share in seen:
            raise UsageError(f"the part {share} is given twice: {seen[share]}", where=str(path))
        seen[share] = path
    missing = [str(Share(n, first.of)) for n in range(first.of) if Share(n, first.of) not in seen]
    if missing:
        raise UsageError(
            f"{len(missing)} of {first.of} parts are missing: {', '.join(missing[:5])}"
            + (", ..." if len(missing) > 5 else ""),  # noqa: PLR2004
            hint="Run them with --shard, then give each as --join PART.",
        )
