"""Few-shot examples that a person gives, in a file of any layout that holds questions."""

from pathlib import Path

import polars as pl
from pydantic import TypeAdapter

from curate.corpus.frame import shard_frame
from curate.errors import InputError
from curate.models import Document, Quarantined, Question
from curate.sources import AnySource, Source, detect_layout, read_source, source_files

_SOURCES: TypeAdapter[Source] = TypeAdapter(AnySource)


def read_examples(path: Path) -> pl.DataFrame:
    """Returns the questions of a file as rows, in their order.

    Raises:
        InputError: A row is no question, or the file has another layout.
    """
    layout = detect_layout(path)
    if layout is None:
        raise InputError(
            "the examples have no known layout",
            where=path.name,
            hint="Give them as IgakuQA's prompt.jsonl, or as JSONL of `curate schema question`.",
        )
    source = _SOURCES.validate_python({"layout": layout, "path": str(path.resolve())})
    records: list[Question | Document] = []
    for one in read_source(source, source_files(source)):
        if isinstance(one, Quarantined) or one.kind != "question":
            line = one.line if isinstance(one, Quarantined) else one.provenance.line
            error = one.error if isinstance(one, Quarantined) else "a document is no example"
            raise InputError(error, where=f"{path.name}:{line}")
        records.append(one)
    return shard_frame(records, range(len(records)))
