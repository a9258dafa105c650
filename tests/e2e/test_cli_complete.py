"""Shell completion: the words, for three shells, and what it costs to ask for them."""

import os
import subprocess
import sys

import pytest

from curate.jobs.schema import RECORDS
from curate.leakage import known_layouts
from curate.tables import share

ROOT = share("pipelines").parent
COMPLETE = """
import os, sys
os.environ.update(_CURATE_COMPLETE="complete_bash", COMP_WORDS={words!r}, COMP_CWORD={at!r})
from curate.cli import main
try:
    main([])
except SystemExit:
    heavy = {{"polars", "duckdb", "numba"}} & set(sys.modules)
    sys.stdout.flush()
    sys.exit(f"imports {{heavy}}" if heavy else 0)
"""


@pytest.fixture
def completed(python):
    """Returns the words that a shell would offer after these; nothing heavy may be imported for it."""

    def completed(words):
        at = str(len(words.split(" ")) - 1)
        told = python("-c", COMPLETE.format(words=words, at=at))
        assert (told.code, told.err) == (0, "")
        return told.out.split()

    return completed


BENCHMARKS = sorted(known_layouts())
TRAINING = [path.stem for path in share("train").rglob("*.yaml") if path.parent.name != "models"]
PROMPTS = [path.stem for path in share("pipelines", "templates", "prompts").glob("*.yaml")]
OWN = [path.stem for path in share("pipelines").glob("*.yaml")]
RECIPES = sorted({"direct", "sft", *OWN, *PROMPTS, *TRAINING})


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("curate aud", ["audit"]),
        ("curate fetch ", BENCHMARKS),
        ("curate fetch ig", ["igakuqa"]),
        ("curate audit x --benchmark ", [f"{name}=" for name in BENCHMARKS]),
        ("curate build-corpus x --benchmark ya", ["yakugakuqa="]),
        ("curate build-corpus x --sft ", ["direct", "sft"]),
        ("curate recipes ", RECIPES),
        ("curate recipes fs", ["fsdp-qlora"]),
        ("curate schema ", sorted(RECORDS)),
        ("curate schema que", ["question"]),
        ("curate sql --format ", ["human", "json", "quiet"]),
        ("curate audit --work", ["--workers"]),
    ],
)
def test_words_are_completed(completed, words, offered):
    assert completed(words) == offered


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_script_is_shown(shell):
    done = subprocess.run(
        [sys.executable, "-m", "curate", "--show-completion", shell],
        capture_output=True,
        text=True,
        check=False,
        cwd=share("pipelines").parent,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "_CURATE_COMPLETE" in done.stdout


def test_bash_completes_words_and_else_paths(tmp_path):
    command = tmp_path / "curate"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m curate "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    script = """
        eval "$(curate --show-completion bash)"; complete -p curate
        COMP_WORDS=(curate recipes fs); COMP_CWORD=2; _curate_completion curate; echo "${COMPREPLY[@]}"
        COMP_WORDS=(curate verify ''); COMP_CWORD=2; _curate_completion curate; echo "${#COMPREPLY[@]}"
    """
    env = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    words = ["bash", "--norc", "-c", script]
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=env)
    assert done.stderr == ""
    told = ["complete -o default -F _curate_completion curate", "fsdp-qlora", "0"]
    assert done.stdout.splitlines() == told  # none of ours: -o default offers files


def test_every_shipped_recipe_is_copied_with_the_command_that_takes_it(cli, tmp_path):
    for name in {*RECIPES, "sft/direct", "prompts/direct"} - {"direct"}:
        told = cli("recipes", name, "--to", tmp_path / f"{name.replace('/', '-')}.yaml")
        assert told.code == 0, told.err
        assert str(tmp_path) in told.err
    told = cli("recipes", "direct", "--to", tmp_path / "direct.yaml")
    assert (told.code, "prompts/direct" in told.err) == (2, True)
