"""`curate audit`."""

from curate.cli.options import (
    BenchmarkOpt,
    ColumnsOpt,
    DebugOpt,
    DecisionsOpt,
    DryRunOpt,
    FormatOpt,
    JoinOpt,
    MaxBadOpt,
    OptionalSourceArg,
    RayAddressOpt,
    RecipeOpt,
    RunnerName,
    RunnerOpt,
    RunOutOpt,
    SeedOpt,
    SetOpt,
    ShardOpt,
    WorkersOpt,
    YearsOpt,
)
from curate.cli.show import Format, Show


def audit_command(
    out: RunOutOpt,
    source: OptionalSourceArg = None,
    benchmark: BenchmarkOpt = None,
    years: YearsOpt = None,
    columns: ColumnsOpt = None,
    max_bad: MaxBadOpt = None,
    recipe: RecipeOpt = None,
    decisions: DecisionsOpt = None,
    set_: SetOpt = None,
    seed: SeedOpt = None,
    workers: WorkersOpt = None,
    runner: RunnerOpt = RunnerName.LOCAL,
    ray_address: RayAddressOpt = None,
    shard: ShardOpt = None,
    join: JoinOpt = None,
    dry_run: DryRunOpt = False,
    format_: FormatOpt = Format.HUMAN,
    debug: DebugOpt = False,
) -> int:
    """Check a dataset, or a run's kept rows, for items of a held-out exam; exit 0 only if it passes.

    Example: curate audit train.jsonl --benchmark igakuqa=IgakuQA --years 2020-2022 --out runs/audit
    """
    from curate.cli.run import finish, parse_years
    from curate.corpus.runner import Runner
    from curate.jobs.audit import audit
    from curate.jobs.overlay import Options

    show = Show(format_)
    options = Options(
        recipe=recipe,
        benchmarks=benchmark or (),
        years=parse_years(years),
        max_bad=max_bad,
        seed=seed,
        columns=[name.strip() for name in columns.split(",")] if columns else (),
        decisions=decisions or (),
        settings=set_ or (),
        runner=Runner(workers, runner.value, ray_address),
        shard=shard,
        join=join or (),
    )
    return finish(show, audit(source or [], options, out, show.progress, dry_run=dry_run))
