"""Help of every command, what it costs to ask for it, and how a bug and Ctrl-C end."""

import json
import subprocess
import sys

import pytest
from typer.main import get_command

import curate
from curate.cli.app import app
from curate.tables import share

COMMANDS = sorted(get_command(app).commands)


def test_the_commands_are_these():
    assert COMMANDS == [
        "audit", "build-corpus", "calibrate", "card", "compare", "demo", "doctor", "evaluate", "fetch",
        "make-pairs", "merge", "publish", "recipes", "report", "schema", "score", "sql", "train", "verify",
    ]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_every_command_has_help(cli, command, flag):
    told = cli(command, flag)
    assert (told.code, told.err) == (0, "")
    assert told.out.startswith(f"Usage: curate {command} [OPTIONS]")
    summary = told.out.split("\n\n")[1].strip()
    assert len(summary) > 20


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_takes_a_format_and_debug(cli, command):
    told = cli(command, "--help").out
    assert "--format" in told
    assert "--debug" in told


def test_the_help_lists_every_command_and_the_exit_codes(cli):
    told = cli("--help")
    assert told.code == 0
    for command in COMMANDS:
        assert f"\n  {command} " in told.out
    assert "Exit codes: 0 done" in told.out


def test_without_a_command_there_is_help_and_exit_2(cli, python):
    told = cli()
    assert (told.code, told.out) == (2, "")
    assert told.err.startswith("Usage: curate ")
    assert "error: no command was given\n" in told.err
    assert python("-m", "curate").code == 2


def test_the_version(cli):
    assert cli("--version").out == f"curate {curate.__version__}\n"


@pytest.mark.parametrize("words", [["--help"], ["build-corpus", "--help"]])
def test_help_imports_nothing_heavy(python, words):
    code = (
        "import sys\n"
        "from curate.cli import main\n"
        "try:\n"
        f"    main({words!r})\n"
        "except SystemExit as end:\n"
        "    heavy = {'polars', 'torch', 'duckdb', 'numba', 'llvmlite'} & set(sys.modules)\n"
        "    sys.exit(f'imports {heavy}' if heavy else end.code)\n"
    )
    told = python("-c", code)
    assert (told.code, told.err) == (0, "")


def test_the_readme_names_every_command():
    readme = share("pipelines").parent / "README.md"
    if not readme.exists() or "build-corpus" not in readme.read_text(encoding="utf-8"):
        pytest.skip("the README has no commands yet")
    text = readme.read_text(encoding="utf-8")
    assert [command for command in COMMANDS if f"curate {command}" not in text] == []


CRASH = """
import sys
import curate.jobs.demo
from curate.cli import main

def crash(*_, **__):
    raise {error}

curate.jobs.demo.demo = crash
main(["demo", *sys.argv[1:]])
"""


def test_a_bug_exits_1_and_tells_nothing_of_the_data(python):
    told = python("-c", CRASH.format(error="RuntimeError('a row of text')"))
    assert (told.code, told.out) == (1, "")
    assert "a bug in curate: RuntimeError\n" in told.err
    assert "--debug" in told.err
    assert "a row of text" not in told.err
    assert "Traceback" not in told.err


def test_a_bug_as_json(python):
    told = python("-c", CRASH.format(error="RuntimeError"), "--format", "json")
    assert told.code == 1
    assert json.loads(told.out)["error"]["kind"] == "bug"


def test_a_bug_shows_its_traceback_when_asked(python):
    told = python("-c", CRASH.format(error="RuntimeError('a bug')"), "--debug")
    assert told.code == 1
    assert "Traceback (most recent call last)" in told.err
    assert "RuntimeError: a bug\n" in told.err


def test_a_closed_pipe_is_no_error(tmp_path):
    words = f"{sys.executable} -m curate schema report | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", words], capture_output=True, text=True, check=False)
    assert done.returncode in (0, 141)
    assert done.stderr == ""


def test_an_interrupt_exits_130_without_a_traceback(python):
    told = python("-c", CRASH.format(error="KeyboardInterrupt"))
    assert (told.code, told.out) == (130, "")
    assert "error: interrupted\n" in told.err
    assert "Traceback" not in told.err


def test_an_interrupt_as_json(cli, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("curate.jobs.demo.demo", interrupt)
    told = cli("demo", "--format", "json")
    assert told.code == 130
    assert told.data["error"]["kind"] == "interrupted"
    assert told.data["exit"] == 130


@pytest.mark.parametrize("debug", [False, True])
def test_an_error_shows_a_traceback_only_when_asked(cli, tmp_path, debug):
    told = cli("verify", tmp_path, *(["--debug"] if debug else []))
    assert told.code == 3
    assert ("Traceback" in told.err) is debug
    assert "reading the manifest" in told.err
