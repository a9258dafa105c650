"""Every text of a published table: of plain columns, of lists, and of the turns of a conversation."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import polars as pl

__all__ = ["ID_COLUMNS", "Cell", "id_column", "mapped_texts", "texts_of"]

ID_COLUMNS = ("id", "question_id", "item_id")


class Cell(NamedTuple):
    """A text, the record it stands in, and its column."""

    record_id: str
    column: str
    text: str


def id_column(frame: pl.DataFrame) -> str | None:
    """Returns the column that names the records, if there is one."""
    return next((name for name in ID_COLUMNS if name in frame.columns), None)


def texts_of(frame: pl.DataFrame) -> Iterator[Cell]:
    """Yields all texts of a table that are no hash; without an id, a row goes by its number."""
    named = id_column(frame)
    ids = frame[named] if named else pl.Series("row", range(1, frame.height + 1))
    texts = [name for name, dtype in frame.schema.items() if _holds_text(dtype)]
    for name in texts:
        for record_id, value in zip(ids, frame[name].to_list(), strict=True):
            for text in _flat(value):
                yield Cell(str(record_id), name, text)


def mapped_texts(value: Any, change: Callable[[str], str]) -> Any:
    """Returns a cell's value with every text in it changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [mapped_texts(one, change) for one in value]
    if isinstance(value, dict):
        return {key: mapped_texts(one, change) for key, one in value.items()}
    return value


def _holds_text(dtype: pl.DataType) -> bool:
    if isinstance(dtype, pl.List):
        return _holds_text(dtype.inner)  # type: ignore[arg-type]
    if isinstance(dtype, pl.Struct):
        return any(_holds_text(field.dtype) for field in dtype.fields)  # type: ignore[arg-type]
    return dtype == pl.String()


def _flat(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if value and not _is_hash(value):
            yield value
    elif isinstance(value, list):
        for one in value:
            yield from _flat(one)
    elif isinstance(value, dict):
        for one in value.values():
            yield from _flat(one)


def _is_hash(text: str) -> bool:
    return len(text) == 64 and all(char in "0123456789abcdef" for char in text)  # noqa: PLR2004
