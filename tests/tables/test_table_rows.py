"""The row frame: the first reason wins, nulls drop nothing, canonical rows are canonical."""

import orjson
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.models import Document, Finding, Question
from curate.tables import (
    FINDING,
    INTERNAL,
    ROW_SCHEMA,
    WORK_SCHEMA,
    canonical_json,
    canonical_rows,
    drop_where,
    row_contents,
    rows,
    undropped,
)

FRAME = pl.DataFrame(
    {"n": [1, 2, None, 4], "dropped_by": [None, "early", None, None]},
    schema={"n": pl.Int64, "dropped_by": pl.String},
)


def test_the_first_reason_wins():
    once = drop_where(FRAME, pl.col("n") < 4, "first")
    twice = drop_where(once, pl.col("n") < 100, "second")
    assert twice["dropped_by"].to_list() == ["first", "early", None, "second"]
    assert twice["n"].to_list() == FRAME["n"].to_list()


def test_a_null_condition_drops_nothing():
    marked = drop_where(FRAME, pl.col("n") > 0, "positive")
    assert marked["dropped_by"].to_list() == ["positive", "early", None, "positive"]
    assert drop_where(FRAME, pl.lit(None, dtype=pl.Boolean), "never").equals(FRAME)


def test_the_undropped_are_those_without_a_reason():
    assert FRAME.filter(undropped())["n"].to_list() == [1, None, 4]


def test_an_empty_frame_stays_one():
    empty = pl.DataFrame(schema=WORK_SCHEMA)
    assert drop_where(empty, pl.col("chars") < 3, "x").equals(empty)


@given(st.lists(st.tuples(st.none() | st.sampled_from("ab"), st.none() | st.booleans())))
def test_dropping_twice_is_dropping_once(rows):
    frame = pl.DataFrame(rows, schema={"dropped_by": pl.String, "asked": pl.Boolean}, orient="row")
    once = drop_where(frame, pl.col("asked"), "r")
    assert drop_where(once, pl.col("asked"), "r").equals(once)
    assert once["dropped_by"].to_list() == [
        reason or ("r" if asked else None) for reason, asked in rows
    ]


def test_the_columns_are_the_fields_of_the_records():
    fields = {*Question.model_fields, *Document.model_fields, "rendered"}
    assert set(ROW_SCHEMA) == fields
    assert list(WORK_SCHEMA) == [*ROW_SCHEMA, *INTERNAL]
    assert [field.name for field in FINDING.fields] == list(Finding.model_fields)


def test_canonical_rows_are_json_with_sorted_keys():
    frame = pl.DataFrame({"b": ["が", None], "a": [[["x"]], []]})
    assert list(canonical_rows(frame)) == [
        '{"a":[["x"]],"b":"が"}'.encode(),
        b'{"a":[],"b":null}',
    ]


@given(
    st.text(st.characters(exclude_categories=["Cs"])), st.lists(st.text('aあ\\"\n')), st.booleans()
)
def test_large_rows_have_the_hash_that_small_ones_have(text, choices, is_null):
    answers = None if is_null else [choices, []]
    row = {"text": text, "choices": choices, "answers": answers, "has_image": is_null, "year": 1}
    frame = pl.DataFrame([row, row], schema={name: ROW_SCHEMA[name] for name in row})
    small = row_contents(frame)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows, "LARGE", 0)
        assert row_contents(frame).equals(small)


def test_canonical_rows_do_not_depend_on_the_order_of_columns():
    frame = pl.DataFrame({"b": [1, 2], "a": ["x", "y"]})
    assert list(canonical_rows(frame)) == list(canonical_rows(frame.select("a", "b")))
    assert list(canonical_rows(frame)) != list(canonical_rows(frame.reverse()))


@given(st.dictionaries(st.text(max_size=5), st.none() | st.integers(0, 2**63 - 1) | st.text()))
def test_canonical_json_does_not_depend_on_the_order_of_keys(value):
    backwards = dict(reversed(value.items()))
    assert canonical_json(value) == canonical_json(backwards)
    assert orjson.loads(canonical_json(value)) == value


def test_the_empty_frame_has_canonical_rows_too():
    assert list(canonical_rows(pl.DataFrame(schema=WORK_SCHEMA))) == []


def test_a_row_stays_in_the_schema_of_a_parquet_file(tmp_path):
    path = tmp_path / "empty.parquet"
    pl.DataFrame(schema=WORK_SCHEMA).write_parquet(path)
    assert pl.read_parquet_schema(path) == dict(WORK_SCHEMA)
    with pytest.raises(pl.exceptions.ColumnNotFoundError):
        pl.DataFrame(schema=ROW_SCHEMA).select("dropped_by")
