"""The table of responses: responses.parquet, one row a response, the record's fields in their order."""

from collections.abc import Sequence

import polars as pl

from curate.models import Response

_SAMPLING = pl.Struct(
    {
        "n": pl.Int64,
        "temperature": pl.Float64,
        "top_p": pl.Float64,
        "max_tokens": pl.Int64,
        "seed": pl.Int64,
        "stop": pl.List(pl.String),
        "regex": pl.String,
    }
)
_OTHERS: dict[str, pl.DataType] = {
    "sampling": _SAMPLING,
    "seed": pl.Int64(),
    "index": pl.Int64(),
    "tokens": pl.Int64(),
    "loss": pl.Float64(),
    "answer": pl.List(pl.String),
    "strict": pl.Boolean(),
    "flags": pl.List(pl.String),
}
RESPONSE_SCHEMA = pl.Schema(
    {name: _OTHERS.get(name, pl.String()) for name in Response.model_fields}
)
"""Columns of responses.parquet; `sampling` is null where an answer was recorded."""


def response_frame(responses: Sequence[Response]) -> pl.DataFrame:
    """Returns the responses as a frame."""
    rows = [one.model_dump(mode="json") | {"sampling": one.sampling or None} for one in responses]
    return pl.DataFrame(rows, schema=RESPONSE_SCHEMA)
