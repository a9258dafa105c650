"""Sources and --out as URLs, on fsspec's own memory and local storage: the same bytes as from the disk."""

import gzip
import sys
from pathlib import Path

import orjson
import pytest
from corpus_rows import OUTPUTS, build, document, question, recipe_text, write_lines

from curate.corpus.runner import Runner
from curate.errors import CurateError, InputError, SetupError, UsageError
from curate.jobs import copies, urls
from curate.jobs.build_corpus import build_corpus
from curate.jobs.copies import source_path
from curate.jobs.overlay import Options
from curate.models import Status
from curate.runs import read_manifest, verify_run

fsspec = pytest.importorskip("fsspec")
STAGES = [{"stage": "length"}, {"stage": "render"}]


@pytest.fixture
def memory(tmp_path, monkeypatch):
    """fsspec's memory storage, empty, and a cache of its own."""
    monkeypatch.setenv("CURATE_CACHE", str(tmp_path / "cache"))
    found = fsspec.filesystem("memory")
    found.store.clear()
    found.pseudo_dirs[:] = [""]
    yield found
    found.store.clear()


@pytest.fixture
def folder(tmp_path):
    """A folder of rows: two files, one of them packed and deeper, one hidden, and one bad line."""
    write_lines(
        tmp_path / "exams" / "a.jsonl",
        [question("q1"), b"{", question("q2", "血液を全身に送り出さない臓器はどれか。")],
    )
    packed = gzip.compress(orjson.dumps(question("q3", "三番目の問いである。")))
    (tmp_path / "exams" / "old").mkdir()
    (tmp_path / "exams" / "old" / "b.jsonl.gz").write_bytes(packed)
    write_lines(tmp_path / "exams" / ".hidden.jsonl", [question("q4")])
    return tmp_path / "exams"


@pytest.fixture
def bucket(memory, folder):
    """The same folder in the memory storage."""
    memory.put(f"{folder}/", "/bucket/exams/", recursive=True)
    return "memory://bucket/exams"


def _run(out, *paths, **options):
    options = Options(max_bad=1_000_000, runner=Runner(1), **options)
    return build_corpus([str(path) for path in paths], options, out, lambda *_: None)


def _files(memory, root):
    return {path.removeprefix(f"{root}/"): memory.cat_file(path) for path in memory.find(root)}


def test_a_source_gives_the_same_bytes_wherever_it_lies(tmp_path, folder, bucket):
    here = build(tmp_path / "here", folder)
    assert build(tmp_path / "there", bucket).bytes() == here.bytes()
    assert build(tmp_path / "named", folder.as_uri()).bytes() == here.bytes()
    manifests = [read_manifest(tmp_path / name) for name in ("here", "there")]
    assert manifests[0].fingerprint == manifests[1].fingerprint
    assert manifests[1].arguments["sources"] == [bucket]
    places = here.frame("kept")["provenance"].struct.field("path").to_list()
    assert places == ["a.jsonl", "a.jsonl", "old/b.jsonl.gz"]


def test_one_file_and_a_pattern_are_sources(tmp_path, folder, bucket):
    one = build(tmp_path / "one", f"{bucket}/a.jsonl")
    assert one.bytes() == build(tmp_path / "here", folder / "a.jsonl").bytes()
    some = build(tmp_path / "some", f"{bucket}/*/*.gz")
    assert some.bytes() == build(tmp_path / "globbed", folder / "*" / "*.gz").bytes()


def test_a_recipe_names_urls_but_no_file_of_this_machine(tmp_path, folder, bucket):
    def recipe(path):
        source = {"path": path, "layout": "questions", "name": "own"}
        (tmp_path / "recipe.yaml").write_text(recipe_text(STAGES, [source]))
        return tmp_path / "recipe.yaml"

    there = build(tmp_path / "there", recipe=recipe(bucket))
    assert there.bytes() == build(tmp_path / "here", recipe=recipe("exams")).bytes()
    with pytest.raises(CurateError, match="leads out of the recipe's folder"):
        build(tmp_path / "run", recipe=recipe("file:///etc/hostname"))


def test_a_copy_is_renewed_where_the_source_changed(memory, bucket, monkeypatch):
    got = []
    get = type(memory).get

    def counted(self, there, here, **keys):
        got.extend(there)
        return get(self, there, here, **keys)

    monkeypatch.setattr(type(memory), "get", counted)
    copy = Path(source_path(bucket))
    assert sorted(path.name for path in copy.rglob("*") if path.is_file()) == [
        "a.jsonl",
        "b.jsonl.gz",
    ]
    source_path(bucket)
    assert len(got) == 2
    memory.pipe_file("/bucket/exams/a.jsonl", b"{}")
    memory.rm("/bucket/exams/old/b.jsonl.gz")
    assert source_path(bucket) == str(copy)
    assert got[2:] == ["/bucket/exams/a.jsonl"]
    assert [path.name for path in copy.rglob("*") if path.is_file()] == ["a.jsonl"]
    assert (copy / "a.jsonl").read_bytes() == b"{}"


