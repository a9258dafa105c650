"""Reads the commands that a document shows, and tells whether the program knows them."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from typer.main import get_command

from curate.cli.app import app

ROOT = Path(__file__).resolve().parents[2]
SHELLS = ("bash", "console")
FENCE = re.compile(
    r"^(?P<mark><!-- not run: [^\n]+ -->\n)?^```(?P<language>\w*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
STRAY = re.compile(r"^(?:\$ )?(?:curate|make|pip|accelerate|python) .+", re.MULTILINE)
INLINE = re.compile(r"(?<!`)`((?:curate|make) [^`]+)`(?!`)")
TARGETS = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
OPTION = re.compile(r"(?<!`)`(--[a-z][a-z-]*)[^`]*`(?!`)")
FOREIGN = {"--no-enable-chunked-prefill"}  # vLLM's
JOINERS = {"|", "||", "&&", ";"}


@dataclass(frozen=True)
class Command:
    """One command of a block: where it stands, what is typed, and what is shown to come of it."""

    where: str
    text: str
    shown: tuple[str, ...]
    runs: bool


def commands(page: Path) -> Iterator[Command]:
    """Yields the commands of a page's blocks, in their order."""
    text = page.read_text(encoding="utf-8")
    for fence in FENCE.finditer(text):
        line = text.count("\n", 0, fence.start("text")) + 1
        where = f"{page.relative_to(ROOT)}:{line}"
        block = fence["text"].replace("\\\n", " ")
        if fence["language"] == "bash":
            for typed in (line.strip() for line in block.splitlines()):
                if typed and not typed.startswith("#"):
                    yield Command(where, typed, (), not fence["mark"])
        elif fence["language"] == "console":
            assert block.startswith("$ "), f"{where}: a block of console begins with `$ `"
            for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                typed, *shown = part.rstrip("\n").split("\n")
                yield Command(where, typed, tuple(shown), not fence["mark"])


def strays(page: Path) -> list[str]:
    """Returns what looks like a command in a block that is neither bash nor console."""
    text = page.read_text(encoding="utf-8")
    plain = [fence for fence in FENCE.finditer(text) if fence["language"] in ("", "text")]
    return [found for fence in plain for found in STRAY.findall(fence["text"])]


def inline(page: Path) -> list[str]:
    """Returns the commands in a page's running text and tables; they may be abridged."""
    return INLINE.findall(FENCE.sub("", page.read_text(encoding="utf-8")))


def unknown_options(page: Path) -> set[str]:
    """Returns the options in a page's running text that no command has."""
    root = get_command(app)
    all_ = [root, *root.commands.values()]
    known = {option for command in all_ for one in command.params for option in one.opts}
    named = set(OPTION.findall(FENCE.sub("", page.read_text(encoding="utf-8"))))
    return named - known - FOREIGN - {"--help"}


def words(text: str) -> list[str]:
    """Returns a command line's words as a shell would split them, without its comment."""
    lexer = shlex.shlex(text, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    return list(lexer)


def check(text: str) -> None:
    """Raises what the command line itself would, if it knows no such command, option or value."""
    simple: list[list[str]] = [[]]
    for word in words(text):
        if word in JOINERS:
            simple.append([])
        else:
            simple[-1].append(word)
    for one in simple:
        _check(one)


def check_abridged(text: str) -> None:
    """Raises if a command of the running text has a name or an option that there is not."""
    program, *rest = text.split()
    if program == "make":
        return _check([program, *rest[:1]])
    known = get_command(app).commands
    name = rest[0] if rest else ""
    if not re.fullmatch(r"[a-z][a-z-]*", name):  # a placeholder, or an option of curate itself
        return None
    if name not in known:
        raise ValueError(f"{text}: no command {name}")
    options = {option for one in known[name].params for option in one.opts} | {"--help"}
    asked = {word.partition("=")[0].rstrip(".,;:)") for word in rest if word.startswith("--")}
    if asked - options:
        raise ValueError(f"{text}: {asked - options}")
    return None


def _check(simple: list[str]) -> None:
    program = simple[0]
    if "-m" in simple and simple[simple.index("-m") + 1] == "curate":
        simple = simple[simple.index("-m") + 1 :]
        program = "curate"
    if program == "srun":
        simple = simple[1:]
        program = simple[0]
    if program == "curate":
        redirected = next((i for i, word in enumerate(simple) if word.startswith(">")), None)
        _parse(simple[1:redirected])
    elif program == "make" and simple[1] not in TARGETS:
        raise ValueError(f"no target {simple[1]}")
    elif program.startswith("python") and simple[1].endswith(".py"):
        assert (ROOT / simple[1]).is_file(), simple[1]


def _parse(arguments: list[str]) -> None:
    root = get_command(app)
    if arguments[0].startswith("-"):
        known = {option for one in root.params for option in one.opts}
        assert arguments[0] in known, arguments[0]
        return
    command = root.commands[arguments[0]]
    context = root.make_context("curate", list(arguments), resilient_parsing=True)
    command.make_context(arguments[0], list(arguments[1:]), parent=context)
