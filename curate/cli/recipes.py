"""`curate recipes`."""

from pathlib import Path
from typing import Annotated

import typer

from curate.cli.complete import recipe_names
from curate.cli.options import DebugOpt, FormatOpt
from curate.cli.show import Format, Show


def recipes_command(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME]",
            help="A recipe to copy.",
            show_default=False,
            autocompletion=recipe_names,
        ),
    ] = None,
    to: Annotated[
        Path | None, typer.Option("--to", help="Where to copy it: a file or a folder. [here]")
    ] = None,
    format_: FormatOpt = Format.HUMAN,
    debug: DebugOpt = False,
) -> int:
    """List the shipped recipes and templates, or copy one to change it."""
    from curate.cli.run import finish
    from curate.errors import UsageError
    from curate.jobs.recipes import copy_recipe, list_recipes

    if to is not None and name is None:
        raise UsageError("--to wants the name of a recipe", hint="`curate recipes` lists them.")
    return finish(Show(format_), copy_recipe(name, to or Path()) if name else list_recipes())