def test_a_copy_that_broke_off_goes_on(memory, bucket, monkeypatch):
    monkeypatch.setattr(copies, "BATCH", 1)
    get, got = type(memory).get, []

    def failing(self, there, here, **keys):
        if len(got) == 1:
            got.append("failed")
            raise ConnectionResetError(104, "Connection reset by peer")
        got.extend(there)
        return get(self, there, here, **keys)

    monkeypatch.setattr(type(memory), "get", failing)
    with pytest.raises(InputError, match="copying: Connection reset by peer"):
        source_path(bucket)
    source_path(bucket)
    assert got == ["/bucket/exams/a.jsonl", "failed", "/bucket/exams/old/b.jsonl.gz"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda memory: memory.pipe_file("/bucket/exams/new.jsonl", b"{}"), "changed while it was"),
        (lambda memory: memory.pipe_file("/bucket/exams/a.jsonl", b"{}"), "its listing says"),
        (lambda memory: memory.rm("/bucket/exams/a.jsonl"), "copying: there is no such file"),
    ],
    ids=["new", "changed", "gone"],
)
def test_a_source_that_changes_meanwhile_is_refused(memory, bucket, monkeypatch, change, said):
    get = type(memory).get

    def changing(self, there, here, **keys):
        change(self)
        return get(self, there, here, **keys)

    monkeypatch.setattr(type(memory), "get", changing)
    with pytest.raises(InputError, match=said):
        source_path(bucket)


def test_the_cache_has_a_bound_and_makes_room(memory, bucket, monkeypatch):
    memory.pipe_file("/bucket/other.jsonl", b"{}\n" * 200)
    first = Path(source_path(bucket))
    monkeypatch.setenv("CURATE_CACHE_GB", "0.0000007")
    with pytest.raises(InputError, match="are to be copied") as caught:
        source_path("memory://bucket/other.jsonl")
    assert "CURATE_CACHE_GB" in caught.value.hint
    assert first.exists()
    monkeypatch.setattr(copies, "KEPT_FOR", -1.0)
    assert Path(source_path("memory://bucket/other.jsonl")).stat().st_size == 600
    assert not first.exists()
    monkeypatch.setenv("CURATE_CACHE_GB", "much")
    with pytest.raises(UsageError, match="wants a number"):
        source_path("memory://bucket/other.jsonl")


@pytest.mark.parametrize(
    ("url", "error", "said"),
    [
        ("memory://bucket/none", InputError, "no such file, folder or bucket"),
        ("memory://none/*.jsonl", InputError, "no such file, folder or bucket"),
        ("ftp://host/a.jsonl", UsageError, "ftp:// is no storage"),
        ("simplecache::s3://bucket/a", UsageError, "simplecache::s3:// is no storage"),
        ("s3://me:hunter2@bucket/a", UsageError, "has a user or a query"),
        ("s3://bucket/a?X-Amz-Signature=hunter2", UsageError, "has a user or a query"),
        ("file://host/a", UsageError, "three slashes"),
        ("s3://", UsageError, "names nothing"),
    ],
)
def test_urls_that_cannot_be_read(memory, url, error, said):
    with pytest.raises(error, match=said) as caught:
        source_path(url)
    assert "hunter2" not in f"{caught.value} {caught.value.hint} {caught.value.where}"


@pytest.mark.parametrize("name", ["../up.jsonl", "a/../../up.jsonl", "a\\b.jsonl"])
def test_names_that_lead_elsewhere_are_refused(memory, name):
    place = urls.Remote("memory://bucket", memory, "/bucket")
    with pytest.raises(InputError, match="cannot be one here"):
        urls.inner_name(place, f"/bucket/{name}")


def test_access_that_is_denied_is_told(memory, bucket, monkeypatch):
    def denied(*_args, **_keys):
        raise PermissionError(13, "Forbidden: key AKIASECRET")

    monkeypatch.setattr(type(memory), "find", denied)
    with pytest.raises(InputError, match="listing: access is denied") as caught:
        source_path(bucket)
    assert "AKIASECRET" not in str(caught.value)


