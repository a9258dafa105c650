"""`curate demo`."""

from pathlib import Path
from typing import Annotated

import typer

from curate.cli.options import DebugOpt, FormatOpt
from curate.cli.show import Format, Show


def demo_command(
    out: Annotated[Path, typer.Option("--out", help="The run folder to write.")] = Path(
        "runs/demo"
    ),
    format_: FormatOpt = Format.HUMAN,
    debug: DebugOpt = False,
) -> int:
    """Build a corpus from a small invented exam that comes with curate; needs no network and no data."""
    from curate.cli.run import finish
    from curate.jobs.demo import demo

    show = Show(format_)
    return finish(show, demo(out, show.progress))
