"""Small valid files of every layout and format."""

import gzip
import io
import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import polars as pl
import zstandard

from curate.sources import (
    BookletSource,
    DocumentsSource,
    Igakuqa119Source,
    IgakuqaSource,
    MmluSource,
    QuestionsSource,
    TextSource,
    TextsSource,
    YakugakuqaSource,
)


def _lines(*rows):
    return b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)


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
CHATS = _lines(
    {
        "id": "c1",
        "messages": [
            {"role": "user", "content": [{"type": "text", "text": "胃はどこか。"}]},
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [{"arguments": '{"a": "\\u80c3"}'}],
            },
        ],
    },
    {
        "id": "c2",
        "prompt": "胃は?",
        "chosen": ["左上腹部"],
        "rejected": ["右"],
        "image": "data:;base64,eA==",
    },
    {"id": 3, "conversations": [{"from": "human", "value": "熱は?"}], "血": {"圧": "高い"}},
)
FORMED = {
    "numbers": ("3", "1,2", 2),
    "indexes": ("2", ["0", 1], 1.0),
    "texts": ("肺", ["心臓", "胃"], "Ａ"),
}
"""One key by the forms in which it may be written."""

DOCUMENTS_CSV = """id,text,year
d1,"血液は左心房に戻る。
""全身""に送り出す、右心房ではない。",2012

d2,胆汁は肝臓で作られる。,平成29年
d3,"a, b",
""".encode()
DOCUMENTS_TSV = DOCUMENTS_CSV.replace(b",", b"\t")
OPTIONS_CSV = """id,question,A,B,C,cop,written
q1,どれか。,心臓,胃,肺,1,H29
q2,"次の
どれか。",ア,イ,,0,令和元年
q3,いくつか。,1,"2, 3",4,2,2017-04-01
""".encode()
MMLU = """血液を全身に送り出す臓器はどれか。,心臓,胃,肺,肝臓,A
"次の
うち、""膜""はどれか。",胸膜,骨,血,毛,B
消化するのはどれか。,目,耳,胃,歯,C
""".encode()
MARKDOWN = """---
title: 心臓
date: 2015-04-01
tags: [a, b]
---
# 心臓

血液を送り出す。

## 弁

```
# ここは見出しではない
```
弁は四つある。
""".encode()
SECTION_119 = [
    {
        "number": f"119B{n}",
        "question": "次の文を読み、41、42の問いに答えよ。40歳の男性。どれか。",
        "choices": ["a. 心臓", "b. 胃", "c. 肺", "d. 腎臓", "e. 肝臓"],
        "has_image": n == 42,
    }
    for n in (41, 42)
]


def _of_form(form):
    choices, eras = ["心臓", "胃", "肺", "Ａ"], ("平成29年", "2017", "R1")
    return _lines(
        *(
            {"id": f"q{n}", "text": "どれか。", "choices": choices, "answers": key, "year": era}
            for n, (key, era) in enumerate(zip(FORMED[form], eras, strict=True))
        )
    )


def _list(data):
    return b"[" + b",\n".join(data.splitlines()) + b"]\n"


def _object(data):
    rows = [json.loads(line) for line in data.splitlines()]
    return json.dumps({str(row.pop("id")): row for row in rows}, indent=1).encode()


def _parquet(data):
    file = io.BytesIO()
    pl.read_ndjson(data.splitlines()[0]).write_parquet(file)
    return file.getvalue()


@cache
def _saved():
    """Returns the files of a data set of two splits, as `datasets` saves it."""
    import datasets  # noqa: PLC0415  (takes seconds)

    datasets.disable_progress_bars()
    rows = [{"id": f"d{n}", "text": f"章{n}", "year": 2010 + n} for n in range(5)]
    splits = {"train": rows[:3], "test": rows[3:]}
    made = {name: datasets.Dataset.from_list(some) for name, some in splits.items()}
    with tempfile.TemporaryDirectory() as folder:
        datasets.DatasetDict(made).save_to_disk(folder)
        found = [file for file in Path(folder).rglob("*") if file.is_file()]
        return {file.relative_to(folder).as_posix(): file.read_bytes() for file in found}


@cache
def _booklet():
    """Returns a printed booklet and its answer sheet; the pages are not packed, so damage meets words."""
    from booklet_fonts import cid_font  # noqa: PLC0415  (not every fuzzed layout needs fonts)
    from booklet_invented import EXAM, ITEMS, KEYS, SECTION  # noqa: PLC0415
    from booklet_press import Style, print_booklet, print_sheet  # noqa: PLC0415
    from reportlab import rl_config  # noqa: PLC0415

    rl_config.pageCompression, packed = 0, rl_config.pageCompression
    try:
        with tempfile.TemporaryDirectory() as name:
            booklet = Path(name, f"{EXAM}{SECTION.lower()}_questions.pdf")
            print_booklet(booklet, ITEMS, Style(cid_font()), SECTION, EXAM)
            print_sheet(Path(name, f"{EXAM}_answers.pdf"), {SECTION: KEYS}, cid_font(), EXAM)
            return {file.name: file.read_bytes() for file in Path(name).iterdir()}
    finally:
        rl_config.pageCompression = packed


