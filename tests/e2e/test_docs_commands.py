"""Every command that the documents show: run on the demo's data, or else known to the command line.

A block that cannot run here says why in the line before it: `<!-- not run: needs a GPU -->`.
"""

import re
import shutil
import subprocess

import documented
import pytest
from documented import ROOT
from typer.exceptions import TyperException
from typer.main import get_command

from curate.cli.app import app

PAGES = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "pipelines" / "demo" / "README.md"]
)
ENGLISH = [page for page in PAGES if not page.name.endswith(".ja.md")]
RUN = [page for page in ENGLISH if any(one.runs for one in documented.commands(page))]
TRANSLATED = [page for page in PAGES if page not in ENGLISH]


def named(page):
    return str(page.relative_to(ROOT))


@pytest.fixture(scope="module")
def clone(tmp_path_factory, cli):
    """A folder like a clone in which `make demo` was run: the demo's files and cards, and its two runs."""
    folder = tmp_path_factory.mktemp("clone")
    for part in ("pipelines/demo", "data_cards/demo"):
        shutil.copytree(ROOT / part, folder / part)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        yield folder, {"make demo": cli("demo")}


@pytest.fixture
def typed(clone, cli):
    """Types a command into the clone's shell; returns its exit code and what it printed."""
    folder, done = clone

    def typed(text):
        if text in done:
            return done[text].code, done[text].out + done[text].err
        words = documented.words(text)
        if words[0] != "curate":
            told = subprocess.run(
                ["bash", "-c", text], capture_output=True, text=True, check=False, cwd=folder
            )
            return told.returncode, told.stdout + told.stderr
        assert not documented.JOINERS & set(words), "curate runs in this process: no pipe"
        target = words[-1] if words[-2] == ">" else None
        told = cli(*words[1 : -2 if target else None])
        if target:
            (folder / target).write_text(told.out, encoding="utf-8")
        return told.code, told.err if target else told.out + told.err

    return typed


def in_order(shown, printed):
    """Returns the first shown line that was not printed after those before it; … stands for anything."""
    lines = iter(printed.splitlines())
    for line in shown:
        pattern = ".*".join(re.escape(part) for part in line.rstrip().split("…"))
        if not any(re.fullmatch(pattern, found.rstrip()) for found in lines):
            return line
    return None


@pytest.mark.parametrize("page", RUN, ids=named)
def test_what_a_page_shows_is_what_comes(typed, page):
    code = 0
    for one in documented.commands(page):
        if not one.runs:
            continue
        if one.text == "echo $?":
            assert one.shown == (str(code),), one.where
            code = 0
            continue
        assert code == 0, (
            f"{one.where}: the command before it exited {code}, and no `echo $?` says so"
        )
        code, printed = typed(one.text)
        missed = in_order(one.shown, printed)
        assert missed is None, f"{one.where}: {one.text}\nnever printed: {missed}\nbut:\n{printed}"
    assert code == 0


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_a_page_shows_only_commands_that_there_are(page):
    assert documented.strays(page) == [], "commands stand in blocks of bash or console"
    for one in documented.commands(page):
        documented.check(one.text)
    for text in documented.inline(page):
        documented.check_abridged(text)
    assert documented.unknown_options(page) == set()


@pytest.mark.parametrize("page", TRANSLATED, ids=named)
def test_a_translation_shows_the_same_blocks(page):
    original = page.with_name(page.name.replace(".ja.md", ".md"))
    here, there = (
        [fence[0] for fence in documented.FENCE.finditer(one.read_text(encoding="utf-8"))]
        for one in (page, original)
    )
    assert here == there
    assert here


def test_the_examples_in_the_help_are_known():
    commands = get_command(app).commands.values()
    examples = [text for one in commands for text in re.findall(r"Example: (.+)", one.help)]
    assert len(examples) >= 5
    for text in examples:
        documented.check(text)


@pytest.mark.parametrize(
    "text",
    [
        "curate audti x --out RUN",
        "curate audit x --benchmrk a=b --out RUN",
        "curate audit x",
        "curate audit x --max-bad few --out RUN",
        "accelerate launch --num_processes 2 -m curate train rpo --recipes x --data y --out z",
        "cat x | curate sql runs/demo - --cvs",
        "make demmo",
    ],
)
def test_a_wrong_command_is_caught(text):
    with pytest.raises((ValueError, KeyError, TyperException)):
        documented.check(text)


@pytest.mark.parametrize("text", ["curate audit DATA --benchmrk NAME=PATH", "curate audti DATA"])
def test_a_wrong_command_is_caught_in_running_text(text):
    with pytest.raises(ValueError, match=r"audit|audti"):
        documented.check_abridged(text)


def test_a_line_that_is_not_printed_is_caught():
    assert in_order(("a", "b …c"), "a\nx\nb 1 c\n") is None
    assert in_order(("b", "a"), "a\nb\n") == "a"
