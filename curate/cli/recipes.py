"""`curate recipes`."""

from pathlib import Path
from typing import Annotated

import typer

from curate.cli.options import DebugOpt, FormatOpt
from curate.cli.show import Format, Show


def recipes_command(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="A recipe to copy.", show_default=False)
    ] = None,
    to: Annotated[
        Path, typer.Option("--to", help="Where to copy it: a file or a folder.")
    ] = Path(),
    format_: FormatOpt = Format.HUMAN,
    debug: DebugOpt = False,
) -> int:
    """List the shipped recipes, or copy one to change it."""
    from curate.cli.run import finish
    from curate.jobs.recipes import copy_recipe, list_recipes

    return finish(Show(format_), copy_recipe(name, to) if name else list_recipes())
