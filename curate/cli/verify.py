"""`curate verify`."""

from curate.cli.options import DebugOpt, FormatOpt, RunArg
from curate.cli.show import Format, Show


def verify_command(run: RunArg, format_: FormatOpt = Format.HUMAN, debug: DebugOpt = False) -> int:
    """Hash a run's files again and compare them with its manifest; exit 4 if one differs."""
    from curate.cli.run import finish
    from curate.jobs.verify import verify

    return finish(Show(format_), verify(run))
