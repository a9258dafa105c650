"""`curate merge`."""

from pathlib import Path
from typing import Annotated

import typer

from curate.cli.options import DebugOpt, FormatOpt
from curate.cli.show import Format, Show
from curate.models.merge import MergeHow

AdapterArg = Annotated[
    Path,
    typer.Argument(metavar="ADAPTER", help="The folder of a LoRA adapter.", show_default=False),
]
MergedOpt = Annotated[
    Path, typer.Option("--out", help="The new folder of the merged model.", show_default=False)
]
BaseOpt = Annotated[
    str | None,
    typer.Option(
        "--base", help="The base model's folder or name. [the one that the adapter names]"
    ),
]
HowOpt = Annotated[
    MergeHow | None,
    typer.Option("--how", help="How to merge. [as it was trained: see docs/reproduce.md]"),
]
DtypeOpt = Annotated[
    str,
    typer.Option("--dtype", help="Of weights that are not quantised; auto: as they are stored."),
]
DeviceOpt = Annotated[
    str, typer.Option("--device", help="cpu, cuda, or auto to spread the model over all devices.")
]


def merge_command(
    adapter: AdapterArg,
    out: MergedOpt,
    base: BaseOpt = None,
    how: HowOpt = None,
    dtype: DtypeOpt = "auto",
    device: DeviceOpt = "cpu",
    format_: FormatOpt = Format.HUMAN,
    debug: DebugOpt = False,
) -> int:
    """Merge a LoRA adapter into its base, as it was trained, and measure what that changes.

    Example: curate merge runs/cpt/adapter --out models/cpt
    """
    from curate.cli.run import finish
    from curate.jobs.merge import MergeOptions, merge

    return finish(Show(format_), merge(MergeOptions(adapter, base, how, dtype, device), out))
