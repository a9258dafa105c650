"""The option --benchmark NAME=PATH."""

from pathlib import Path
from typing import Any

from curate.errors import UsageError


def parse_benchmark(text: str) -> dict[str, Any]:
    """Returns the benchmark entry of "NAME=PATH".

    Raises:
        UsageError: There is no name or no path.
    """
    name, sep, path = text.partition("=")
    if not (name and sep and path):
        raise UsageError(
            f"--benchmark wants NAME=PATH, got {text!r}",
            hint="For example --benchmark igakuqa=PATH.",
        )
    return {"name": name, "path": str(Path(path).absolute())}
