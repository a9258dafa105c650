"""Runs the command line in this process (or a real one) on small invented texts."""

import contextlib
import gzip
import io
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from curate.cli import main

ROOT = Path(__file__).resolve().parents[2]
AUDIT_FILES = frozenset(
    {
        "manifest.json",
        "recipe.yaml",
        "ledger.json",
        "audit.json",
        "report.json",
        "report.html",
        "quarantine.jsonl",
        "findings.parquet",
    }
)
CORPUS_FILES = AUDIT_FILES | {"kept.parquet", "dropped.parquet"}

# Benchmark items: invented, of an exam that does not exist.
HELD_OUT = [
    {
        "id": "30A1",
        "exam": "30",
        "year": 2020,
        "text": "高い山の小屋に着いた登山者の呼吸が一晩のうちに深く速くなった。"
        "このとき動脈血に起こる変化はどれか。",
        "choices": [
            "二酸化炭素分圧が下がりアルカリ性へ傾く",
            "二酸化炭素分圧が上がり酸性へ傾く",
            "酸素分圧が平地より高くなる",
            "重炭酸イオンが直ちに倍増する",
            "乳酸がまったく作られなくなる",
        ],
        "answers": [["a"]],
    },
    {
        "id": "30A2",
        "exam": "30",
        "year": 2020,
        "text": "真夏の畑で水を飲まずに働き続けた人の尿が濃く少なくなった。"
        "集合管で水の通り道を増やすホルモンはどれか。",
        "choices": [
            "バソプレシン",
            "アルドステロン",
            "心房性ナトリウム利尿ペプチド",
            "副甲状腺ホルモン",
            "レプチン",
        ],
        "answers": [["a"]],
    },
    {
        "id": "30A3",
        "exam": "30",
        "year": 2021,
        "text": "暗い映画館に入った直後は座席が見えないが、十分ほどで見分けられるようになる。"
        "この順応を主に担うのはどれか。",
        "choices": [
            "桿体でのロドプシンの再生",
            "錐体の数の増加",
            "水晶体の弾力の回復",
            "視神経の髄鞘の肥厚",
            "角膜の曲率の変化",
        ],
        "answers": [["a"]],
    },
]

# Older questions that share nothing with them.
OLD = [
    {
        "id": "10A1",
        "exam": "10",
        "year": 2010,
        "text": "食後に胆嚢を縮ませて胆汁を十二指腸へ送り出すよう促す消化管ホルモンはどれか。",
        "choices": ["コレシストキニン", "ガストリン", "モチリン", "グレリン"],
        "answers": [["a"]],
        "explanation": "脂肪とアミノ酸が十二指腸に届くと分泌され、膵酵素の分泌も高める。",
    },
    {
        "id": "10A2",
        "exam": "10",
        "year": 2010,
        "text": "安静にした成人の心臓で、拍動の速さを決める電気信号が最初に起こる場所はどこか。",
        "choices": ["房室結節", "洞房結節", "ヒス束", "プルキンエ線維"],
        "answers": [["b"]],
    },
    {
        "id": "10A3",
        "exam": "10",
        "year": 2010,
        "text": "皮膚が日光を浴びて作り、腸でのカルシウムの吸収を助けるビタミンはどれか。",
        "choices": ["ビタミンＡ", "ビタミンＣ", "ビタミンＤ", "ビタミンＫ"],
        "answers": [["c"]],
    },
]


@dataclass(frozen=True)
class Ran:
    """What a command did: its exit code and what it printed."""

    code: int
    out: str
    err: str

    @property
    def data(self):
        """The one JSON object on stdout."""
        return json.loads(self.out)


def _run(*words) -> Ran:
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        pytest.raises(SystemExit) as end,
    ):
        main([str(word) for word in words])
    return Ran(end.value.code, out.getvalue(), err.getvalue())


@pytest.fixture(scope="session")
def cli():
    """Runs `curate WORDS...` in this process."""
    return _run


@pytest.fixture(scope="session")
def python():
    """Runs a Python of its own with these arguments, the checkout on its path."""

    def run(*words, cwd=None) -> Ran:
        done = subprocess.run(
            [sys.executable, *map(str, words)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
            check=False,
            cwd=cwd,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    return run


def _json_lines(rows) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


@pytest.fixture
def write(tmp_path):
    """Writes rows, text or bytes to a file below tmp_path, gzipped if so named; returns its path."""

    def write(name, content):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, list):
            content = _json_lines(content)
        content = content.encode() if isinstance(content, str) else content
        path.write_bytes(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)
        return path

    return write


@pytest.fixture(scope="session")
def old():
    """Returns fresh copies of three older questions, with the given fields set on every one."""

    def rows(**fields):
        return [{**json.loads(json.dumps(row)), **fields} for row in OLD]

    return rows


@pytest.fixture(scope="session")
def items():
    """Returns fresh copies of the benchmark's three items."""
    return lambda: json.loads(json.dumps(HELD_OUT))


@pytest.fixture
def held_out(write):
    """A small benchmark on disk."""
    return write("held_out.jsonl", HELD_OUT)


@pytest.fixture
def build(cli, held_out, tmp_path):
    """Builds a corpus up to 2017, checked against the small benchmark, in tmp_path/run."""

    def build(source, *more, out=None):
        run = tmp_path / "run" if out is None else out
        fixed = ("--max-year", 2017, "--benchmark", f"held-out={held_out}")
        return cli("build-corpus", source, *fixed, "--out", run, *more)

    return build


@pytest.fixture
def run(tmp_path):
    """The folder that `build` writes."""
    return tmp_path / "run"


@pytest.fixture(scope="session")
def demo_run(tmp_path_factory):
    """A finished run of the demo, not to be changed."""
    out = tmp_path_factory.mktemp("demo") / "run"
    assert _run("demo", "--out", out).code == 0
    return out


@pytest.fixture
def demo_copy(demo_run, tmp_path):
    """A copy of the demo's run that a test may change; its pairs stand beside it."""
    shutil.copytree(demo_run.with_name(f"{demo_run.name}-pairs"), tmp_path / "demo-pairs")
    return Path(shutil.copytree(demo_run, tmp_path / "demo"))


@pytest.fixture(scope="session")
def names():
    """Returns the names in a folder, as a set."""
    return lambda folder: {path.name for path in folder.iterdir()}


@pytest.fixture(scope="session")
def corpus_files():
    """The files of a finished build-corpus run."""
    return CORPUS_FILES


@pytest.fixture(scope="session")
def audit_files():
    """The files of a finished audit run."""
    return AUDIT_FILES


@pytest.fixture(scope="session")
def table():
    """Returns the rows of a Parquet file as dicts."""
    return lambda path: pl.read_parquet(path).to_dicts()


@pytest.fixture(scope="session")
def read_json():
    """Returns what stands in a JSON file."""
    return lambda path: json.loads(path.read_bytes())


@pytest.fixture(scope="session")
def read_lines():
    """Returns the objects of a JSON Lines file."""
    return lambda path: [json.loads(line) for line in path.read_bytes().splitlines()]


@pytest.fixture(scope="session")
def contents():
    """Returns the bytes of every file of a folder, by name."""
    return lambda folder: {path.name: path.read_bytes() for path in folder.iterdir()}
