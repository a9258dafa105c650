"""`curate make-pairs`."""

from pathlib import Path
from typing import Annotated

import typer

from curate.cli.complete import prompt_template_names
from curate.cli.options import (
    AdapterOpt,
    BenchmarkOpt,
    DebugOpt,
    DecisionsOpt,
    DryRunOpt,
    EngineOpt,
    FormatOpt,
    MaxBadOpt,
    ModelOpt,
    OutOpt,
    RayAddressOpt,
    RecipeOpt,
    ResponsesOpt,
    RunnerName,
    RunnerOpt,
    SeedOpt,
    SetOpt,
    TokenizerOpt,
    UrlOpt,
    WorkersOpt,
)
from curate.cli.show import Format, Show

CorpusOpt = Annotated[
    Path,
    typer.Option(
        "--corpus", metavar="RUN", help="A finished run of build-corpus.", show_default=False
    ),
]
TemplateOpt = Annotated[
    str | None,
    typer.Option(
        "--template",
        help="The prompt template: a shipped one, or a file of your own. [recipe: paper]",
        autocompletion=prompt_template_names,
    ),
]
ExamplesOpt = Annotated[
    Path | None,
    typer.Option(
        "--examples", metavar="FILE", help="Few-shot examples; without, drawn from the corpus."
    ),
]
NumberOpt = Annotated[
    int | None, typer.Option("--n", min=1, help="Samples a question. [recipe: 4]")
]
HumanOpt = Annotated[
    list[Path] | None,
    typer.Option(
        "--human",
        metavar="FILE",
        help="Human accuracy in percent by question, for the report; such as IgakuQA's _metadata.",
    ),
]
UnauditedOpt = Annotated[
    bool, typer.Option("--unaudited", help="Go on without a passing audit of the corpus.")
]


def make_pairs_command(
    corpus: CorpusOpt,
    out: OutOpt,
    engine: EngineOpt = None,
    model: ModelOpt = None,
    adapter: AdapterOpt = None,
    url: UrlOpt = None,
    responses: ResponsesOpt = None,
    template: TemplateOpt = None,
    examples: ExamplesOpt = None,
    tokenizer: TokenizerOpt = None,
    n: NumberOpt = None,
    benchmark: BenchmarkOpt = None,
    decisions: DecisionsOpt = None,
    human: HumanOpt = None,
    unaudited: UnauditedOpt = False,
    max_bad: MaxBadOpt = None,
    recipe: RecipeOpt = None,
    set_: SetOpt = None,
    seed: SeedOpt = None,
    workers: WorkersOpt = None,
    runner: RunnerOpt = RunnerName.LOCAL,
    ray_address: RayAddressOpt = None,
    dry_run: DryRunOpt = False,
    format_: FormatOpt = Format.HUMAN,
    debug: DebugOpt = False,
) -> int:
    """Make preference pairs from an audited corpus and a model's answers, graded and traceable.

    Example: curate make-pairs --corpus RUN --engine vllm --model M --benchmark igakuqa=PATH --out RUN
    """
    from curate.cli.run import finish
    from curate.jobs.make_pairs import make_pairs
    from curate.jobs.pairs_recipe import Asked, PairsOptions, Runner

    show = Show(format_)
    options = PairsOptions(
        corpus, recipe, Asked(engine, model, adapter, url, responses, tokenizer, n),
        template, examples, max_bad,
        benchmarks=benchmark or (),
        decisions=decisions or (),
        seed=seed,
        settings=set_ or (),
        runner=Runner(workers, runner.value, ray_address),
        human=human or (),
        unaudited=unaudited,
    )  # fmt: skip
    return finish(show, make_pairs(options, out, show.progress, dry_run=dry_run))
