"""Rows of a shard by their marks."""

import array

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from curate.corpus.shards import FEW, Shard
from curate.tables import MARKS, SOURCE_COLUMNS, WORK_SCHEMA


@pytest.fixture
def shard(tmp_path):
    """A shard of 40 rows, in the work folder's two tables."""
    frame = pl.DataFrame(
        {
            name: pl.Series(name, range(40)).cast(kind) if kind.is_integer() else [None] * 40
            for name, kind in WORK_SCHEMA.items()
        },
        schema=WORK_SCHEMA,
    ).with_columns(text=pl.format("text {}", pl.col("row")))
    rows, marks = tmp_path / "rows.parquet", tmp_path / "marks.parquet"
    frame.select(SOURCE_COLUMNS).write_parquet(rows)
    frame.select(MARKS).write_parquet(marks)
    counts = (array.array("q"), array.array("q"))
    return Shard("one", 0, 39, rows, marks, None, counts, height=40, unread=0)


@pytest.mark.parametrize("wanted", [[], [7], [0, 39], range(40 // FEW), range(0, 40, 2), range(40)])
def test_few_rows_read_alone_are_those_of_the_whole_shard(shard, wanted):
    found = shard.where(pl.col("row").is_in([*wanted]))
    whole = shard.frame().filter(pl.col("row").is_in([*wanted]))
    assert_frame_equal(found, whole, check_column_order=False)
    assert found["text"].to_list() == [f"text {number}" for number in wanted]
