"""Few-shot examples of an evaluation: as they are given, and in English."""

from pathlib import Path

import orjson
import polars as pl

from curate.errors import InputError, boundary
from curate.leakage import Language
from curate.sampling import read_examples

EXAMPLES = (Path("scripts", "prompts", "prompt.jsonl"), Path("prompts", "prompt.jsonl"))
"""Where IgakuQA's examples lie in its repository, and where some copies of it have them."""
_FIELDS = {"text": "problem_text_en", "choices": "choices_en", "explanation": "explanation_en"}


def examples_beside(benchmark: Path) -> Path | None:
    """Returns the examples that lie in a benchmark's folder, or in that around it."""
    tried = (folder / one for folder in (benchmark, benchmark.parent) for one in EXAMPLES)
    return next((file for file in tried if file.is_file()), None)


def examples_in(path: Path, language: Language) -> pl.DataFrame:
    """Returns the examples of a file as rows of questions.

    The English ones of `prompt.jsonl` stand in `prompt_translate.jsonl` beside it.

    Raises:
        InputError: A row is no example, or has no English.
    """
    rows = read_examples(path)
    if language == "ja":
        return rows
    companion = path.with_name(f"{path.stem}_translate{path.suffix}")
    with boundary(InputError, "reading the English examples", hint="They stand beside --examples."):
        lines = companion.read_bytes().splitlines()
    told = {}
    for number, line in enumerate(lines, start=1):
        try:
            row = orjson.loads(line)
            told[row["problem_id"]] = [row.get(name) for name in _FIELDS.values()]
        except (orjson.JSONDecodeError, KeyError, TypeError) as exc:
            raise InputError("not an English example", where=f"{companion.name}:{number}") from exc
    lacking = [id_ for id_ in rows["id"] if not all(told.get(id_, [None])[:2])]
    if lacking:
        raise InputError(f"the example {lacking[0]} has no English", where=companion.name)
    columns = zip(*(told[id_] for id_ in rows["id"]), strict=True)
    new = (
        pl.Series(name, values, dtype=rows.schema[name])
        for name, values in zip(_FIELDS, columns, strict=True)
    )
    return rows.with_columns(*new, original_text=pl.lit(None, dtype=pl.String))
