"""Real questions and outputs of $JMLE_DATA, and the labels of some of them (tests/grading/labels*.jsonl)."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal, NamedTuple

from curate.models import Question
from curate.sources import Igakuqa119Source, IgakuqaSource, read_source, source_files

_LABELS = Path(__file__).resolve().parents[2] / "tests" / "grading"
LABELS = _LABELS / "labels.jsonl"
FRESH = _LABELS / "labels_fresh.jsonl"
"""Labels written when the grader was there, before any of their texts was graded."""

Key = tuple[str, str, str]
"""File under $JMLE_DATA, question id, field."""


class Label(NamedTuple):
    """What a person read in one output: letters or a number, or "" for none.

    `none` are the grades that fit a reading without an answer. A label with both is doubtful: the text
    argues for that answer without stating it, so that reading it or nothing is right, and all else wrong.
    """

    key: Key
    sha256: str
    answer: str
    none: tuple[str, ...]

    @property
    def split(self) -> Literal["dev", "held"]:
        """The half it is in, by a hash of its key; nothing was tuned on `held`."""
        return "held" if hashlib.sha256("#".join(self.key).encode()).digest()[0] % 2 else "dev"

    @property
    def doubtful(self) -> bool:
        """Whether both readings are right."""
        return bool(self.answer and self.none)


@dataclass(frozen=True)
class Real:
    """Everything read from one folder, on demand."""

    folder: Path

    @cached_property
    def questions(self) -> dict[str, Question]:
        """The questions of 2018-2022 and of 2025."""
        sources = [
            IgakuqaSource(path=str(self.folder / "igakuqa"), name="igakuqa"),
            Igakuqa119Source(path=str(self.folder / "igakuqa119"), name="igakuqa119"),
        ]
        rows = (row for source in sources for row in read_source(source, source_files(source)))
        return {row.id: row for row in rows if isinstance(row, Question)}

    @cached_property
    def outputs(self) -> dict[Key, str]:
        """4,000 predictions of GPT-4 and ChatGPT; 800 answers of two 72B models and their explanations."""
        return dict([*self._predictions(), *self._explained()])

    def _predictions(self) -> Iterator[tuple[Key, str]]:
        for path in sorted(self.folder.glob("igakuqa/baseline_results/*/*.jsonl")):
            for line in path.read_text(encoding="utf-8").splitlines():
                row = json.loads(line)
                yield (self._name(path), row["problem_id"], "prediction"), row["prediction"]

    def _explained(self) -> Iterator[tuple[Key, str]]:
        for path in sorted(self.folder.glob("igakuqa119/answers/*.json")):
            for row in json.loads(path.read_text(encoding="utf-8"))["results"]:
                for field in ("answer", "explanation"):
                    key = (self._name(path), row["question_number"], field)
                    yield key, row["answers"][0][field]

    def _name(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()


def labels(path: Path = LABELS) -> list[Label]:
    """Returns all labels of a file."""
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [
        Label(
            (row["file"], row["id"], row["field"]), row["sha256"], row["answer"], tuple(row["none"])
        )
        for row in rows
    ]
