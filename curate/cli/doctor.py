"""`curate doctor`."""

from curate.cli.options import DebugOpt, FormatOpt
from curate.cli.show import Format, Show


def doctor_command(format_: FormatOpt = Format.HUMAN, debug: DebugOpt = False) -> int:
    """Look at the installation and the machine: what is there, what is missing, and how to get it."""
    from curate.cli.run import finish
    from curate.jobs.doctor import examine

    return finish(Show(format_), examine())
