"""Rows of invented sources, and runs of the main job over them."""

from dataclasses import dataclass
from pathlib import Path

import orjson
import polars as pl

from curate.corpus.runner import Runner
from curate.jobs.build_corpus import build_corpus
from curate.jobs.overlay import Options

OUTPUTS = (
    "recipe.yaml",
    "kept.parquet",
    "dropped.parquet",
    "findings.parquet",
    "quarantine.jsonl",
    "ledger.json",
    "audit.json",
    "report.json",
    "report.html",
)


def question(id_, text="血液を全身に送り出す臓器はどれか。", **keys):
    """A good row of the layout `questions`."""
    return {
        "id": id_,
        "year": 2015,
        "text": text,
        "choices": ["心臓", "胃", "肺", "腎臓", "肝臓"],
        "answers": ["a"],
        **keys,
    }


def document(id_, text="心臓は血液を全身に送り出す臓器である。", **keys):
    """A good row of the layout `documents`."""
    return {"id": id_, "text": text, "year": 2015, **keys}


def write_lines(path, rows):
    """Writes rows, or raw lines, as JSONL."""
    lines = [row if isinstance(row, bytes) else orjson.dumps(row) for row in rows]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return path


@dataclass(frozen=True)
class Built:
    """One run: its folder and what the job said."""

    path: Path
    exit: int
    data: dict

    def json(self, name):
        return orjson.loads((self.path / name).read_bytes())

    def frame(self, name):
        return pl.read_parquet(self.path / f"{name}.parquet", glob=False)

    def ids(self, name="kept"):
        return self.frame(name)["id"].to_list()

    def reasons(self):
        """id -> the reason why it was dropped."""
        frame = self.frame("dropped")
        return dict(zip(frame["id"], frame["dropped_by"], strict=True))

    def quarantine(self):
        lines = (self.path / "quarantine.jsonl").read_bytes().splitlines()
        return [orjson.loads(line) for line in lines]

    def bytes(self):
        """Every file but the manifest."""
        return {name: (self.path / name).read_bytes() for name in OUTPUTS}


def build(out, *paths, workers=None, **options):
    """Runs the main job; more bad rows than any test has are allowed."""
    options = Options(**{"max_bad": 1_000_000, "runner": Runner(workers), **options})
    outcome = build_corpus([str(path) for path in paths], options, out, lambda *_: None)
    return Built(out, outcome.exit, dict(outcome.data))


def recipe_text(stages, sources=(), **keys):
    """A recipe; JSON is YAML."""
    data = {"recipe": "corpus/1", "sources": list(sources), "stages": list(stages), **keys}
    return orjson.dumps(data).decode()
