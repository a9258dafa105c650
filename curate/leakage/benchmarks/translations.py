"""The English translation that stands beside a section's file."""

from collections.abc import Sequence

import orjson

from curate.errors import InputError, boundary
from curate.leakage.benchmarks.records import Gap
from curate.models import Question
from curate.runs import file_sha256
from curate.sources import InputFile

English = tuple[str, tuple[str, ...]]
"""An item's stem and choices in English."""

NO_ENGLISH: English = ("", ())


class Translations:
    """English texts by section file and id; `gaps` say what could not be read, `files` what was."""

    def __init__(self, files: Sequence[InputFile]) -> None:
        self.files = [found for found in map(_companion, files) if found is not None]
        self.gaps: list[Gap] = []
        self._texts: dict[tuple[str, str], English] = {}
        for file in self.files:
            self._read(file)

    def of(self, question: Question) -> English:
        """Returns a question's stem and choices in English, empty where there are none."""
        return self._texts.get((_stem(question.provenance.path), question.id), NO_ENGLISH)

    def _read(self, file: InputFile) -> None:
        with boundary(InputError, "reading the translation"):
            lines = file.path.read_bytes().splitlines()
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                row = orjson.loads(line)
                text, choices = str(row["problem_text_en"]), tuple(map(str, row["choices_en"]))
                self._texts[_stem(file.relative), str(row["problem_id"])] = (text, choices)
            except (orjson.JSONDecodeError, KeyError, TypeError):
                self.gaps.append(Gap("not a translated item", f"{file.relative}:{number}"))


def _companion(file: InputFile) -> InputFile | None:
    path = file.path.with_name(f"{file.path.name.split('.')[0]}_translate.jsonl")
    if not path.is_file():
        return None
    relative = file.relative.removesuffix(file.path.name) + path.name
    with boundary(InputError, "reading the translation"):
        return InputFile(file.base, relative, file_sha256(path), path.stat().st_size)


def _stem(relative: str) -> str:
    """Returns the name that a section's file and its companions share."""
    return relative.split(".", maxsplit=1)[0].removesuffix("_translate")