@dataclass(frozen=True)
class Layout:
    """A valid source: `files` by name, of which one is `damaged`; `path` is what is read ("": all)."""

    name: str
    kind: type
    files: Callable[[], dict[str, bytes]]
    damaged: tuple[str, ...]
    path: str = ""
    keys: dict = field(default_factory=dict)


def _one(name, kind, file, data, **keys):
    return Layout(name, kind, lambda: {file: data}, (file,), file, keys)


def _many(name, kind, files, *damaged, **keys):
    return Layout(name, kind, lambda: files, damaged or tuple(files), "", keys)


_LETTERED = {
    "fields": {"text": "question", "choices": ["A", "B", "C"], "answers": "cop"},
    "key": "indexes",
}
_WRITTEN = {**_LETTERED, "year": {"field": "written"}}
_SAVED = ("train/data-00000-of-00001.arrow", "train/state.json", "train/dataset_info.json")

LAYOUTS = [
    _one("documents-parquet", DocumentsSource, "d.parquet", _parquet(DOCUMENTS)),
    _one("questions-parquet", QuestionsSource, "q.parquet", _parquet(QUESTIONS)),
    _one("texts-parquet", TextsSource, "t.parquet", _parquet(TEXTS)),
    Layout("documents-saved", DocumentsSource, _saved, (*_SAVED, "dataset_dict.json")),
    Layout("texts-saved", TextsSource, _saved, _SAVED, "train"),
    Layout("booklet", BookletSource, _booklet, ("98b_questions.pdf", "98_answers.pdf")),
    _one("documents-csv", DocumentsSource, "d.csv", DOCUMENTS_CSV),
    _one("documents-tsv", DocumentsSource, "d.tsv", DOCUMENTS_TSV),
    _one("questions-csv", QuestionsSource, "q.csv", OPTIONS_CSV, **_WRITTEN),
    _one(
        "questions-csv-columns",
        QuestionsSource,
        "q.csv",
        OPTIONS_CSV.partition(b"\n")[2].replace(b",", b";"),
        columns=OPTIONS_CSV.decode().partition("\n")[0].split(","),
        delimiter=";",
        **_WRITTEN,
    ),
    _one(
        "questions-csv-gz",
        QuestionsSource,
        "q.csv.gz",
        gzip.compress(OPTIONS_CSV, mtime=0),
        **_WRITTEN,
    ),
    _one(
        "documents-tsv-zst",
        DocumentsSource,
        "d.tsv.zst",
        zstandard.compress(DOCUMENTS_TSV),
    ),
    _one("mmlu", MmluSource, "anatomy.csv", MMLU),
    _one("documents-json", DocumentsSource, "d.json", _list(DOCUMENTS)),
    _one("questions-json", QuestionsSource, "q.json", _object(QUESTIONS)),
    _one("texts-json-zst", TextsSource, "t.json.zst", zstandard.compress(_list(CHATS))),
    _one("texts-chats", TextsSource, "t.jsonl", CHATS),
    _one("texts-zst", TextsSource, "t.jsonl.zst", zstandard.compress(CHATS * 3)),
    _many(
        "igakuqa119",
        Igakuqa119Source,
        {
            "questions/119A_json.json": json.dumps(
                [{**SECTION_119[0], "number": "119A1"}]
            ).encode(),
            "questions/119B_json.json": json.dumps(SECTION_119, ensure_ascii=False).encode(),
            "correct_answers.csv": "\ufeff問題番号,解答\n119A1,a\n119B41,be\n119B42,a or d\n".encode(),
        },
        "questions/119B_json.json",
        "correct_answers.csv",
    ),
    *(
        _one(f"questions-{form}", QuestionsSource, "q.jsonl", _of_form(form), key=form)
        for form in FORMED
    ),
    _one("text", TextSource, "n.txt", MARKDOWN, split="blank_lines"),
    _many(
        "text-markdown",
        TextSource,
        {"a/2015.md": MARKDOWN, "b.txt": "肺は二つある。\n".encode()},
        split="headings",
        published={"field": "date"},
    ),
    _one("text-kept", TextSource, "n.md", MARKDOWN, front_matter="keep"),
    _one("documents", DocumentsSource, "d.jsonl", DOCUMENTS),
    _one("documents-gz", DocumentsSource, "d.jsonl.gz", gzip.compress(DOCUMENTS * 3, mtime=0)),
    _one(
        "documents-mapped",
        DocumentsSource,
        "d.jsonl",
        DOCUMENTS,
        fields={"text": "text", "year": "id"},
    ),
    _one("questions", QuestionsSource, "q.jsonl", QUESTIONS),
    _one("texts", TextsSource, "t.jsonl", TEXTS),
    _many(
        "igakuqa",
        IgakuqaSource,
        {
            "data/2018/112-A.jsonl": IGAKUQA.replace(b"112B", b"112A"),
            "data/2018/112-B.jsonl": IGAKUQA,
        },
        "data/2018/112-B.jsonl",
    ),
    _many(
        "yakugakuqa",
        YakugakuqaSource,
        {"2014/099.jsonl": YAKUGAKUQA, "2014/metadata_099.jsonl": b"{}\n"},
        "2014/099.jsonl",
    ),
]
"""A new layout or format is one more entry; a file of an unknown ending (a PDF) is damaged by its bytes."""

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
DOCUMENT_FILE = {"d.jsonl": DOCUMENTS}
