"""The job behind `train`: data and recipe to trained weights, with the proof of what they were trained on."""

from pathlib import Path

from curate.corpus.pipeline import Progress
from curate.errors import InputError, UsageError
from curate.jobs.execute import check_finished
from curate.jobs.outcome import Outcome
from curate.jobs.train_merge import merged_first, on_merged
from curate.jobs.train_plan import Ready, made_ready, make_train_plan, work_of
from curate.jobs.train_recipe import TrainOptions
from curate.jobs.train_told import again, described, told
from curate.jobs.train_write import write_run
from curate.models import Status
from curate.runs import RunFolder, read_manifest
from curate.training.checkpoints import CHECKPOINTS, last_checkpoint
from curate.training.fit import Work, fit


def train(
    options: TrainOptions, out: Path, progress: Progress, *, dry_run: bool = False
) -> Outcome:
    """Trains in the run folder `out`; with `dry_run` describes what would be done.

    Of several processes each computes; the first alone writes and tells.
    """
    plan = make_train_plan(options)
    if dry_run:
        return described(plan)
    work = work_of(plan)
    if not plan.place.is_main:
        return _followed(work, out)
    ready = made_ready(plan, work)
    with RunFolder(out, ready.request) as run:
        if run.finished:
            check_finished(out)
            return again(plan, run.manifest, out)
        _refuse_unasked(ready, out)
        with run.attempt():
            ready = merged_first(ready, out, progress)
            fitted = fit(ready.work, out, ready.identity, progress)
            result, names = write_run(ready, run, fitted)
            run.seal(Status.DONE, 0, result, names)
        return told(plan, out, result)


def _followed(work: Work, out: Path) -> Outcome:
    """Computes what another process than the first does, which writes nothing and says nothing."""
    if not _is_done(out):
        fit(on_merged(work, out), out, None, lambda *_: None)
    return Outcome(title="")


def _is_done(out: Path) -> bool:
    try:
        return read_manifest(out).status is Status.DONE
    except InputError:  # the first process has not begun it yet
        return False


def _refuse_unasked(ready: Ready, out: Path) -> None:
    """Refuses to begin anew, or to go on, in a folder with checkpoints, unless that was asked for.

    Raises:
        UsageError: It was not, or they are of another recipe, other data or another model.
    """
    folder = out / CHECKPOINTS
    found = last_checkpoint(folder, ready.identity) if folder.is_dir() else None
    if found and not ready.plan.options.resume:
        raise UsageError(
            f"the folder holds {found.name} of this training",
            where=str(out),
            hint="--resume goes on from it; remove the folder, or choose another --out, to begin anew.",
        )
