"""`curate card`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from curate.cli.options import AcceptLicenceOpt, ContactOpt, DebugOpt, FormatOpt, NotesOpt, RunArg
from curate.cli.show import Format, Show


class Language(StrEnum):
    """The languages of cards."""

    EN = "en"
    JA = "ja"


def card_command(
    run: RunArg,
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            metavar="FILE",
            help="Where to write the card; a folder gets both languages and croissant.json. [stdout]",
            show_default=False,
        ),
    ] = None,
    language: Annotated[Language, typer.Option("--language", help="The card's words.")] = (
        Language.EN
    ),
    check: Annotated[
        bool, typer.Option("--check", help="Compare --out with what the run says; exit 4 on drift.")
    ] = False,
    accept_licence: AcceptLicenceOpt = None,
    notes: NotesOpt = None,
    contact: ContactOpt = None,
    corpus: Annotated[
        Path | None,
        typer.Option("--corpus", help="The corpus of pairs, where it lies elsewhere than it did."),
    ] = None,
    format_: FormatOpt = Format.HUMAN,
    debug: DebugOpt = False,
) -> int:
    """Print or write the data set card of a run: every number from its manifest, ledger, audit and tables."""
    from curate.cli.run import finish
    from curate.errors import UsageError
    from curate.jobs.card import CardOptions, card, card_text

    show = Show(format_)
    options = CardOptions(accept_licence or (), notes, contact, corpus, language.value)
    if out is not None and out != "-":
        return finish(show, card(run, options, Path(out), check=check))
    if check:
        raise UsageError("--check compares a file", hint="Say which with --out FILE.")
    text, warnings = card_text(run, options)
    for warning in warnings:
        show.note(warning)
    show.text(text)
    return 0
