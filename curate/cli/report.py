"""`curate report`."""

from curate.cli.options import DebugOpt, FormatOpt, RunArg
from curate.cli.show import Format, Show


def report_command(run: RunArg, format_: FormatOpt = Format.HUMAN, debug: DebugOpt = False) -> int:
    """Render a run's report.html again from its report.json, and say what it says."""
    from curate.cli.run import finish
    from curate.jobs.report import report

    return finish(Show(format_), report(run))
