"""`curate score`."""

from pathlib import Path
from typing import Annotated

import typer

from curate.cli.complete import benchmark_options
from curate.cli.options import DebugOpt, FormatOpt, YearsOpt
from curate.cli.show import Format, Show

PredictionsArg = Annotated[
    list[Path],
    typer.Argument(
        metavar="PREDICTIONS...",
        help="Rows with question_id or problem_id, and prediction or text; or a run's responses.",
        show_default=False,
    ),
]
ExamOpt = Annotated[
    str,
    typer.Option(
        "--benchmark",
        metavar="NAME=PATH",
        autocompletion=benchmark_options,
        help="The exam that was answered.",
        show_default=False,
    ),
]
LabelOpt = Annotated[
    str | None,
    typer.Option(
        "--label",
        metavar="TEXT",
        help="What stands before the answer, where predictions hold an explanation too.",
    ),
]
SeedOpt = Annotated[int, typer.Option("--seed", min=0, help="Seed of the interval's draws.")]


def score_command(
    predictions: PredictionsArg,
    benchmark: ExamOpt,
    years: YearsOpt = None,
    label: LabelOpt = None,
    seed: SeedOpt = 0,
    format_: FormatOpt = Format.HUMAN,
    debug: DebugOpt = False,
) -> int:
    """Score recorded predictions as published, to the digit, and by the tolerant grader beside it.

    Example: curate score IgakuQA/baseline_results/*/*_gpt4.jsonl --benchmark igakuqa=IgakuQA
    """
    from curate.cli.run import parse_years
    from curate.cli.table import table_lines
    from curate.jobs.score import score
    from curate.jobs.score_table import score_tables

    show = Show(format_)
    scored = score(predictions, benchmark, parse_years(years), label)
    if format_ is Format.JSON:
        show.record(scored.score.model_dump(mode="json"))
    elif format_ is Format.HUMAN:
        for table in score_tables(scored.score, scored.interval(seed)):
            show.text(table.title)
            show.pieces(f"  {line}\n" for line in table_lines(table.columns, table.rows))
    for note in scored.notes:
        show.note(note)
    show.hint("`--format json` gives the same as data; `curate schema score` shows its form.")
    return 0
