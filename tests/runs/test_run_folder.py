"""The run folder: fresh, resumed, finished, or somebody else's."""

import os
import subprocess
import sys
from pathlib import Path

import orjson
import polars as pl
import pytest

import curate
from curate.errors import UsageError
from curate.models import Status
from curate.runs import RunFolder, code_version, content_sha256, file_sha256, read_manifest

FRAME = pl.DataFrame({"id": ["a", "b"]})


def _tree(folder):
    """Every path below a folder, with its bytes and time of change."""
    return {
        str(path.relative_to(folder)): (path.read_bytes() if path.is_file() else None)
        for path in sorted(folder.rglob("*"))
    }


def _sealed(out, request, **keys):
    with RunFolder(out, request) as run:
        run.work.write_table("000000-00-abc", FRAME)
        run.write_frame("kept.parquet", FRAME.lazy())
        run.write_json("ledger.json", {"b": 1, "a": "医"})
        run.write_text("recipe.yaml", "name: x\n")
        return run.seal(
            Status.DONE, 0, {"kept": 2}, ["kept.parquet", "ledger.json", "recipe.yaml"], **keys
        )


def test_a_fresh_run_is_running(tmp_path, request_of):
    out = tmp_path / "deep" / "run"
    with RunFolder(out, request_of()) as run:
        assert not run.finished
        assert run.work.path.is_dir()
        found = read_manifest(out)
    assert found.status is Status.RUNNING
    assert found.fingerprint == "1" * 64
    assert found.version == code_version()
    assert found.arguments == {"sources": ["a.jsonl"], "max_year": 2017}
    assert found.outputs == []
    assert found.finished is None


def test_a_sealed_run_names_its_outputs_and_has_no_work_left(tmp_path, request_of):
    request = request_of()
    manifest = _sealed(tmp_path, request)
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "kept.parquet",
        "ledger.json",
        "manifest.json",
        "recipe.yaml",
    ]
    inputs = {"inputs": list(request.inputs)}
    assert read_manifest(tmp_path) == manifest.model_copy(update=inputs)
    assert (manifest.status, manifest.exit, manifest.result) == (Status.DONE, 0, {"kept": 2})
    kept, ledger, recipe = manifest.outputs
    assert (kept.rows, kept.content_sha256) == (2, content_sha256(tmp_path / "kept.parquet"))
    assert (ledger.rows, ledger.content_sha256) == (None, None)
    assert recipe.sha256 == file_sha256(tmp_path / "recipe.yaml")
    assert orjson.loads((tmp_path / "ledger.json").read_bytes()) == {"b": 1, "a": "医"}


def test_the_manifest_is_written_last(tmp_path, request_of, monkeypatch):
    seen = []
    replace = os.replace
    monkeypatch.setattr(
        os, "replace", lambda one, two: (seen.append(two.name), replace(one, two))[1]
    )
    _sealed(tmp_path, request_of())
    assert seen[0] == seen[-1] == "manifest.json"
    assert seen.count("manifest.json") == 2


def test_a_finished_run_is_told_again_and_left_alone(tmp_path, request_of):
    _sealed(tmp_path, request_of())
    before = _tree(tmp_path)
    with RunFolder(tmp_path, request_of()) as run:
        assert run.finished
        assert run.manifest.result == {"kept": 2}
    assert _tree(tmp_path) == before


def test_an_interrupted_run_finds_its_shards(tmp_path, request_of):
    with RunFolder(tmp_path, request_of()) as run:
        path = run.work.write_table("000000-00-abc", FRAME)
    with RunFolder(tmp_path, request_of()) as run:
        assert not run.finished
        assert run.work.table("000000-00-abc") == path
        assert pl.read_parquet(path).equals(FRAME)


def test_a_run_killed_before_its_first_manifest_is_resumed(tmp_path, request_of):
    (tmp_path / ".work").mkdir()
    (tmp_path / ".manifest.json.tmp").write_bytes(b"{")
    with RunFolder(tmp_path, request_of()) as run:
        assert not run.finished
    assert not (tmp_path / ".manifest.json.tmp").exists()


