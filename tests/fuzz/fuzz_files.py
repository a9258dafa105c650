"""Small valid files of every layout and format, and the damage that is done to them."""

import gzip
import io
import json
import zlib
from dataclasses import dataclass, field

import polars as pl
from hypothesis import strategies as st

from curate.sources import (
    DocumentsSource,
    IgakuqaSource,
    QuestionsSource,
    TextsSource,
    YakugakuqaSource,
)


def _lines(*rows):
    return b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)


def _parquet(data):
    file = io.BytesIO()
    pl.read_ndjson(data).write_parquet(file)
    return file.getvalue()


DOCUMENTS = _lines(
    {"id": "d1", "text": "血液は左心房に戻る。", "year": 2012},
    {"id": 2, "text": "胆汁は肝臓で作られる。", "year": "2013-04-01"},
    {
        "id": "d3",
        "text": "膵臓は、血糖を下げるホルモンを出す。",
        "year": None,
        "other": [1, {"a": "b"}],
    },
)
QUESTIONS = _lines(
    {
        "id": "112A1",
        "year": 2015,
        "text": "血液を全身に送り出す臓器はどれか。",
        "choices": ["心臓", "胃", "肺"],
        "answers": [["a"], ["b"]],
        "explanation": "心臓である。",
        "published": 2016,
    },
    {"id": "112A2", "text": "値を求めよ。", "choices": [], "answers": [["26"]], "points": 1.0},
    {"id": "q3", "exam": 30, "text": "誤りはどれか。", "choices": ["ア", "イ"], "answer": "b"},
)
IGAKUQA = _lines(
    {
        "problem_id": "112B41",
        "problem_text": "次の文を読み、41、42の問いに答えよ。\n患者は咳を訴えた。熱はない。診断はどれか。",
        "choices": ["喘息", "肺炎", "結核", "肺癌", "気胸"],
        "text_only": True,
        "answer": ["a", "c"],
        "points": "1",
    },
    {
        "problem_id": "112B42",
        "problem_text": "次に行うのはどれか。",
        "choices": ["検査", "投薬", "手術", "安静", "観察"],
        "text_only": False,
        "answer": ["e"],
        "points": "3",
    },
)
YAKUGAKUQA = _lines(
    {
        "problem_id": "099001",
        "problem_text": "水に溶けるのはどれか。1つ選べ。",
        "choices": ["油", "砂", "食塩", "鉄", "金"],
        "text_only": True,
        "answer": ["3"],
        "comment": "食塩は水に溶ける。",
        "points": "1",
    },
    {
        "problem_id": "099002",
        "problem_text": "図の構造はどれか。",
        "choices": "IMAGES",
        "text_only": False,
        "answer": ["1", "2 (いずれか1つ)"],
        "comment": "",
        "points": "1",
    },
)
TEXTS = _lines(
    {"messages": [{"role": "user", "content": "胃はどこか。"}], "n": 1, "ok": True},
    {"id": None, "text": ["左の", {"deep": ["上腹部", None]}]},
)


@dataclass(frozen=True)
class Layout:
    """A valid source: `files` by name, of which `damaged` is damaged; `path` is what is read ("": all)."""

    name: str
    kind: type
    files: dict[str, bytes]
    damaged: str
    path: str = ""
    keys: dict = field(default_factory=dict)


def _one(name, kind, file, data, **keys):
    return Layout(name, kind, {file: data}, file, file, keys)


