"""Whatever a corpus is written in: the same bytes with one worker or two, in shards of any size."""

import csv
import io

import orjson
import polars as pl
import pytest
import zstandard
from corpus_rows import build, question

from curate.corpus import pipeline

ROWS = [
    question(f"q{n}", f"{n % 50}番目に血液を\n送り出す「臓器」はどれか。", answers=["j" if n == 31 else "a"])
    for n in range(60)
]  # fmt: skip


def _csv(path):
    out = io.StringIO()
    writer = csv.DictWriter(out, ["id", "year", "text", *"ABCDE", "answer"])
    writer.writeheader()
    for row in ROWS:
        cells = dict(zip("ABCDE", row["choices"], strict=True))
        plain = {name: row[name] for name in ("id", "year", "text")}
        writer.writerow({**plain, **cells, "answer": row["answers"][0]})
    path.write_text(out.getvalue(), encoding="utf-8")


def _saved(path):
    datasets = pytest.importorskip("datasets")
    datasets.disable_progress_bars()
    datasets.Dataset.from_list(ROWS).save_to_disk(path, num_shards=4)


FORMS = {
    "q.csv": _csv,
    "q.json": lambda path: path.write_bytes(orjson.dumps(ROWS)),
    "q.jsonl.zst": lambda path: path.write_bytes(
        zstandard.compress(b"\n".join(map(orjson.dumps, ROWS)))
    ),
    "q.parquet": lambda path: pl.DataFrame(ROWS).write_parquet(path),
    "set": _saved,
}
RECIPE = """recipe: corpus/1
sources:
  - path: q.csv
    layout: questions
    fields: {choices: [A, B, C, D, E]}
stages: [{stage: year}, {stage: exact_duplicates}]
"""


@pytest.mark.parametrize("name", FORMS)
def test_neither_workers_nor_shards_change_what_is_kept(tmp_path, monkeypatch, name):
    path = tmp_path / name
    FORMS[name](path)
    options = {}
    if name == "q.csv":
        options["recipe"] = tmp_path / "recipe.yaml"
        options["recipe"].write_text(RECIPE, encoding="utf-8")
    whole = build(tmp_path / "whole", path, workers=1, **options)
    assert (whole.data["kept"], whole.data["dropped"], whole.data["quarantined"]) == (49, 10, 1)
    assert "q31" in whole.quarantine()[0]["raw"]
    monkeypatch.setattr(pipeline, "SHARD_ROWS", 7)
    alone = build(tmp_path / "alone", path, workers=1, **options)
    crew = build(tmp_path / "crew", path, workers=2, **options)
    assert alone.bytes() == crew.bytes()
    assert alone.ids() == whole.ids()
    assert alone.quarantine() == whole.quarantine()
    assert alone.data["content_sha256"] == whole.data["content_sha256"]
