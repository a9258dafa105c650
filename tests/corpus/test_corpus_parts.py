"""Parts made anywhere and joined give the bytes of one run; what does not fit together is refused."""

import gzip
import os
import shutil
import subprocess
import sys
from pathlib import Path

import orjson
import pytest
from corpus_rows import build, document, question, recipe_text, write_lines

import curate
from curate.corpus import pipeline
from curate.corpus.runner import Runner
from curate.corpus.stages import Leakage
from curate.errors import CurateError, GateError, InputError, UsageError
from curate.jobs.audit import audit
from curate.jobs.overlay import Options
from curate.models import Status
from curate.runs import parts, read_manifest, verify_run

DRIVER = Path(__file__).with_name("kill_driver.py")
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(curate.__file__).parents[1])}
ITEMS = [
    question("h1", "酸素と結びついて運ぶ、鉄を含む赤血球のたんぱく質はどれか。", year=2020),
    question("h2", "胃で塩酸を分泌して内因子も作る細胞を一つ選べ。", year=2020),
]
STAGES = (
    {"stage": "year"},
    {"stage": "length"},
    {"stage": "exact_duplicates"},
    {"stage": "near_duplicates"},
    {"stage": "leakage", "power_items": 2},
    {"stage": "suspicious", "drop": ["control"]},
    {"stage": "explanation"},
    {"stage": "render"},
)


