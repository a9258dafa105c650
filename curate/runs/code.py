"""What code made a run: the package's version, a hash of its files, git, the packages it stood on."""

import hashlib
import subprocess
from functools import cache
from importlib import metadata
from pathlib import Path

import curate
from curate.tables import share

PACKAGES = ("duckdb", "jinja2", "orjson", "polars", "pydantic", "pyyaml", "rapidfuzz", "typer")
_SUFFIXES = frozenset({".py", ".sql", ".yaml", ".html", ".css", ".js", ".jinja"})


@cache
def code_sha256() -> str:
    """Returns one hash of every file whose change may change a run's output."""
    package = Path(curate.__file__).resolve().parent
    digest = hashlib.sha256()
    shared = ((name, share(name)) for name in ("data_cards", "pipelines"))
    for label, root in (("curate", package), *shared):
        for path in sorted(root.rglob("*")):
            relative = path.relative_to(root)
            if path.suffix in _SUFFIXES and relative.parts[0] != "_share":
                digest.update(f"{label}/{relative.as_posix()}\0".encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def code_version() -> str:
    """Returns the code version that reports carry: "0.1.0+" and twelve characters of the code's hash."""
    return f"{curate.__version__}+{code_sha256()[:12]}"


@cache
def git_state() -> tuple[str | None, bool | None]:
    """Returns the checkout's revision and whether it has uncommitted changes; (None, None) in a wheel."""
    root = Path(curate.__file__).resolve().parent.parent
    if not (root / ".git").exists():
        return (None, None)
    revision = _git(root, "rev-parse", "HEAD")
    status = _git(root, "status", "--porcelain")
    return (revision or None, None if status is None else bool(status))


def _git(root: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603 (fixed arguments)
            ["git", "--no-optional-locks", "-C", str(root), *arguments],  # noqa: S607
            capture_output=True,
            check=True,
            text=True,
            timeout=20,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


@cache
def _versions() -> tuple[tuple[str, str], ...]:
    return tuple((name, metadata.version(name)) for name in PACKAGES)


def package_versions() -> dict[str, str]:
    """Returns the versions of the packages that a run stands on."""
    return dict(_versions())
