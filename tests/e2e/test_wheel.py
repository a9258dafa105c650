"""The wheel: what it holds, and that it runs from anywhere without the checkout."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


COMMANDS = (
    *("build-corpus", "audit", "calibrate", "report", "verify", "compare", "schema", "recipes"),
    "demo",
)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built and installed by pip in a folder of its own: its site-packages."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("jmle_curate-*.whl")
    install = ["install", "--no-deps", "--no-index", "--ignore-installed", "--prefix"]
    words = [sys.executable, "-m", "pip", *install, str(folder / "env"), str(wheel)]
    subprocess.run(words, check=True, capture_output=True)
    (site,) = folder.glob("env/lib*/python*/site-packages")
    return site


def curate(installed: Path, cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the installed command; only the packages that it needs come from this environment."""
    return subprocess.run(
        [sys.executable, str(installed.parents[2] / "bin" / "curate"), *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder of somebody else's modules and folders, named as our own are."""
    for name in ("train", "curate", "typer", "polars"):
        (tmp_path / f"{name}.py").write_text("raise RuntimeError('not ours')", encoding="utf-8")
    for name in ("schemas", "pipelines", "data_cards", "models", "tests"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise RuntimeError", encoding="utf-8")
        (tmp_path / name / "corpus.yaml").write_text("recipe: theirs", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "member",
    [
        "curate/py.typed",
        "curate/reports/templates/report.html.jinja",
        "curate/_share/schemas/question.schema.json",
        "curate/_share/pipelines/corpus.yaml",
        "curate/_share/pipelines/sql/intake.sql",
        "curate/_share/pipelines/benchmarks/igakuqa.yaml",
        "curate/_share/pipelines/demo/exams.jsonl",
    ],
)
def test_the_wheel_holds(installed: Path, member: str) -> None:
    assert (installed / member).is_file()


def test_the_wheel_holds_one_import_package(installed: Path) -> None:
    folders = {p.name for p in installed.iterdir() if not p.name.endswith(".dist-info")}
    assert folders == {"curate"}


def test_it_runs_beside_modules_of_the_same_names(installed: Path, elsewhere: Path) -> None:
    done = curate(installed, elsewhere, "demo", "--format", "json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["verdict"] == "pass"
    run = json.loads(done.stdout)["run"]
    assert curate(installed, elsewhere, "verify", run).returncode == 0
    assert curate(installed, elsewhere, "report", run).returncode == 0
    assert curate(installed, elsewhere, "schema", "--check").returncode == 0


def test_the_commands_are_all_there(installed: Path, elsewhere: Path) -> None:
    done = curate(installed, elsewhere, "--help")
    listed = done.stdout.partition("Commands:\n")[2].split("\n\n")[0].splitlines()
    names = {line.split()[0] for line in listed if re.match(r"  \S", line)}
    assert set(COMMANDS) <= names
    assert {name for name in names if curate(installed, elsewhere, name, "-h").returncode} == set()


def test_its_recipes_and_schemas_are_its_own(installed: Path, elsewhere: Path) -> None:
    listed = curate(installed, elsewhere, "recipes", "--format", "json")
    assert listed.returncode == 0, listed.stderr
    assert "corpus" in json.loads(listed.stdout)["recipes"]
    assert "theirs" not in listed.stdout
    asked = curate(installed, elsewhere, "schema", "question")
    assert json.loads(asked.stdout)["title"] == "Question"
    assert {path.name for path in (installed / "curate" / "_share").iterdir()} == {
        *("schemas", "pipelines", "train", "data_cards")
    }


def test_the_readme_shows_what_the_demo_prints(installed: Path, tmp_path: Path) -> None:
    done = curate(installed, tmp_path, "demo")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert done.returncode == 0
    assert done.stdout.strip() in readme
    assert done.stderr.strip() in readme
