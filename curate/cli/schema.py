"""`curate schema`."""

from typing import Annotated

import typer

from curate.cli.complete import record_names
from curate.cli.options import DebugOpt, FormatOpt
from curate.cli.show import Format, Show


def schema_command(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME]",
            help="A record, such as question.",
            show_default=False,
            autocompletion=record_names,
        ),
    ] = None,
    check: Annotated[
        bool,
        typer.Option("--check", help="Compare the schema files with the code; exit 4 on drift."),
    ] = False,
    write: Annotated[
        bool, typer.Option("--write", help="Write the schema files of this checkout again.")
    ] = False,
    format_: FormatOpt = Format.HUMAN,
    debug: DebugOpt = False,
) -> int:
    """Print a record's JSON Schema; without a name, list the records."""
    from curate.cli.run import finish
    from curate.jobs.schema import check_schemas, list_schemas, schema_text, write_schemas

    show = Show(format_)
    if check:
        return finish(show, check_schemas(name))
    if write:
        return finish(show, write_schemas())
    if name is None:
        return finish(show, list_schemas())
    show.text(schema_text(name))
    return 0
