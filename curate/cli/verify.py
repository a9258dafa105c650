"""`curate verify`."""

from typing import Annotated

import typer

from curate.cli.options import BenchmarkOpt, DebugOpt, DecisionsOpt, FormatOpt
from curate.cli.show import Format, Show

SubjectArg = Annotated[
    str,
    typer.Argument(
        metavar="RUN",
        help="A run folder, a published folder, or a data set of the Hub: ORG/NAME[@REVISION].",
        show_default=False,
    ),
]


def verify_command(
    subject: SubjectArg,
    benchmark: BenchmarkOpt = None,
    decisions: DecisionsOpt = None,
    format_: FormatOpt = Format.HUMAN,
    debug: DebugOpt = False,
) -> int:
    """Hash a run's files again, or check all that a published set says; exit 4 if anything differs.

    With --benchmark the audit of a published set is made again from its rows.
    """
    from curate.cli.run import finish
    from curate.jobs.verify import VerifyOptions, verify

    show = Show(format_)
    options = VerifyOptions(benchmark or (), decisions or ())
    return finish(show, verify(subject, options, show.progress))
