"""`curate compare`."""

from pathlib import Path
from typing import Annotated

import typer

from curate.cli.options import DebugOpt, FormatOpt
from curate.cli.show import Format, Show

RunsArg = Annotated[
    list[str],
    typer.Argument(
        metavar="RUN...",
        help="Two audits, two corpora, or any number of evaluations, each RUN or NAME=RUN.",
        show_default=False,
    ),
]
BaselineOpt = Annotated[
    str | None,
    typer.Option(
        "--baseline",
        metavar="NAME",
        help="The evaluation that the others are tested against. [the first]",
    ),
]
PublishedOpt = Annotated[
    bool, typer.Option("--published", help="Put the numbers that papers print beside evaluations.")
]
FilesOpt = Annotated[
    list[Path] | None,
    typer.Option(
        "--out",
        metavar="FILE",
        help="Write the tables of evaluations to FILE.md, .tex, .html or .json; may be repeated.",
    ),
]
DrawsSeedOpt = Annotated[int, typer.Option("--seed", min=0, help="Seed of the intervals' draws.")]


def compare_command(
    runs: RunsArg,
    baseline: BaselineOpt = None,
    published: PublishedOpt = False,
    out: FilesOpt = None,
    seed: DrawsSeedOpt = 0,
    format_: FormatOpt = Format.HUMAN,
    debug: DebugOpt = False,
) -> int:
    """Tell what changed between two audits or corpora, or compare evaluations, with paired tests.

    Exit 0 whether or not they differ.

    Example: curate compare base=runs/base rpo=runs/rpo --baseline base --published --out table.md
    """
    from curate.cli.run import finish
    from curate.cli.table import table_lines
    from curate.errors import UsageError
    from curate.jobs.compare import compare
    from curate.jobs.compare_evaluations import compare_evaluations
    from curate.jobs.compare_files import check_files, write_files
    from curate.jobs.compare_names import EVALUATE, named_runs
    from curate.jobs.compare_table import comparison_lines, evaluation_tables

    show = Show(format_)
    check_files(out or ())
    named = named_runs(runs)
    if named[0].command == EVALUATE:
        told = compare_evaluations(named, baseline, published=published, seed=seed)
        write_files(told, out or ())
        if format_ is Format.JSON:
            show.record(told.model_dump(mode="json"))
        elif format_ is Format.HUMAN:
            for grid in evaluation_tables(told):
                show.text(grid.title)
                show.pieces(f"  {line}\n" for line in table_lines(grid.columns, grid.rows))
        for note in told.notes:
            show.note(note)
        return 0
    if baseline or published or out:
        raise UsageError("--baseline, --published and --out are for evaluations")
    outcome = compare(named[0].path, named[1].path)
    if format_ is not Format.HUMAN:
        return finish(show, outcome)
    show.text("\n".join([outcome.title, *comparison_lines(outcome.data)]))
    return outcome.exit