def test_a_run_killed_while_its_shards_are_removed_finds_none_of_them(
    tmp_path, request_of, monkeypatch
):
    removed = []

    def killed(path, **_):
        removed.append(path.name)
        if path.exists():
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("curate.runs.folder.shutil.rmtree", killed)
        with pytest.raises(KeyboardInterrupt):
            _sealed(tmp_path, request_of())
    assert ".work" not in removed
    with RunFolder(tmp_path, request_of()) as run:
        assert not run.finished
        assert list(run.work.path.iterdir()) == []
    _sealed(tmp_path, request_of())
    assert not [path.name for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_a_failed_run_is_run_again(tmp_path, request_of):
    with RunFolder(tmp_path, request_of()) as run:
        run.write_text("recipe.yaml", "x")
        run.seal(Status.FAILED, 3, {}, ["recipe.yaml"])
    with RunFolder(tmp_path, request_of()) as run:
        assert not run.finished
        assert read_manifest(tmp_path).status is Status.RUNNING


OTHERS = {
    "arguments \\(max_year\\)": {"arguments": {"sources": ["a.jsonl"], "max_year": 2015}},
    "arguments \\(seed\\)": {"arguments": {"sources": ["a.jsonl"], "max_year": 2017, "seed": 1}},
    "it is a build-corpus run": {"command": "audit"},
    "recipe": {"recipe_sha256": "9" * 64},
    "input files": {},
}


MENDABLE = ("recipe", "input files")


@pytest.mark.parametrize(
    ("difference", "finished"),
    [(d, f) for d in OTHERS for f in (True, False) if f or d not in MENDABLE],
)
def test_a_run_of_other_arguments_is_refused_and_untouched(
    tmp_path, request_of, difference, finished
):
    if finished:
        _sealed(tmp_path, request_of())
    else:
        with RunFolder(tmp_path, request_of()) as run:
            run.work.write_table("000000-00-abc", FRAME)
    before = _tree(tmp_path)
    with pytest.raises(UsageError, match=difference) as caught:
        RunFolder(tmp_path, request_of(fingerprint="8" * 64, **OTHERS[difference]))
    assert caught.value.exit == 2
    assert caught.value.hint
    assert _tree(tmp_path) == before


@pytest.mark.parametrize("difference", MENDABLE)
@pytest.mark.parametrize("status", [Status.FAILED, Status.RUNNING])
def test_what_a_run_reads_may_be_mended_until_it_is_done(tmp_path, request_of, difference, status):
    with RunFolder(tmp_path, request_of()) as run:
        if status is Status.FAILED:
            run.fail(3)
    with RunFolder(tmp_path, request_of(fingerprint="8" * 64, **OTHERS[difference])) as run:
        assert run.manifest.fingerprint == "8" * 64
        assert not run.finished


@pytest.mark.parametrize(
    "name", ["notes.txt", "kept.parquet", ".work/mine.txt", ".git/config", "sub/a.txt"]
)
def test_somebody_else_s_folder_is_refused_and_untouched(tmp_path, request_of, name):
    (tmp_path / "more.txt").write_text("more")
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("mine")
    before = _tree(tmp_path)
    with pytest.raises(UsageError, match="holds no run"):
        RunFolder(tmp_path, request_of())
    assert _tree(tmp_path) == before


def test_a_manifest_that_is_none_is_refused_and_untouched(tmp_path, request_of):
    (tmp_path / "manifest.json").write_text('{"name": "a web page"}')
    before = _tree(tmp_path)
    with pytest.raises(UsageError, match="something else: not a manifest"):
        RunFolder(tmp_path, request_of())
    assert _tree(tmp_path) == before


def test_a_folder_that_cannot_be_made_is_a_usage_error(tmp_path, request_of):
    (tmp_path / "file").write_text("x")
    for out in (tmp_path / "file", tmp_path / "file" / "run"):
        with pytest.raises(UsageError, match="making the run folder"):
            RunFolder(out, request_of())


def test_a_link_is_refused(tmp_path, request_of):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(UsageError, match="is a link"):
        RunFolder(tmp_path / "link", request_of())
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / ".work").symlink_to(tmp_path / "real")
    with pytest.raises(UsageError, match="is a link"):
        RunFolder(tmp_path / "run", request_of())
    assert list((tmp_path / "real").iterdir()) == []


def test_a_second_handle_is_refused_while_the_first_is_open(tmp_path, request_of):
    with RunFolder(tmp_path, request_of()), pytest.raises(UsageError, match="another process"):
        RunFolder(tmp_path, request_of())
    with RunFolder(tmp_path, request_of()) as run:
        assert not run.finished


def test_a_refused_open_lets_go_of_the_folder(tmp_path, request_of):
    _sealed(tmp_path, request_of())
    with pytest.raises(UsageError):
        RunFolder(tmp_path, request_of(fingerprint="8" * 64))
    with RunFolder(tmp_path, request_of()) as run:
        assert run.finished


HOLDER = """
import sys
from pathlib import Path
from curate.runs import Request, RunFolder
with RunFolder(Path(sys.argv[1]), Request.model_validate_json(sys.argv[2])):
    print("open", flush=True)
    sys.stdin.read()
"""


def test_a_second_process_is_refused_and_a_killed_one_lets_go(tmp_path, request_of):
    request = request_of()
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path), request.model_dump_json()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(curate.__file__).parents[1])},
    )
    with holder:
        try:
            assert holder.stdout.readline() == b"open\n"
            with pytest.raises(UsageError, match="another process"):
                RunFolder(tmp_path, request)
        finally:
            holder.kill()
    with RunFolder(tmp_path, request) as run:
        assert not run.finished


def test_a_folder_whose_name_looks_like_a_pattern_holds_a_run(tmp_path, request_of):
    assert _sealed(tmp_path / "[2017] a*b?", request_of()).outputs[0].rows == 2


def test_a_frame_is_streamed_to_the_same_bytes_however_it_is_cut(tmp_path, request_of):
    whole = pl.DataFrame({"id": [str(n) for n in range(50)]})
    with RunFolder(tmp_path, request_of()) as run:
        run.write_frame("one.parquet", whole.lazy())
        cuts = [run.work.write_table(f"{n:06d}-00-x", whole[n : n + 7]) for n in range(0, 50, 7)]
        run.write_frame("many.parquet", pl.scan_parquet(cuts))
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "many.parquet").read_bytes()
