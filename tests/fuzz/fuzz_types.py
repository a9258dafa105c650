"""Columns of types that nobody expects in a table of texts, or whose values Python cannot hold."""

import datetime as dt
from decimal import Decimal
from functools import cache

import pyarrow as pa


@cache
def odd_columns(rows):
    """Returns columns of so many rows, by what they are."""
    made = {name: pa.array([value] * rows, kind) for name, (value, kind) in _VALUES.items()}
    made["not UTF-8"] = _text(b"\xff\xfe", rows)
    made["half a sign"] = _text("血".encode()[:2], rows)
    made["dictionary"] = pa.array(["a"] * rows).dictionary_encode()
    made["dictionary of numbers"] = pa.array([1] * rows).dictionary_encode()
    made["runs"] = pa.RunEndEncodedArray.from_arrays([rows], ["a"])
    made["union"] = pa.UnionArray.from_dense(
        pa.array([0] * rows, pa.int8()), pa.array(range(rows), pa.int32()), [pa.array(["a"] * rows)]
    )
    twice = [pa.array(["a"] * rows), pa.array([1] * rows)]
    made["struct with one name twice"] = pa.StructArray.from_arrays(twice, names=["a", "a"])
    made["struct of nothing"] = pa.array([{}] * rows, pa.struct([]))
    return made


def _text(value, rows):
    ends = pa.py_buffer(b"".join((len(value) * n).to_bytes(4, "little") for n in range(rows + 1)))
    return pa.StringArray.from_buffers(rows, ends, pa.py_buffer(value * rows))


_VALUES = {
    "null": (None, pa.null()),
    "boolean": (True, pa.bool_()),
    "whole number": (2017, pa.int64()),
    "large number": ((1 << 64) - 1, pa.uint64()),
    "fraction": (0.5, pa.float64()),
    "infinite": (float("inf"), pa.float32()),
    "no number": (float("nan"), pa.float16()),
    "bytes": (b"\xff\0", pa.binary()),
    "bytes of one length": (b"abcd", pa.binary(4)),
    "large text": ("a", pa.large_string()),
    "viewed text": ("a" * 20, pa.string_view()),
    "zero": ("\0", pa.string()),
    "date": (dt.date(2017, 1, 1), pa.date32()),
    "date out of range": (1 << 30, pa.date32()),
    "negative date": (-(1 << 30), pa.date32()),
    "date in milliseconds": (1 << 60, pa.date64()),
    "time": (1 << 62, pa.timestamp("s")),
    "time of the year 38504": (1 << 60, pa.timestamp("us")),
    "far times in lists": ([1 << 60], pa.list_(pa.timestamp("us", "UTC"))),
    "time before Christ": (-(1 << 60), pa.timestamp("us")),
    "time of a zone": (0, pa.timestamp("ns", "Asia/Tokyo")),
    "time of no zone": (0, pa.timestamp("us", "No/Where")),
    "time of nanoseconds": (1, pa.timestamp("ns")),
    "time of day": (1 << 45, pa.time64("us")),
    "long duration": (1 << 60, pa.duration("us")),
    "duration": (1 << 62, pa.duration("s")),
    "decimal": (Decimal("1.5"), pa.decimal128(38, 2)),
    "long decimal": (Decimal(10) ** 70, pa.decimal256(76, 2)),
    "nothing in lists": ([None], pa.list_(pa.null())),
    "lists of one length": (["a", None], pa.list_(pa.string(), 2)),
    "viewed list": (["a"], pa.list_view(pa.string())),
    "map": ([("a", 1), ("a", 2)], pa.map_(pa.string(), pa.int32())),
    "map by bytes": ([(b"\xff", 1)], pa.map_(pa.binary(), pa.int32())),
    "struct": ({"text": None, "": 1}, pa.struct({"text": pa.string(), "": pa.int8()})),
    "deep": ([[[[["a"]]]]], pa.list_(pa.list_(pa.list_(pa.list_(pa.list_(pa.string())))))),
    "interval": ((1, 2, 3), pa.month_day_nano_interval()),
    "list of structs": ([{"a": b"\xff"}], pa.list_(pa.struct({"a": pa.binary()}))),
}
