"""Plans a command and starts what it asks for: the whole run, a part, a run of parts, or a description."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from curate.corpus.pipeline import Progress
from curate.errors import UsageError
from curate.jobs.dry_run import describe
from curate.jobs.execute import execute
from curate.jobs.outcome import Outcome
from curate.jobs.overlay import Command, Options
from curate.jobs.parts import make_part, parse_share, take_parts
from curate.jobs.plan import make_plan
from curate.jobs.remote_out import in_folder


def start(
    command: Command,
    paths: Sequence[str],
    options: Options,
    out: Path | str,
    progress: Progress,
    *,
    dry_run: bool,
) -> Outcome:
    """Does in the folder, or at the URL, `out` what the options say; with `dry_run` only tells it.

    Raises:
        UsageError: A run cannot be a part and join parts at once, or the share is none.
    """
    share = parse_share(options.shard) if options.shard is not None else None
    if share and options.join:
        raise UsageError("--shard makes a part, --join joins parts: give one of them")
    plan = make_plan(command, paths, options)
    prepare = partial(take_parts, plan, given=options.join) if options.join else None

    def work(folder: Path) -> Outcome:
        if share:
            return make_part(plan, folder, share, progress)
        return execute(plan, folder, progress, prepare)

    return describe(plan) if dry_run else in_folder(str(out), work)
