"""Answers that were recorded elsewhere."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, get_args

from pydantic import Field

from curate.errors import InputError, UsageError, did_you_mean
from curate.models import NonEmpty, Quarantined, Response
from curate.runs import file_sha256
from curate.sampling.engine import Answers, Engine
from curate.sampling.prompt import Prompt, Skipped
from curate.sampling.settings import Sampling
from curate.sources import Row, format_of

Name = Literal["question_id", "text", "model", "finish_reason", "index"]
_NAMES: tuple[Name, ...] = get_args(Name)
_SHOWN = 40
_NEEDED: tuple[Name, ...] = ("question_id", "text")


class Recorded(Engine):
    """Answers in a file, JSONL, CSV or Parquet.

    A row has `question_id` and `text` and, where known, `model`, `finish_reason` and `index`. `fields` says
    what a file calls them instead (ours: theirs), `model` whose answers are read where a file holds those
    of several.
    """

    engine: Literal["recorded"] = "recorded"
    responses: NonEmpty
    model: NonEmpty | None = None
    fields: Annotated[dict[Name, NonEmpty], Field(max_length=len(_NAMES))] = {}
    only: dict[NonEmpty, str | int] = {}

    def state(self) -> dict[str, Any]:
        """Returns the hash of the file, and which of its answers are meant."""
        path = self._path()
        told = {"responses": path.name, "sha256": file_sha256(path), "model": self.model}
        return {**told, "only": self.only} if self.only else told

    @contextmanager
    def open(self) -> Iterator["RecordedSampler"]:
        """Returns the sampler, the answers in memory.

        Raises:
            InputError: There is no such file, it lacks a column, or it holds several models' answers.
        """
        yield RecordedSampler(self, self._path())

    def _path(self) -> Path:
        path = Path(self.responses)
        if not path.is_file():
            raise InputError("no such file", where=self.responses, hint="Check --responses.")
        return path


class _Answer(NamedTuple):
    text: str
    model: str | None
    finish_reason: str | None
    line: int


class RecordedSampler:
    """Recorded answers by question.

    `bad` has the rows that cannot be used; `other_models` counts those of models that are not meant. An
    answer given twice is counted in `repeated`; another text for the same question and index is bad.
    `others` has what stands in the columns of `only` in rows that are passed over, and `lacking` those of
    these columns that a row does not have.
    """

    tokenizer = None
    context = None

    def __init__(self, engine: Recorded, path: Path) -> None:
        self._model = engine.model
        self._names = {name: engine.fields.get(name, name) for name in _NAMES}
        self._file = path.name
        self._answers: dict[str, dict[int, _Answer]] = {}
        self._first: dict[str | None, int] = {}
        self.bad: list[Quarantined] = []
        self.other_models = 0
        self.repeated = 0
        self._only = engine.only
        self.others: dict[str, Counter[str]] = {name: Counter() for name in engine.only}
        self.lacking: set[str] = set()
        for row in format_of(path)(path, path.name):
            self._take(row)
        self._refuse_mixture()

    def sample(self, prompts: Iterable[Prompt], sampling: Sampling) -> Iterator[Answers]:  # noqa: ARG002
        """Yields, for each prompt in turn, all answers to its question, whatever `sampling` asks for."""
        for prompt in prompts:
            answers = self._answers.get(prompt.question_id)
            if answers is None:
                yield Skipped(question_id=prompt.question_id, reason="recorded.none")
                continue
            yield [
                Response(
                    question_id=prompt.question_id,
                    model=answer.model or self._model,
                    engine="recorded",
                    index=index,
                    text=answer.text,
                    finish_reason=answer.finish_reason,
                )
                for index, answer in sorted(answers.items())
            ]

    def answers_any(self, questions: Iterable[str]) -> bool:
        """Tells whether there is an answer to one of the questions."""
        return any(id_ in self._answers for id_ in questions)

    def unknown(self, questions: Collection[str]) -> list[Quarantined]:
        """Returns the answers to questions that are none of these, each with its place in the file."""
        return [
            self._refused(answer.line, f"no question {id_!r} is asked")
            for id_, answers in self._answers.items()
            if id_ not in questions
            for answer in answers.values()
        ]

    def _take(self, row: Row | Quarantined) -> None:
        if isinstance(row, Quarantined):
            self.bad.append(row)
            return
        if not self._is_meant(row):
            return
        cells = self._cells(row)
        if isinstance(cells, Quarantined):
            self.bad.append(cells)
            return
        model = cells["model"]
        self._first.setdefault(model, row.number)
        if self._model is not None and model not in (None, self._model):
            self.other_models += 1
            return
        known = self._answers.setdefault(cells["question_id"], {})
        index = len(known) if cells["index"] is None else cells["index"]
        answer = _Answer(cells["text"], model, cells["finish_reason"], row.number)
        other = known.setdefault(index, answer)
        if other is answer:
            return
        if other.text == answer.text and other.model == answer.model:
            self.repeated += 1
        else:
            error = f"index {index} of question {cells['question_id']!r} stands in line {other.line} too"
            self.bad.append(self._refused(row.number, error))

    def _is_meant(self, row: Row) -> bool:
        for name, wanted in self._only.items():
            found = row.cells.get(name)
            if found is None:
                self.lacking.add(name)
            elif str(found) != str(wanted):
                self.others[name][str(found)[:_SHOWN]] += 1
                return False
        return True

    def _cells(self, row: Row) -> dict[Name, Any] | Quarantined:
        """Returns the row's values by our names, or the row as one that cannot be used."""
        cells: dict[Name, Any] = {name: row.cells.get(self._names[name]) for name in _NAMES}
        for name in _NEEDED:
            if self._names[name] not in row.cells:
                near = did_you_mean(self._names[name], map(str, row.cells))
                return self._refused(
                    row.number, f"the field {self._names[name]!r} is missing.{near}"
                )
        error = _wrong(cells)
        if error:
            return self._refused(row.number, f"{self._names[error[0]]}: {error[1]}")
        if isinstance(cells["question_id"], int):
            cells["question_id"] = str(cells["question_id"])
        if isinstance(cells["index"], str):
            cells["index"] = int(cells["index"])
        return cells

    def _refused(self, line: int, error: str) -> Quarantined:
        """Returns a row that is not used; its text, which may be long, stays in its file."""
        return Quarantined(file=self._file, line=line, error=error, raw="")

    def _refuse_mixture(self) -> None:
        if self._model is not None:
            if self._first and not {self._model, None} & self._first.keys():
                known = sorted(str(name) for name in self._first)
                raise UsageError(
                    f"no answer of the model {self._model!r}.{did_you_mean(self._model, known)}",
                    where=self._file,
                    hint=f"There are: {', '.join(known)}.",
                )
        elif len(self._first) > 1:
            found = Counter({str(name or "no name"): -line for name, line in self._first.items()})
            shown = ", ".join(f"{name} (line {-line})" for name, line in found.most_common())
            raise InputError(
                f"answers of several models are mixed: {shown}",
                where=self._file,
                hint="Say with --model whose answers are meant.",
            )


def _wrong(cells: Mapping[Name, Any]) -> tuple[Name, str] | None:
    """Returns the first field that is not what it should be, and what is wrong."""
    id_, index = cells["question_id"], cells["index"]
    if not isinstance(id_, str | int) or isinstance(id_, bool) or id_ == "":
        return "question_id", "expected an id"
    if not isinstance(cells["text"], str):
        return "text", "expected a text"
    if isinstance(index, str) and index.isascii() and index.isdigit():
        index = int(index)
    if index is not None and (isinstance(index, bool) or not isinstance(index, int) or index < 0):
        return "index", "expected a whole number from 0 on"
    optional: tuple[Name, ...] = ("model", "finish_reason")
    for name in optional:
        if cells[name] is not None and not isinstance(cells[name], str):
            return name, "expected a text"
    return None
