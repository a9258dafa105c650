"""The application: commands in the order of the work, one boundary for errors, exit codes."""

import os
import re
import sys
import traceback
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn

import typer
from typer.main import get_command

import curate
from curate.cli import (
    audit,
    build_corpus,
    calibrate,
    card,
    compare,
    demo,
    doctor,
    evaluate,
    fetch,
    make_pairs,
    merge,
    publish,
    recipes,
    report,
    schema,
    score,
    sql,
    train,
    verify,
)
from curate.cli.show import Format, Show
from curate.errors import CurateError, did_you_mean

INTERRUPTED = 130
BUG = 1
USAGE = 2
NOT_INSTALLED = 5
CLOSED_PIPE = 141
_QUOTED = re.compile(r"'([^']*)'")

app = typer.Typer(
    name="curate",
    help="Builds the data behind a medical language model and proves what is in it.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done, 1 a bug, 2 usage or recipe, 3 input data, 4 a gate failed, "
    "5 something is not installed, 130 interrupted.",
)
app.command("build-corpus")(build_corpus.build_corpus_command)
app.command("audit")(audit.audit_command)
app.command("make-pairs")(make_pairs.make_pairs_command)
app.command("merge")(merge.merge_command)
app.command("train")(train.train_command)
app.command("calibrate")(calibrate.calibrate_command)
app.command("evaluate")(evaluate.evaluate_command)
app.command("score")(score.score_command)
app.command("report")(report.report_command)
app.command("card")(card.card_command)
app.command("publish")(publish.publish_command)
app.command("verify")(verify.verify_command)
app.command("sql")(sql.sql_command)
app.command("compare")(compare.compare_command)
app.command("fetch")(fetch.fetch_command)
app.command("schema")(schema.schema_command)
app.command("recipes")(recipes.recipes_command)
app.command("doctor")(doctor.doctor_command)
app.command("demo")(demo.demo_command)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"curate {curate.__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(
        False,
        "--version",
        help="Print the version.",
        is_eager=True,
        callback=_version,
    ),
) -> None:
    pass


@cache
def _command() -> Any:
    return get_command(app)


def main(arguments: list[str] | None = None) -> NoReturn:
    """Runs the command line and exits with its code; a traceback shows only with --debug."""
    argv = sys.argv[1:] if arguments is None else arguments
    show = Show(_asked_format(argv))
    try:
        code = _command()(args=argv, prog_name="curate", standalone_mode=False)
        sys.stdout.flush()
    except (BrokenPipeError, SystemExit) as exc:
        if isinstance(exc, SystemExit) and not isinstance(exc.__context__, BrokenPipeError):
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # whoever read our output has seen enough
        sys.exit(CLOSED_PIPE)
    except CurateError as exc:
        if "--debug" in argv:
            traceback.print_exc()
        show.error(
            {"kind": exc.kind, "message": exc.message, "where": exc.where, "hint": exc.hint},
            exc.exit,
        )
        sys.exit(exc.exit)
    except (KeyboardInterrupt, EOFError):
        code = INTERRUPTED
    except Exception as exc:  # noqa: BLE001 (the last boundary: told, and re-raised unless it is usage)
        if "--debug" in argv:
            traceback.print_exc()
        _usage_or_bug(exc, show)
    if code == INTERRUPTED:  # typer returns it for Ctrl-C
        resumed = " with --resume" if argv[:1] == ["train"] else ""
        hint = f"The same command{resumed} goes on from here."
        error = {"kind": "interrupted", "message": "interrupted", "where": "", "hint": hint}
        show.error(error, INTERRUPTED)
    sys.exit(code if isinstance(code, int) else 0)


def _usage_or_bug(exc: Exception, show: Show) -> NoReturn:
    """Tells click's usage errors in our form, and anything else as a bug, without the data in it."""
    name = type(exc).__name__
    if name == "Abort":
        sys.exit(INTERRUPTED)
    if isinstance(exc, ImportError) and not str(exc.name).startswith("curate"):
        hint = "`curate doctor` tells what is missing, and how to get it."
        error = {"kind": "setup", "message": str(exc), "where": "", "hint": hint}
        show.error(error, NOT_INSTALLED)
        sys.exit(NOT_INSTALLED)
    if not hasattr(exc, "format_message"):
        last = traceback.extract_tb(exc.__traceback__)[-1]
        hint = "The same command with --debug shows where; please report it."
        message = f"a bug in curate: {name}"
        where = f"{Path(last.filename).name}:{last.lineno}"
        show.error({"kind": "bug", "message": message, "where": where, "hint": hint}, BUG)
        sys.exit(BUG)
    context = getattr(exc, "ctx", None)
    path = context.command_path if context else "curate"
    hint = f"`{path} --help` shows what there is."
    if exc_help := (name == "NoArgsIsHelpError"):
        typer.echo(context.get_help() if context else "", err=True)
    message = "no command was given" if exc_help else _usage_message(exc)
    show.error({"kind": "usage", "message": message, "where": "", "hint": hint}, USAGE)
    sys.exit(USAGE)


def _usage_message(exc: Exception) -> str:
    """Returns what click says is wrong, and which option or value was probably meant."""
    message = str(exc.format_message())  # type: ignore[attr-defined]
    word, options = getattr(exc, "option_name", None), getattr(exc, "possibilities", None)
    if word and options is not None:
        return f"No such option: {word}.{did_you_mean(word, _options(exc))}"
    before, found, after = message.partition(" is not one of ")
    if found:
        word, known = _QUOTED.findall(before)[-1], _QUOTED.findall(after)
        return f"{message.removesuffix('.')}.{did_you_mean(word, known)}"
    return message


def _options(exc: Exception) -> list[str]:
    """Returns the options of the command that refused one."""
    context = getattr(exc, "ctx", None)
    return [name for one in context.command.params for name in one.opts] if context else []


def _asked_format(argv: list[str]) -> Format:
    """Returns the format that the command line asks for, even where the rest of it is wrong."""
    for word, following in pairwise([*argv, ""]):
        value = word.removeprefix("--format=") if word.startswith("--format=") else None
        value = following if word == "--format" else value
        if value in set(Format):
            return Format(value)
    return Format.HUMAN