def _questions(first, last):
    """Rows of which some are copies, some clash, and some leak, though they stand in several parts."""
    for n in range(first, last):
        text = f"{n % 17}番目に、血液を全身に送り出す臓器はどれか。"
        yield question(f"q{n % 60}", text, year=2010 + n % 10, explanation=f"心臓である。{n % 3}")
    yield {**ITEMS[0], "id": f"leak{first}", "year": 2016}
    yield {**ITEMS[0], "id": f"copy{last}", "year": 2016}  # of a row that leaks
    yield question("twice", f"血液を全身に{first}回は送り出さない臓器はどれか。")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two sources of several files: some long, some small, one compressed, one cut short, bad rows."""
    root = tmp_path_factory.mktemp("parts")
    write_lines(root / "in" / "a.jsonl", [*_questions(0, 40), b"{", b"", b"[1]"])
    write_lines(root / "in" / "b.jsonl", _questions(30, 50))
    write_lines(root / "in" / "c.jsonl", [question("c1", "肺で酸素を取りこむのはなぜか。")])
    packed = gzip.compress(b"".join(orjson.dumps(row) + b"\n" for row in _questions(45, 80)))
    (root / "in" / "d.jsonl.gz").write_bytes(packed)
    (root / "in" / "e.jsonl.gz").write_bytes(packed[: len(packed) // 2])
    pages = [document(f"d{n}", f"{n % 20}番目の臓器についての\x07文章である。") for n in range(30)]
    write_lines(root / "pages.jsonl", [*pages, document("h", ITEMS[1]["text"]), b"{"])
    write_lines(root / "h.jsonl", ITEMS)
    sources = [
        {"path": "in", "layout": "questions", "name": "own"},
        {"path": "pages.jsonl", "layout": "documents", "name": "pages"},
    ]
    keys = {"max_year": 2017, "benchmarks": [{"name": "h", "path": "h.jsonl"}]}
    (root / "recipe.yaml").write_text(recipe_text(STAGES, sources, **keys))
    return root


@pytest.fixture(scope="module", autouse=True)
def small_shards():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "SHARD_ROWS", 17)
        patch.setattr("curate.runs.folder.git_state", lambda: (None, None))
        yield


@pytest.fixture(scope="module")
def whole(folder):
    return build(folder / "whole", recipe=folder / "recipe.yaml", workers=1)


def _parts(folder, out, of):
    """Makes all parts of so many."""
    for n in range(of):
        build(out / str(n), recipe=folder / "recipe.yaml", workers=1, shard=f"{n}/{of}")
    return [out / str(n) for n in range(of)]


@pytest.fixture(scope="module")
def halves(folder):
    return _parts(folder, folder / "halves", 2)


@pytest.mark.parametrize("of", [1, 2, 3])
def test_joined_parts_are_the_whole_run_to_the_byte(folder, whole, halves, tmp_path, of):
    made = halves if of == 2 else _parts(folder, tmp_path / "parts", of)
    joined = build(tmp_path / "run", recipe=folder / "recipe.yaml", workers=1, join=made[::-1])
    assert joined.bytes() == whole.bytes()
    assert (joined.exit, joined.data["content_sha256"]) == (
        whole.exit,
        whole.data["content_sha256"],
    )
    told, expected = read_manifest(joined.path), read_manifest(whole.path)
    assert (told.outputs, told.inputs) == (expected.outputs, expected.inputs)
    assert told.fingerprint == expected.fingerprint
    reasons = {*whole.reasons().values()}
    assert reasons > {"duplicate.id", "duplicate.exact", "leakage.contaminated", "year.after"}
    assert len(whole.quarantine()) > 6  # unreadable ones, a stream cut short, and clashing ids


def test_the_parts_hold_every_row_stage(folder, halves, tmp_path, monkeypatch):
    """The join runs the leakage stage on no more rows than the corpus stages dropped."""
    looked = []
    apply = Leakage.apply

    def counted(self, shard):
        looked.append(shard.filter(pipeline.undropped()).height)
        return apply(self, shard)

    monkeypatch.setattr(Leakage, "apply", counted)
    build(tmp_path / "run", recipe=folder / "recipe.yaml", workers=1, join=halves)
    assert looked
    assert set(looked) == {0}


def test_a_part_is_a_sealed_run_of_its_own(halves):
    manifests = [read_manifest(path) for path in halves]
    assert {manifest.status for manifest in manifests} == {Status.DONE}
    assert [manifest.resolved["part"]["number"] for manifest in manifests] == [0, 1]
    assert len({manifest.resolved["part"]["whole"] for manifest in manifests}) == 1
    assert not (halves[0] / ".work").exists()
    checked, changed = verify_run(halves[0])
    assert changed == []
    assert checked == 1 + len(list((halves[0] / "shards").iterdir()))


def test_a_folder_of_parts_stands_for_them(folder, halves, whole, tmp_path):
    joined = build(tmp_path / "run", recipe=folder / "recipe.yaml", join=[halves[0].parent])
    assert joined.bytes() == whole.bytes()
    again = build(tmp_path / "run", recipe=folder / "recipe.yaml")
    assert again.data["kept"] == whole.data["kept"]


def test_where_files_have_one_name_only_they_are_copied(
    folder, halves, whole, tmp_path, monkeypatch
):
    def refused(*_args, **_kwargs):
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(parts.os, "link", refused)
    joined = build(tmp_path / "run", recipe=folder / "recipe.yaml", workers=1, join=halves)
    assert joined.bytes() == whole.bytes()


def test_more_parts_than_shards(folder, tmp_path):
    source = write_lines(tmp_path / "one.jsonl", [question("q1")])
    made = [tmp_path / "parts" / str(n) for n in range(2)]
    for n, out in enumerate(made):
        build(out, source, shard=f"{n}/2")
    whole = build(tmp_path / "whole", source)
    assert build(tmp_path / "run", source, join=made).bytes() == whole.bytes()


@pytest.mark.parametrize("of", [2])
def test_an_audit_has_parts_too(folder, tmp_path, of):
    def audited(out, **options):
        options = Options(
            benchmarks=[f"h={folder / 'h.jsonl'}"], max_bad=9, runner=Runner(1), **options
        )
        audit([str(folder / "pages.jsonl")], options, tmp_path / out, lambda *_: None)
        return {
            path.name: path.read_bytes()
            for path in (tmp_path / out).iterdir()
            if path.is_file() and path.name != "manifest.json"
        }

    for n in range(of):
        audited(str(n), shard=f"{n}/{of}")
    join = [tmp_path / str(n) for n in range(of)]
    assert audited("joined", join=join) == audited("whole")


def test_a_killed_part_goes_on(folder, tmp_path):
    """Killed at its tenth file and started again, a part keeps what it kept without that."""
    words = ["build-corpus", "--recipe", str(folder / "recipe.yaml"), "--max-bad", "99"]
    words += ["--shard", "1/2", "--workers", "1", "--format", "quiet"]
    done = subprocess.run(
        [sys.executable, str(DRIVER), "points", str(tmp_path), *words],
        input="half 10\n",
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        check=True,
    )
    assert done.stdout.splitlines() == ["-9 0"]
    expected = read_manifest(tmp_path / "whole")
    assert len(expected.outputs) > 10
    assert read_manifest(tmp_path / "0").outputs == expected.outputs
    assert verify_run(tmp_path / "0")[1] == []


def test_a_part_is_no_source(halves, tmp_path):
    with pytest.raises(InputError, match="is a part of a run") as caught:
        build(tmp_path / "run", halves[0])
    assert "--join" in caught.value.hint


def _copied(halves, to):
    return [Path(shutil.copytree(path, to / path.name)) for path in halves]


def _edited(path, **changes):
    manifest = orjson.loads((path / "manifest.json").read_bytes())
    for keys, value in changes.items():
        target = manifest
        *way, last = keys.split("__")
        for key in way:
            target = target[int(key) if key.isdigit() else key]
        target[last] = value
    (path / "manifest.json").write_bytes(orjson.dumps(manifest))


def _first(path, pattern):
    return min((path / "shards").glob(pattern))


def _changed(made):
    file = _first(made[1], "*-rows.parquet")
    file.write_bytes(file.read_bytes()[:-1] + b"\0")


def _linked(made):
    file = _first(made[1], "*-rows.parquet")
    shutil.move(file, made[1].parent / "elsewhere.parquet")
    file.symlink_to(made[1].parent / "elsewhere.parquet")


def _linked_folder(made):
    shutil.move(made[1] / "shards", made[1].parent / "elsewhere")
    (made[1] / "shards").symlink_to(made[1].parent / "elsewhere")


def _twice(made):
    made[1] = Path(shutil.copytree(made[0], made[0].parent / "again"))


REFUSED = {
    "missing": (lambda made: made.pop(), UsageError, "1 of 2 parts are missing: 1/2"),
    "twice": (_twice, UsageError, "the part 0/2 is given twice"),
    "another-division": (
        lambda made: _edited(made[1], resolved__part__of=3),
        UsageError,
        "belongs to another division",
    ),
    "no-part": (lambda made: _edited(made[1], resolved__part=None), UsageError, "no part of one"),
    "no-run": (lambda made: (made[1] / "manifest.json").unlink(), UsageError, "holds no part"),
    "unfinished": (lambda made: _edited(made[1], status="running"), InputError, "is running, not"),
    "changed": (_changed, GateError, "was changed since"),
    "gone": (lambda made: _first(made[1], "*.jsonl").unlink(), GateError, "is missing"),
    "linked": (_linked, GateError, "is a link; not followed"),
    "linked-folder": (_linked_folder, GateError, "is a link; not followed"),
    "outside": (
        lambda made: _edited(made[1], outputs__1__path="shards/../../secret.parquet"),
        InputError,
        "names a shard that the part cannot have",
    ),
    "of-another-part": (
        lambda made: _edited(made[1], outputs__1__path=f"shards/000000-{'0' * 16}-00.parquet"),
        InputError,
        "names a shard that the part cannot have",
    ),
    "other-code": (
        lambda made: _edited(made[1], resolved__part__whole="0" * 64, code_sha256="0" * 64),
        UsageError,
        "made with other code",
    ),
    "other-input": (
        lambda made: _edited(made[1], resolved__part__whole="0" * 64),
        InputError,
        "made with other input files",
    ),
    "other-arguments": (
        lambda made: _edited(made[1], resolved__part__whole="0" * 64, arguments__max_year=1),
        UsageError,
        r"other arguments \(max_year\)",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_does_not_belong_together_is_not_joined(folder, halves, tmp_path, what):
    harm, error, said = REFUSED[what]
    made = _copied(halves, tmp_path)
    harm(made)
    with pytest.raises(error, match=said) as caught:
        build(tmp_path / "run", recipe=folder / "recipe.yaml", workers=1, join=made)
    assert caught.value.hint or what in ("twice", "another-division")
    assert read_manifest(tmp_path / "run").status is Status.FAILED
    assert not (tmp_path / "run" / "kept.parquet").exists()


@pytest.mark.parametrize("text", ["4/4", "1", "a/b", "-1/4", "0/0", "1/4/2", ""])
def test_shares_count_from_nought(text, tmp_path):
    with pytest.raises(UsageError, match="--shard wants I/N"):
        build(tmp_path / "run", tmp_path / "no.jsonl", shard=text)


def test_a_run_is_not_a_part_and_a_join_at_once(tmp_path):
    with pytest.raises(UsageError, match="give one of them"):
        build(tmp_path / "run", tmp_path / "no.jsonl", shard="0/2", join=[tmp_path])


def test_a_folder_of_one_part_takes_no_other(folder, halves):
    with pytest.raises(CurateError, match=r"other arguments \(shard\)"):
        build(halves[0], recipe=folder / "recipe.yaml", workers=1, shard="1/2")