@pytest.mark.parametrize(("module", "url"), [("fsspec.core", "memory://b"), ("s3fs", "s3://b/a")])
def test_what_is_not_installed_is_told(memory, monkeypatch, module, url):
    monkeypatch.setitem(sys.modules, module, None)
    fsspec.filesystem("memory")
    with pytest.raises(SetupError) as caught:
        source_path(url)
    assert caught.value.exit == 5
    assert "pip install 'jmle-curate[scale]'" in caught.value.hint


def test_a_run_at_a_url_has_the_bytes_of_one_here(tmp_path, memory, folder, bucket):
    here = build(tmp_path / "here", folder)
    outcome = _run("memory://bucket/runs/one", bucket)
    assert outcome.data["run"] == "memory://bucket/runs/one"
    found = _files(memory, "/bucket/runs/one")
    assert {name: found[name] for name in OUTPUTS} == here.bytes()
    assert {*found} == {*OUTPUTS, "manifest.json"}
    memory.get("/bucket/runs/one/", str(tmp_path / "back"), recursive=True)
    assert verify_run(tmp_path / "back") == (len(OUTPUTS), [])
    again = _run("memory://bucket/runs/one", bucket)
    assert again.title == "Already done, nothing to do"
    assert _files(memory, "/bucket/runs/one") == found


def test_a_file_url_is_the_folder_itself(tmp_path, memory, folder):
    outcome = _run(f"file://{tmp_path}/there", f"file://{folder}")
    assert outcome.data["run"] == str(tmp_path / "there")
    assert verify_run(tmp_path / "there") == (len(OUTPUTS), [])
    assert (tmp_path / "there" / "kept.parquet").read_bytes() == (
        build(tmp_path / "here", folder).bytes()["kept.parquet"]
    )


def test_the_manifest_comes_last_and_the_run_goes_on(memory, bucket, monkeypatch):
    put = type(memory).put_file

    def failing(self, here, there, **keys):
        if there.endswith("report.json"):
            raise OSError(5, "Input/output error")
        return put(self, here, there, **keys)

    monkeypatch.setattr(type(memory), "put_file", failing)
    with pytest.raises(InputError, match="putting the run there: Input/output error"):
        _run("memory://bucket/run", bucket)
    half = _files(memory, "/bucket/run")
    assert orjson.loads(half["manifest.json"])["status"] == "running"
    assert "kept.parquet" in half
    monkeypatch.setattr(type(memory), "put_file", put)
    assert _run("memory://bucket/run", bucket).title == "Already done, nothing to do"
    whole = _files(memory, "/bucket/run")
    assert orjson.loads(whole["manifest.json"])["status"] == "done"
    assert {*whole} == {*OUTPUTS, "manifest.json"}


def test_another_machine_finds_the_run_that_is_there(tmp_path, memory, bucket, monkeypatch):
    first = _run("memory://bucket/run", bucket)
    monkeypatch.setenv("CURATE_CACHE", str(tmp_path / "elsewhere"))
    again = _run("memory://bucket/run", bucket)
    assert again.title == "Already done, nothing to do"
    assert again.data["content_sha256"] == first.data["content_sha256"]
    assert read_manifest(Path(again.data["local"])).status is Status.DONE
    with pytest.raises(UsageError, match=r"other arguments \(seed\)"):
        _run("memory://bucket/run", bucket, seed=3)


def test_what_is_no_run_of_ours_is_left_alone(tmp_path, memory, bucket, monkeypatch):
    with pytest.raises(UsageError, match="is not empty and holds no run"):
        _run("memory://bucket/exams", bucket)
    with pytest.raises(UsageError, match="is written by `curate publish` alone"):
        _run("hf://datasets/me/mine", bucket)
    _run("memory://bucket/run", bucket)
    monkeypatch.setenv("CURATE_CACHE", str(tmp_path / "elsewhere"))
    memory.mv("/bucket/run", "/bucket/kept", recursive=True)
    _run("memory://bucket/run", bucket, seed=3)
    memory.cp_file("/bucket/kept/manifest.json", "/bucket/run/manifest.json")
    with pytest.raises(UsageError, match="another run than this machine made"):
        _run("memory://bucket/run", bucket, seed=3)


def test_a_part_may_lie_at_a_url(memory, bucket):
    _run("memory://bucket/part", bucket, shard="0/1")
    names = {*_files(memory, "/bucket/part")}
    assert any(name.startswith("shards/000000-") for name in names)
    assert {"manifest.json", "recipe.yaml"} < names


def test_documents_of_a_url_are_audited_too(tmp_path, memory):
    lines = b"".join(orjson.dumps(document(f"d{n}")) + b"\n" for n in range(3))
    memory.pipe_file("/bucket/pages.jsonl", lines)
    built = build(tmp_path / "run", "memory://bucket/pages.jsonl")
    assert built.data["rows_in"] == 3
