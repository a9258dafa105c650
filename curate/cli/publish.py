"""`curate publish`."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from curate.cli.options import (
    AcceptLicenceOpt,
    BenchmarkOpt,
    ContactOpt,
    DebugOpt,
    DecisionsOpt,
    FormatOpt,
    NotesOpt,
    RunArg,
)
from curate.cli.show import Format, Show

RepoOpt = Annotated[
    str,
    typer.Option("--repo", metavar="ORG/NAME", help="The data set on the Hub.", show_default=False),
]
FolderOpt = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", help="The folder that is sent. [RUN-published]"),
]
StagedOnlyOpt = Annotated[
    bool, typer.Option("--dry-run", help="Write the folder through all gates, and send nothing.")
]
PrivateOpt = Annotated[bool, typer.Option("--private", help="Make a new data set private.")]
CreatePrOpt = Annotated[bool, typer.Option("--create-pr", help="Send it as a pull request.")]
WithholdOpt = Annotated[
    bool,
    typer.Option(
        "--withhold-texts",
        help="Of sources without a licence, publish ids, hashes and numbers alone.",
    ),
]
PairsCorpusOpt = Annotated[
    Path | None,
    typer.Option("--corpus", help="The corpus of pairs, where it lies elsewhere than it did."),
]
YesOpt = Annotated[bool, typer.Option("--yes", help="Send without asking.")]


def publish_command(
    run: RunArg,
    repo: RepoOpt,
    dry_run: StagedOnlyOpt = False,
    private: PrivateOpt = False,
    create_pr: CreatePrOpt = False,
    benchmark: BenchmarkOpt = None,
    decisions: DecisionsOpt = None,
    accept_licence: AcceptLicenceOpt = None,
    withhold_texts: WithholdOpt = False,
    notes: NotesOpt = None,
    contact: ContactOpt = None,
    corpus: PairsCorpusOpt = None,
    out: FolderOpt = None,
    yes: YesOpt = False,
    format_: FormatOpt = Format.HUMAN,
    debug: DebugOpt = False,
) -> int:
    """Publish a run on the Hugging Face Hub, audited again; exit 4 unless it passes every gate.

    Example: curate publish runs/demo --repo my-org/demo --dry-run
    """
    from curate.cli.run import finish
    from curate.jobs.card import CardOptions
    from curate.jobs.publish import PublishOptions, publish
    from curate.publishing.hub import Target

    show = Show(format_)
    options = PublishOptions(
        Target(repo, private, create_pr),
        CardOptions(accept_licence or (), notes, contact, corpus),
        benchmark or (),
        decisions or (),
        out,
        withhold_texts,
        dry_run,
    )

    def confirm(told: dict[str, Any]) -> bool:
        if yes:
            return True
        if not sys.stdin.isatty() or format_ is not Format.HUMAN:
            return False
        show.result("To be sent", told, 0, None)
        return typer.confirm(f"Send {len(told['files'])} files to {repo}?", err=True)

    return finish(show, publish(run, options, show.progress, confirm))
