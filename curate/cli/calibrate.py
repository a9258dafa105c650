"""`curate calibrate`."""

from typing import Annotated

import typer

from curate.cli.options import (
    BenchmarkOpt,
    ColumnsOpt,
    DebugOpt,
    DryRunOpt,
    FormatOpt,
    MaxBadOpt,
    OptionalSourceArg,
    OutOpt,
    RecipeOpt,
    SeedOpt,
    SetOpt,
    WorkersOpt,
    YearsOpt,
)
from curate.cli.show import Format, Show

ItemsOpt = Annotated[
    int | None,
    typer.Option("--items", min=1, help="Items to plant a disguise. [recipe: 100]"),
]


def calibrate_command(
    out: OutOpt,
    source: OptionalSourceArg = None,
    benchmark: BenchmarkOpt = None,
    years: YearsOpt = None,
    items: ItemsOpt = None,
    columns: ColumnsOpt = None,
    max_bad: MaxBadOpt = None,
    recipe: RecipeOpt = None,
    set_: SetOpt = None,
    seed: SeedOpt = None,
    workers: WorkersOpt = None,
    dry_run: DryRunOpt = False,
    format_: FormatOpt = Format.HUMAN,
    debug: DebugOpt = False,
) -> int:
    """Plant disguised benchmark items in a dataset, and show how many the detector finds at which threshold.

    Example: curate calibrate old_exams.jsonl --benchmark igakuqa=IgakuQA --out runs/power
    """
    from curate.cli.run import finish, parse_years
    from curate.corpus.runner import Runner
    from curate.jobs.calibrate import calibrate
    from curate.jobs.overlay import Options

    show = Show(format_)
    planted = [f"stages.leakage.power_items={items}"] if items else []
    options = Options(
        recipe=recipe,
        benchmarks=benchmark or (),
        years=parse_years(years),
        max_bad=max_bad,
        seed=seed,
        runner=Runner(workers),
        columns=[name.strip() for name in columns.split(",")] if columns else (),
        settings=[*planted, *(set_ or ())],
    )
    return finish(show, calibrate(source or [], options, out, show.progress, dry_run=dry_run))
