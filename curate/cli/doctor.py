"""`curate doctor`."""

from typing import Annotated

import typer

from curate.cli.options import DebugOpt, FormatOpt
from curate.cli.show import Format, Show

FileArg = Annotated[
    str | None,
    typer.Argument(metavar="[FILE]", help="A file, folder or glob to look at.", show_default=False),
]


def doctor_command(
    file: FileArg = None, format_: FormatOpt = Format.HUMAN, debug: DebugOpt = False
) -> int:
    """Look at the installation and the machine; or at the first rows of a file, and propose a recipe for it.

    Example: curate doctor exams.jsonl > own.yaml
    """
    from curate.cli.run import finish

    show = Show(format_)
    if file is None:
        from curate.jobs.doctor import examine

        return finish(show, examine())
    from curate.jobs.propose import propose

    outcome = propose(file)
    if format_ is Format.JSON:
        return finish(show, outcome)
    show.text(outcome.data["yaml"])
    for note in outcome.notes:
        show.note(note)
    show.hint(outcome.hint)
    return outcome.exit
