"""`curate fetch`."""

from pathlib import Path
from typing import Annotated

import typer

from curate.cli.complete import benchmark_names
from curate.cli.options import DebugOpt, DryRunOpt, FormatOpt
from curate.cli.show import Format, Show

NameArg = Annotated[
    str,
    typer.Argument(
        metavar="BENCHMARK",
        help="A known benchmark, such as igakuqa.",
        show_default=False,
        autocompletion=benchmark_names,
    ),
]
ToOpt = Annotated[Path | None, typer.Option("--to", help="The folder to fill. [benchmarks/NAME]")]
FromOpt = Annotated[
    Path | None,
    typer.Option("--from", help="Copy from a clone, an extracted archive or a folder instead."),
]
BaseUrlOpt = Annotated[
    str | None,
    typer.Option(
        "--base-url",
        metavar="URL",
        help="A mirror that has OWNER/REPOSITORY/COMMIT/PATH. [raw.githubusercontent.com]",
    ),
]


def fetch_command(
    name: NameArg,
    to: ToOpt = None,
    from_: FromOpt = None,
    base_url: BaseUrlOpt = None,
    dry_run: DryRunOpt = False,
    format_: FormatOpt = Format.HUMAN,
    debug: DebugOpt = False,
) -> int:
    """Get a benchmark's files at the pinned revision, each checked by its hash; goes on where it ended.

    Example: curate fetch igakuqa --to benchmarks/igakuqa
    """
    from curate.cli.run import finish
    from curate.errors import UsageError
    from curate.jobs.fetch import Wanted, fetch

    if from_ and base_url:
        raise UsageError("give either --from or --base-url")
    show = Show(format_)
    wanted = Wanted(name, to=to, source=from_, base_url=base_url, dry_run=dry_run)
    return finish(show, fetch(wanted, show.progress))
