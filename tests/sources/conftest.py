"""Small invented inputs in the real forms, and the real data where $JMLE_DATA names it."""

import orjson
import pytest

from curate.models import Quarantined
from curate.sources import read_source, source_files


def _json_lines(rows):
    return b"".join(orjson.dumps(row) + b"\n" for row in rows)


@pytest.fixture
def json_lines():
    """Turns rows into the bytes of a JSON Lines file."""
    return _json_lines


@pytest.fixture
def write(tmp_path):
    """Writes rows or bytes to a file below tmp_path and returns its path."""

    def write(name, content):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else _json_lines(content))
        return path

    return write


@pytest.fixture
def read():
    """Reads a source of a path whole: records and quarantined rows, in order."""

    def read(kind, path, **keys):
        source = kind(path=str(path), **{"name": "own", **keys})
        return list(read_source(source, source_files(source)))

    return read


@pytest.fixture
def one(read):
    """Reads a source of a path that must give exactly one record."""

    def one(kind, path, **keys):
        rows = read(kind, path, **keys)
        assert len(rows) == 1
        assert not isinstance(rows[0], Quarantined), rows[0].error
        return rows[0]

    return one


@pytest.fixture
def medical_row():
    """Makes a row in IgakuQA's form."""

    def row(id_="112A1", **keys):
        return {
            "problem_id": id_,
            "problem_text": "血液を送り出すのはどれか。",
            "choices": ["心臓", "胃", "肺", "腎臓", "肝臓"],
            "text_only": True,
            "answer": ["a"],
            "points": "1",
            **keys,
        }

    return row


@pytest.fixture
def pharmacy_row():
    """Makes a row in YakugakuQA's form."""

    def row(id_="099001", **keys):
        return {
            "problem_id": id_,
            "problem_text": "水に溶けるのはどれか。1つ選べ。",
            "choices": ["油", "砂", "食塩", "鉄", "金"],
            "text_only": True,
            "answer": ["3"],
            "comment": "食塩は水に溶ける。",
            "points": "1",
            **keys,
        }

    return row
