"""`curate evaluate`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from curate.cli.complete import benchmark_options, mode_names
from curate.cli.options import (
    AdapterOpt,
    DebugOpt,
    DryRunOpt,
    EngineOpt,
    FormatOpt,
    ModelOpt,
    OutOpt,
    RecipeOpt,
    ResponsesOpt,
    SeedOpt,
    SetOpt,
    TokenizerOpt,
    UrlOpt,
    YearsOpt,
)
from curate.cli.show import Format, Show

if TYPE_CHECKING:
    from curate.jobs.outcome import Outcome

ExamsOpt = Annotated[
    list[str] | None,
    typer.Option(
        "--benchmark",
        metavar="NAME=PATH",
        autocompletion=benchmark_options,
        help="An exam to be asked; may be repeated.",
    ),
]
ModeOpt = Annotated[
    str | None,
    typer.Option(
        "--mode",
        metavar="A,B",
        autocompletion=mode_names,
        help="How to ask: direct, explained, explained_ja, cot, alpaca, any other prompt template, "
        "or a file of your own. [recipe: direct,explained]",
    ),
]
LanguageOpt = Annotated[
    str | None,
    typer.Option("--language", metavar="ja,en", help="Languages to ask in. [recipe: ja]"),
]
VignettesOpt = Annotated[
    str | None,
    typer.Option(
        "--vignettes",
        metavar="published|linked",
        help="Ask the later questions of a series without their case, as published, or with it.",
    ),
]
MethodOpt = Annotated[
    str | None,
    typer.Option(
        "--method",
        metavar="generation|loglikelihood",
        help="Have answers written, or take the option whose text is likeliest. [recipe: generation]",
    ),
]
RepeatsOpt = Annotated[
    int | None,
    typer.Option("--repeats", min=1, help="How often to ask, each time with a seed of its own."),
]
SectionsOpt = Annotated[
    str | None,
    typer.Option("--sections", metavar="112-B,E", help="Ask only these sections or subjects."),
]
LimitOpt = Annotated[
    int | None, typer.Option("--limit", min=1, help="Ask only the first items of each benchmark.")
]
ExamplesOpt = Annotated[
    Path | None,
    typer.Option(
        "--examples", metavar="FILE", help="Few-shot examples; without, those beside IgakuQA."
    ),
]
CorpusOpt = Annotated[
    Path | None,
    typer.Option(
        "--corpus",
        metavar="RUN",
        help="A run of build-corpus or audit of the training data: what it found is scored beside the rest.",
    ),
]


def evaluate_command(
    out: OutOpt,
    benchmark: ExamsOpt = None,
    model: ModelOpt = None,
    adapter: AdapterOpt = None,
    engine: EngineOpt = None,
    url: UrlOpt = None,
    responses: ResponsesOpt = None,
    tokenizer: TokenizerOpt = None,
    mode: ModeOpt = None,
    language: LanguageOpt = None,
    vignettes: VignettesOpt = None,
    method: MethodOpt = None,
    repeats: RepeatsOpt = None,
    sections: SectionsOpt = None,
    years: YearsOpt = None,
    limit: LimitOpt = None,
    examples: ExamplesOpt = None,
    corpus: CorpusOpt = None,
    recipe: RecipeOpt = None,
    set_: SetOpt = None,
    seed: SeedOpt = None,
    dry_run: DryRunOpt = False,
    format_: FormatOpt = Format.HUMAN,
    debug: DebugOpt = False,
) -> int:
    """Ask a model the items of exams, as published and explained, and score what it answers.

    Example: curate evaluate --model M --benchmark igakuqa=PATH --mode direct,explained --out RUN
    """
    from curate.cli.run import finish, parse_list, parse_years
    from curate.jobs.engine_option import Asked
    from curate.jobs.evaluate import evaluate
    from curate.jobs.evaluate_recipe import EvaluateOptions

    show = Show(format_)
    options = EvaluateOptions(
        recipe, Asked(engine, model, adapter, url, responses, tokenizer), benchmark or (),
        parse_list(mode), parse_list(language), vignettes, method, repeats, parse_list(sections),
        parse_years(years), limit, examples, corpus, seed, set_ or (),
    )  # fmt: skip
    outcome = evaluate(options, out, show.progress, dry_run=dry_run)
    is_for_people = format_ is Format.HUMAN and not dry_run
    return _tables(show, outcome) if is_for_people else finish(show, outcome)


def _tables(show: Show, outcome: "Outcome") -> int:
    """Prints the numbers as a table, and returns the exit code."""
    from curate.cli.run import finish
    from curate.cli.table import table_lines
    from curate.jobs.evaluate_table import COLUMNS, DROPS, drop_rows, result_rows

    tables = ("results", "stability")
    data = {name: value for name, value in outcome.data.items() if name not in tables}
    code = finish(show, outcome.model_copy(update={"data": data, "hint": ""}))
    rows = [*result_rows(outcome.data["results"])]
    show.pieces(f"  {line}\n" for line in table_lines(COLUMNS, rows))
    if drops := [*drop_rows(outcome.data["stability"])]:
        show.text("Drop from mode to mode, in points of 100")
        show.pieces(f"  {line}\n" for line in table_lines(DROPS, drops))
    show.hint(outcome.hint)
    return code
