"""`curate train`."""

from pathlib import Path
from typing import Annotated

import typer

from curate.cli.complete import stage_names
from curate.cli.options import DebugOpt, DryRunOpt, FormatOpt, SeedOpt, SetOpt
from curate.cli.show import Format, Show

StageArg = Annotated[
    str,
    typer.Argument(
        metavar="cpt|sft|rpo|dpo",
        help="Continued pretraining, supervised fine-tuning, RPO, or DPO.",
        autocompletion=stage_names,
        show_default=False,
    ),
]
TrainRecipeOpt = Annotated[
    Path, typer.Option("--recipe", help="A recipe of the stage (YAML).", show_default=False)
]
DataOpt = Annotated[
    Path,
    typer.Option(
        "--data",
        metavar="RUN",
        help="A finished run: build-corpus for cpt and sft, make-pairs for rpo and dpo.",
        show_default=False,
    ),
]
TrainOutOpt = Annotated[
    Path, typer.Option("--out", metavar="DIR", help="The run folder to write.", show_default=False)
]
ModelOpt = Annotated[
    str | None, typer.Option("--model", help="A model's folder or name. [recipe: model.name]")
]
AdapterOpt = Annotated[
    Path | None,
    typer.Option("--adapter", metavar="DIR", help="The LoRA adapter that training starts from."),
]
UnauditedOpt = Annotated[
    bool, typer.Option("--unaudited", help="Go on without a passing audit of the data.")
]
ResumeOpt = Annotated[
    bool, typer.Option("--resume", help="Go on from the last whole checkpoint in DIR.")
]


def train_command(
    stage: StageArg,
    recipe: TrainRecipeOpt,
    data: DataOpt,
    out: TrainOutOpt,
    model: ModelOpt = None,
    adapter: AdapterOpt = None,
    resume: ResumeOpt = False,
    unaudited: UnauditedOpt = False,
    set_: SetOpt = None,
    seed: SeedOpt = None,
    dry_run: DryRunOpt = False,
    format_: FormatOpt = Format.HUMAN,
    debug: DebugOpt = False,
) -> int:
    """Train on an audited run: its rows, proven to be what was checked, none of them cut.

    Example: curate train rpo --recipe rpo.yaml --data PAIRS --adapter CPT/adapter --out RPO
    """
    from curate.cli.run import finish
    from curate.errors import UsageError, did_you_mean
    from curate.jobs.train import train
    from curate.jobs.train_recipe import TrainOptions
    from curate.training import Stage

    known = [one.value for one in Stage]
    if stage not in known:
        raise UsageError(
            f"no stage {stage!r}.{did_you_mean(stage, known)}",
            hint=f"There are: {', '.join(known)}.",
        )
    show = Show(format_)
    options = TrainOptions(
        stage=Stage(stage),
        recipe=recipe,
        data=data,
        model=model,
        adapter=adapter,
        seed=seed,
        settings=set_ or (),
        unaudited=unaudited,
        resume=resume,
    )
    outcome = train(options, out, show.progress, dry_run=dry_run)
    return finish(show, outcome) if outcome.title else outcome.exit