LAYOUTS = [
    _one("documents", DocumentsSource, "d.jsonl", DOCUMENTS),
    _one("documents-gz", DocumentsSource, "d.jsonl.gz", gzip.compress(DOCUMENTS * 3, mtime=0)),
    _one("documents-parquet", DocumentsSource, "d.parquet", _parquet(DOCUMENTS.splitlines()[0])),
    _one(
        "documents-mapped",
        DocumentsSource,
        "d.jsonl",
        DOCUMENTS,
        fields={"text": "text", "year": "id"},
    ),
    _one("questions", QuestionsSource, "q.jsonl", QUESTIONS),
    _one("questions-parquet", QuestionsSource, "q.parquet", _parquet(QUESTIONS.splitlines()[0])),
    _one("texts", TextsSource, "t.jsonl", TEXTS),
    _one("texts-parquet", TextsSource, "t.parquet", _parquet(TEXTS.splitlines()[0])),
    Layout(
        "igakuqa",
        IgakuqaSource,
        {
            "data/2018/112-A.jsonl": IGAKUQA.replace(b"112B", b"112A"),
            "data/2018/112-B.jsonl": IGAKUQA,
        },
        "data/2018/112-B.jsonl",
    ),
    Layout(
        "yakugakuqa",
        YakugakuqaSource,
        {"2014/099.jsonl": YAKUGAKUQA, "2014/metadata_099.jsonl": b"{}\n"},
        "2014/099.jsonl",
    ),
]
"""A new layout or format is one more entry."""

RECIPE = b"""recipe: corpus/1
name: own
seed: 3
sources:
  - {path: d.jsonl, layout: documents, year: {field: year}, fields: {id: id}}
max_year: 2017
stages:
  - {stage: year, unknown: keep}
  - {stage: length, min_chars: 10, max_chars: 20000}
  - {stage: exact_duplicates}
  - {stage: leakage, drop: [contaminated, recycled, review], power_floor: 0.95}
  - {stage: render, template: question}
"""
DECISIONS = _lines(
    {
        "record_id": "d1",
        "benchmark": "igakuqa",
        "item_id": "112A1",
        "decision": "false_positive",
        "reason": "前の試験の問題",
        "by": "someone",
        "at": "2026-01-02T03:04:05Z",
    }
)

_TOKENS = [
    *(b"\0", b"\n", b"\r", b"\r\n", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\x1f\x8b", b"PAR1"),
    *(
        b'"',
        b"{",
        b"}",
        b"[",
        b"]",
        b",",
        b":",
        b"\\",
        b"null",
        b"true",
        b"-0",
        b"NaN",
        b"Infinity",
    ),
    *(
        b"1e400",
        b"-1e308",
        b"9" * 400,
        b"18446744073709551616",
        b'"\\ud800"',
        b'"\\u0000"',
        b"[" * 2000,
    ),
    *(b'{"a":' * 200, b"id", b"text", b"problem_id", b"choices", "解なし".encode(), b"a or d"),
    *(
        "血".encode("cp932"),
        "血".encode()[:2],
        b"\x85\xe2\x80\xa8",
        b"&a",
        b"*a",
        b"!!python/object:os",
        b"- ",
    ),
    *(b"0001-01-01", b"2017-99-99", b"../../etc/passwd", b"?", b"\xed\xa0\x80", b"\t"),
]
_PLACE = st.integers(0, 1 << 16)
_STEP = st.tuples(
    st.sampled_from(["flip", "cut", "drop", "twice", "put", "over", "swap"]),
    _PLACE,
    st.integers(1, 40),
    st.sampled_from(_TOKENS),
)
DAMAGE = st.lists(_STEP, min_size=1, max_size=4)


def damaged(data, steps):
    """Returns `data` after the steps."""
    for what, place, size, token in steps:
        at = place % (len(data) + 1)
        head, tail = data[:at], data[at:]
        match what:
            case "flip":
                data = head + bytes(byte ^ (1 << size % 8) for byte in tail[:1]) + tail[1:]
            case "cut":
                data = head
            case "drop":
                data = head + tail[size:]
            case "twice":
                data = head + tail[:size] * 3 + tail[size:]
            case "put":
                data = head + token + tail
            case "over":
                data = head + token + tail[len(token) :]
            case _:
                data = tail + head
    return data


def text_of(data):
    """Returns what a file of lines holds, inflated as far as it goes; None where that is no plain matter."""
    if not data.startswith(b"\x1f\x8b"):
        return data
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error):
        return None
