"""The reference of the command line, as typer writes it."""

import os
import re
import subprocess
import sys
from pathlib import Path


def reference(root: Path) -> str:
    """Returns the commands with their arguments, options and defaults, as Markdown below the page's title."""
    words = [sys.executable, "-m", "typer", "curate.cli.app", "utils", "docs", "--name", "curate"]
    env = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run(words, cwd=root, env=env, capture_output=True, text=True, check=True)
    _, _, text = done.stdout.partition("\n")
    text = re.sub(r"^Example: (.+)$", r"```bash\n\1\n```", text, flags=re.MULTILINE)
    # The list's summaries are cut off in the middle, and stand in full below.
    return re.sub(r"^\* `([a-z-]+)`: .*\.\.\.$", r"* [`\1`](#curate-\1)", text, flags=re.MULTILINE)
