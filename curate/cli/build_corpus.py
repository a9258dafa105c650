"""`curate build-corpus`."""

from curate.cli.options import (
    BenchmarkOpt,
    DebugOpt,
    DecisionsOpt,
    DryRunOpt,
    FormatOpt,
    JoinOpt,
    MaxBadOpt,
    MaxYearOpt,
    OptionalSourceArg,
    RayAddressOpt,
    RecipeOpt,
    RunnerName,
    RunnerOpt,
    RunOutOpt,
    SeedOpt,
    SetOpt,
    SftOpt,
    ShardOpt,
    WorkersOpt,
    YearsOpt,
)
from curate.cli.show import Format, Show


def build_corpus_command(
    out: RunOutOpt,
    source: OptionalSourceArg = None,
    benchmark: BenchmarkOpt = None,
    years: YearsOpt = None,
    max_year: MaxYearOpt = None,
    max_bad: MaxBadOpt = None,
    recipe: RecipeOpt = None,
    decisions: DecisionsOpt = None,
    sft: SftOpt = None,
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
    """Build a year-filtered, leakage-checked corpus, with a ledger, an audit and a report of it.

    Example: curate build-corpus old_exams.jsonl --max-year 2017 --benchmark igakuqa=IgakuQA --out runs/corpus
    """
    from curate.cli.run import finish, parse_years
    from curate.corpus.runner import Runner
    from curate.jobs.build_corpus import build_corpus
    from curate.jobs.overlay import Options

    show = Show(format_)
    options = Options(
        recipe=recipe,
        benchmarks=benchmark or (),
        years=parse_years(years),
        max_year=max_year,
        max_bad=max_bad,
        seed=seed,
        decisions=decisions or (),
        settings=set_ or (),
        runner=Runner(workers, runner.value, ray_address),
        shard=shard,
        join=join or (),
        sft=sft,
    )
    return finish(show, build_corpus(source or [], options, out, show.progress, dry_run=dry_run))
