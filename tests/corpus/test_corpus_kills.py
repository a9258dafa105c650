"""A run that is killed, anywhere, and started again ends with the bytes of one that was not."""

import os
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from corpus_rows import OUTPUTS, build, document, question, recipe_text, write_lines

import curate
from curate.corpus import pipeline
from curate.corpus.stages import Render
from curate.models import Status
from curate.runs import WorkFolder, read_manifest, verify_run

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(curate.__file__).parents[1])}
DRIVER = Path(__file__).with_name("kill_driver.py")
ITEM = question("h1", "酸素と結びついて運ぶ、鉄を含む赤血球のたんぱく質はどれか。", year=2020)


def _rows():
    for n in range(67):
        yield question(
            f"q{n}", f"{n % 60}番目に、血液を全身に送り出す臓器はどれか。", year=2010 + n % 10
        )
    yield {**ITEM, "id": "leak", "year": 2016}
    yield question("twice", "血液を全身に送り出さない臓器はどれか。")
    yield question("twice", "血液を全身に送り出さぬ臓器はどれか。")


@pytest.fixture
def arguments(tmp_path):
    """The command line, but for its --out."""
    write_lines(tmp_path / "a.jsonl", _rows())
    pages = [document(f"d{n}", f"{n}番目の臓器についての短い文章である。") for n in range(30)]
    write_lines(tmp_path / "b.jsonl", [*pages, b"{"])
    write_lines(tmp_path / "h.jsonl", [ITEM])
    stages = [{"stage": stage} for stage in ("year", "length", "exact_duplicates", "render")]
    stages.insert(3, {"stage": "leakage", "power_items": 0})  # it writes no file of its own
    (tmp_path / "recipe.yaml").write_text(
        recipe_text(
            stages,
            [
                {"path": "a.jsonl", "layout": "questions", "name": "own"},
                {"path": "b.jsonl", "layout": "documents", "name": "pages"},
            ],
            max_year=2017,
            max_bad=9,
            benchmarks=[{"name": "h", "path": "h.jsonl"}],
        )
    )
    return ["build-corpus", "--recipe", str(tmp_path / "recipe.yaml"), "--format", "quiet"]


def _files(out):
    return {path.name: path.read_bytes() for path in out.iterdir() if path.name != "manifest.json"}


def _is_whole(out, expected):
    assert sorted(_files(out)) == sorted(OUTPUTS)
    for name, data in _files(out).items():
        assert data == expected[name], name
    manifest = read_manifest(out)
    assert (manifest.status, manifest.exit) == (Status.DONE, 0)
    assert verify_run(out) == (len(OUTPUTS), [])


def _driven(what, folder, command, lines):
    words = [sys.executable, str(DRIVER), what, str(folder), *command]
    done = subprocess.run(
        words, input=lines, capture_output=True, text=True, env=ENVIRONMENT, check=True
    )
    return done.stdout.splitlines()


SHARDS = 6  # of 70 and 31 lines, 20 at a time
OWN = 2 + 2 + len(OUTPUTS)  # manifests, drops, outputs
TABLES = SHARDS * 4  # the rows, and marks after each of three steps


@pytest.mark.parametrize(
    ("workers", "files", "chosen"), [(1, OWN + TABLES + 1, 2), (2, OWN, 0)], ids=["alone", "crew"]
)
def test_killed_at_a_file_before_and_after_its_rename(arguments, tmp_path, workers, files, chosen):
    every = [(mode, n) for n in range(1, files + 1) for mode in ("half", "before", "after")]
    points = Random(0).sample(every, chosen)  # noqa: S311 (nothing secret)
    points += [("half", 1), ("after", files)]
    command = [*arguments, "--workers", str(workers)]
    told = _driven("points", tmp_path / "killed", command, "".join(f"{m} {n}\n" for m, n in points))
    assert told == ["-9 0"] * len(points)
    expected = _files(tmp_path / "killed" / "whole")
    for number in range(len(points)):
        _is_whole(tmp_path / "killed" / str(number), expected)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_killed_again_and_again_at_random_moments(arguments, tmp_path, workers):
    choose = Random(1)  # noqa: S311 (nothing secret)
    moments = "".join(f"{choose.uniform(0.1, 1.0)}\n" for _ in range(2))
    command = [*arguments, "--workers", workers]
    told = _driven("moments", tmp_path, command, moments)
    assert told[0].endswith("] 0")
    assert "-9" in told[0]
    _is_whole(tmp_path / "killed", _files(tmp_path / "whole"))


class Stop(BaseException):
    """Ends a run as a signal would."""


@pytest.mark.parametrize("after", [1, 6, 13, 21, TABLES])
def test_a_resumed_run_does_no_shard_twice(arguments, tmp_path, monkeypatch, after):
    written, rendered = [], []
    write, apply = WorkFolder.write_table, Render.apply

    def write_table(self, name, frame):
        if len(written) == after and not resumed:
            raise Stop
        written.append(name)
        return write(self, name, frame)

    def render(self, shard):
        rendered.append(tuple(shard["row"]))
        return apply(self, shard)

    monkeypatch.setattr(pipeline, "SHARD_ROWS", 20)
    monkeypatch.setattr(WorkFolder, "write_table", write_table)
    monkeypatch.setattr(Render, "apply", render)
    recipe = Path(arguments[2])
    resumed = False
    try:
        build(tmp_path / "run", recipe=recipe, max_bad=None)
    except Stop:
        resumed = True
    assert resumed == (after < TABLES)
    assert len(written) == after
    build(tmp_path / "run", recipe=recipe, max_bad=None)
    again = [name for name in written if written.count(name) > 1]
    assert len(set(written)) == TABLES
    assert len(again) in (0, 2)  # the rows of a shard whose marks were not yet written
    assert all(name.endswith("-rows") for name in again)
    assert len(rendered) - len(set(rendered)) <= 1  # the one in flight


def test_a_finished_run_is_not_read_again(arguments, tmp_path, monkeypatch):
    recipe = Path(arguments[2])
    first = build(tmp_path / "run", recipe=recipe)
    monkeypatch.setattr(WorkFolder, "write_table", None)
    again = build(tmp_path / "run", recipe=recipe)
    assert (again.exit, again.data["kept"]) == (first.exit, first.data["kept"])
    assert again.bytes() == first.bytes()


def test_a_run_with_changed_input_is_not_resumed(arguments, tmp_path, monkeypatch):
    recipe = Path(arguments[2])
    build(tmp_path / "run", recipe=recipe)
    write_lines(tmp_path / "a.jsonl", [question("other", "血液を全身に送り出す臓器を選べ。")])
    with pytest.raises(Exception, match="other input files"):
        build(tmp_path / "run", recipe=recipe)
