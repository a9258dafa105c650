"""A request, as a command would make it."""

import pytest

from curate.models import FileEntry
from curate.runs import Request


@pytest.fixture
def request_of():
    """Makes a request; other keys make it another run."""

    def make(**keys):
        return Request(
            **{
                "command": "build-corpus",
                "fingerprint": "1" * 64,
                "arguments": {"sources": ["a.jsonl"], "max_year": 2017},
                "resolved": {},
                "recipe_sha256": "2" * 64,
                "inputs": [FileEntry(path="questions/a.jsonl", sha256="3" * 64)],
                **keys,
            }
        )

    return make
