"""Makes the invented rows importable, and spares runs the questions to git."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(autouse=True)
def no_git(monkeypatch):
    """The state of the checkout is manifest.json's alone."""
    monkeypatch.setattr("curate.runs.folder.git_state", lambda: (None, None))
