"""`curate fetch`: each file by its hash, from a server or a copy, and nothing half-written."""

import fcntl
import hashlib
import shutil

import pytest
import yaml
from file_server import serving

from curate.jobs import download
from curate.leakage import known_layouts
from curate.leakage.benchmarks import layouts

REVISION = "0123456789" * 4
FILES = {
    "data/2020/30-A.jsonl": "一つ目の問題である。\n".encode() * 9_000,
    "data/2021/31-A.jsonl": "二つ目の問題である。\n".encode() * 3,
    "data/説明 (1).txt": b"",
}
ALONG = {"LICENSE": b"as you like\n"}
ALL = FILES | ALONG
ROOT = f"/owner/exam/{REVISION}"


def _pinned(files):
    digest = lambda body: hashlib.sha256(body).hexdigest()  # noqa: E731
    return {path: {"bytes": len(body), "sha256": digest(body)} for path, body in files.items()}


LAYOUT = {
    "benchmark": "benchmark/1",
    "name": "mine",
    "title": "An exam",
    "tested": True,
    "language": "ja",
    "origin": {
        "url": "https://github.com/owner/exam",
        "revision": REVISION,
        "licence": "as you like",
    },
    "layout": "questions",
    "files": ["*.jsonl"],
    "fields": {"id": "n", "text": "q"},
}
LOCK = {
    "lock": "benchmark-lock/1",
    "revision": REVISION,
    "read": _pinned(FILES),
    "along": _pinned(ALONG),
}


@pytest.fixture
def lock(tmp_path, monkeypatch):
    """Describes the benchmark `mine` and its files in an artefact folder of its own."""
    folder = tmp_path / "artefacts" / "pipelines" / "benchmarks"
    (folder / "locks").mkdir(parents=True)
    monkeypatch.setattr(layouts, "share", (tmp_path / "artefacts").joinpath)
    (folder / "mine.yaml").write_text(yaml.safe_dump(LAYOUT), encoding="utf-8")

    def write(**keys):
        text = yaml.safe_dump(LOCK | keys, allow_unicode=True)
        (folder / "locks" / "mine.yaml").write_text(text, encoding="utf-8")

    write()
    return write


@pytest.fixture
def served(lock, monkeypatch):
    """A server with the files at their place, and the command without pauses or proxies."""
    monkeypatch.setattr(download, "PAUSE", 0)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    quoted = {
        path.replace("説明 (1)", "%E8%AA%AC%E6%98%8E%20%281%29"): b for path, b in ALL.items()
    }
    with serving({f"{ROOT}/{path}": body for path, body in quoted.items()}) as served:
        yield served


@pytest.fixture
def to(tmp_path):
    """The folder to fill."""
    return tmp_path / "to"


@pytest.fixture
def fetch(cli, to):
    """Runs `curate fetch mine` into the folder."""
    return lambda *more: cli("fetch", "mine", "--to", to, *more)


def _found(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def _part(to, path):
    digest = hashlib.sha256(ALL[path]).hexdigest()[:12]
    target = to / path
    target.parent.mkdir(parents=True, exist_ok=True)
    return target.with_name(f".{target.name}.{digest}.part")


def _copy(folder, files=ALL):
    for path, body in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(body)
    return folder


def test_the_files_are_fetched_with_their_licence_and_the_next_command(fetch, served, to):
    told = fetch("--base-url", served.url)
    assert told.code == 0
    assert _found(to) == ALL
    assert f"revision   {REVISION}" in told.out
    assert "licence    as you like" in told.out
    assert told.err == f"Next: curate audit SOURCE --benchmark mine={to} --out RUN\n"


def test_a_second_time_nothing_is_asked(fetch, served, to):
    assert fetch("--base-url", served.url).code == 0
    served.asked.clear()
    again = fetch("--base-url", served.url, "--format", "json")
    assert (again.code, again.err, served.asked) == (0, "", [])
    assert (again.data["files"], again.data["fetched"], again.data["bytes"]) == (4, 0, 0)


def test_only_what_is_missing_is_fetched_and_a_part_goes_on(fetch, served, to):
    path = "data/2020/30-A.jsonl"
    _copy(to, ALONG)
    _part(to, path).write_bytes(ALL[path][:1_000])
    assert fetch("--base-url", served.url).code == 0
    assert _found(to) == ALL
    assert (f"{ROOT}/{path}", "bytes=1000-") in served.asked
    assert f"{ROOT}/LICENSE" not in [asked for asked, _ in served.asked]


def test_a_part_that_is_no_beginning_of_the_file_is_got_again(fetch, served, to):
    path = "data/2020/30-A.jsonl"
    _part(to, path).write_bytes(b"something else")
    assert fetch("--base-url", served.url).code == 0
    assert _found(to) == ALL


def test_a_cut_connection_leaves_what_came_and_the_same_command_goes_on(fetch, served, to):
    path = "data/2020/30-A.jsonl"
    served.cut = [1_000] * 4
    told = fetch("--base-url", served.url)
    assert told.code == 3
    assert f"error: {served.url}{ROOT}/{path}: ended after 4,000 of" in told.err
    assert "The same command goes on from there." in told.err
    assert _found(to) == {_part(to, path).relative_to(to).as_posix(): ALL[path][:4_000]}
    assert fetch("--base-url", served.url).code == 0
    assert _found(to) == ALL


def test_a_missing_file_is_told_and_leaves_nothing_of_it(fetch, served, to):
    del served.files[f"{ROOT}/LICENSE"]
    told = fetch("--base-url", served.url, "--format", "json")
    assert told.code == 3
    assert told.data["error"]["message"] == "the server says 404 Not Found"
    assert told.data["error"]["where"] == f"{served.url}{ROOT}/LICENSE"
    assert _found(to) == FILES


@pytest.mark.parametrize("begun", [False, True])
def test_a_file_with_another_hash_is_refused(fetch, served, to, begun):
    path = "data/2021/31-A.jsonl"
    changed = ALL[path].replace("二".encode(), "三".encode())
    served.files[f"{ROOT}/{path}"] = changed
    if begun:
        _part(to, path).write_bytes(changed[:5])
    told = fetch("--base-url", served.url)
    assert told.code == 3
    expected, found = (hashlib.sha256(body).hexdigest() for body in (ALL[path], changed))
    assert f"error: {to / path}: expected sha256 {expected}, found {found}\n" in told.err
    assert set(_found(to)) == {"data/2020/30-A.jsonl"}


def test_a_file_that_is_too_large_is_refused(fetch, served, to):
    served.files[f"{ROOT}/LICENSE"] += b"and more"
    told = fetch("--base-url", served.url)
    assert told.code == 3
    assert "LICENSE: is larger than the 12 bytes of the pinned file" in told.err
    assert _found(to) == FILES


@pytest.mark.parametrize("source", ["server", "copy"])
def test_a_file_that_was_changed_here_stays_and_nothing_is_fetched(
    fetch, served, to, tmp_path, source
):
    _copy(to, {"LICENSE": b"mine\n"})
    copy = _copy(tmp_path / "copy")
    told = fetch(*(("--base-url", served.url) if source == "server" else ("--from", copy)))
    assert told.code == 3
    assert f"error: {to / 'LICENSE'}: expected sha256 " in told.err
    assert "Remove the file, or choose another --to." in told.err
    assert _found(to) == {"LICENSE": b"mine\n"}
    assert served.asked == []


def test_no_link_leads_out_of_the_folder(fetch, served, to, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    to.mkdir()
    (to / "data").symlink_to(outside)
    told = fetch("--base-url", served.url)
    assert told.code == 3
    assert "a link leads out of the folder" in told.err
    assert not list(outside.iterdir())


def test_a_part_that_is_a_link_is_not_written_through(fetch, served, to, tmp_path):
    outside = tmp_path / "outside.txt"
    outside.write_text("mine")
    _part(to, "LICENSE").symlink_to(outside)
    told = fetch("--base-url", served.url)
    assert told.code == 3
    assert "writing the file: " in told.err
    assert outside.read_text() == "mine"


@pytest.mark.parametrize(
    "path", ["../out", "/out", "a/../../out", "a//b", "./a", "a\\b", "", "a\n"]
)
def test_a_lock_whose_path_leads_out_is_refused(fetch, lock, to, path):
    lock(along=_pinned({path: b"x"}))
    told = fetch("--from", to)
    assert told.code == 2
    assert "error: locks/mine.yaml: along." in told.err
    assert "is no plain path inside a folder" in told.err


def test_a_lock_of_another_revision_is_refused(fetch, lock):
    lock(revision="f" * 40)
    told = fetch()
    assert told.code == 2
    assert "origin.revision: is not that of the lock, ffff" in told.err


@pytest.mark.parametrize("inner", ["", "exam-0123456"])
def test_a_clone_or_an_extracted_archive_is_copied(fetch, lock, to, tmp_path, inner):
    _copy(tmp_path / "copy" / inner)
    told = fetch("--from", tmp_path / "copy")
    assert (told.code, told.err.count("note:")) == (0, 0)
    assert _found(to) == ALL


def test_a_copy_of_the_inner_folder_is_enough_and_what_it_lacks_is_told(fetch, lock, to, tmp_path):
    _copy(tmp_path / "copy", FILES)
    told = fetch("--from", tmp_path / "copy" / "data")
    assert told.code == 0
    assert _found(to) == FILES
    assert "note: the copy lacks LICENSE, which holds no items\n" in told.err


def test_a_copy_without_items_or_with_a_changed_file(fetch, lock, to, tmp_path):
    copy = _copy(tmp_path / "copy")
    (copy / "data/2021/31-A.jsonl").unlink()
    told = fetch("--from", copy)
    assert (told.code, told.err) == (3, f"error: {copy}: lacks data/2021/31-A.jsonl\n")
    (copy / "data/2021/31-A.jsonl").write_bytes(b"other")
    told = fetch("--from", copy)
    assert told.code == 3
    assert f"error: {copy / 'data/2021/31-A.jsonl'}: expected sha256 " in told.err
    assert not to.exists()


def test_a_copy_that_is_no_folder(fetch, lock, tmp_path):
    told = fetch("--from", tmp_path / "nowhere")
    assert (told.code, told.err) == (3, f"error: {tmp_path / 'nowhere'}: is no folder\n")


def test_a_dry_run_lists_and_writes_and_asks_nothing(fetch, served, to):
    told = fetch("--base-url", served.url, "--dry-run", "--format", "json")
    assert told.code == 0
    assert [(one["path"], one["state"]) for one in told.data["listing"]] == [
        (path, "to fetch") for path in ALL
    ]
    assert told.data["to_fetch"] == 4
    for_people = fetch("--base-url", served.url, "--dry-run")
    assert for_people.err == f"Next: curate fetch mine --to {to} --base-url {served.url}\n"
    assert not to.exists()
    assert served.asked == []


def test_two_at_once_do_not_write_one_file(fetch, served, to):
    part = _part(to, "data/2020/30-A.jsonl")
    with part.open("wb") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        told = fetch("--base-url", served.url)
    assert told.code == 2
    assert "another process is getting this file" in told.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["mien"], "no benchmark 'mien'. Did you mean 'mine'?"),
        (["mine", "--base-url", "ftp://x"], "--base-url wants https://HOST or http://HOST"),
        (["mine", "--base-url", "http://x", "--from", "."], "give either --from or --base-url"),
        ([], "Missing argument 'BENCHMARK'"),
    ],
)
def test_wrong_usage_of_fetch(cli, lock, words, message):
    told = cli("fetch", *words)
    assert (told.code, told.out) == (2, "")
    assert message in told.err


def test_a_benchmark_without_a_pinned_revision_is_not_fetched(cli):
    told = cli("fetch", "mmmlu")
    assert told.code == 2
    assert "mmmlu has no pinned revision to fetch" in told.err
    assert "https://huggingface.co/datasets/openai/MMMLU" in told.err


TESTED = [name for name, layout in known_layouts().items() if layout.tested]


@pytest.mark.data
@pytest.mark.parametrize("name", TESTED)
def test_real_files_are_the_pinned_ones_and_audit_without_a_note(
    cli, real_data, write, tmp_path, read_json, name
):
    assert cli("fetch", name, "--from", real_data / name, "--to", tmp_path / "to").code == 0
    again = cli("fetch", name, "--from", real_data, "--to", tmp_path / "to", "--format", "json")
    assert (again.code, again.data["fetched"]) == (0, 0)
    rows = write("rows.jsonl", [{"id": "1", "text": "肺胞で酸素を受け取った血液は左心房に戻る。"}])
    power = ("stages.leakage.power_items=0", "stages.leakage.power_floor=null")
    settings = [word for key in power for word in ("--set", key)]
    words = ("--benchmark", f"{name}={tmp_path / 'to'}", *settings, "--out", tmp_path / "run")
    assert cli("audit", rows, *words).code == 0
    [coverage] = read_json(tmp_path / "run" / "audit.json")["benchmarks"]
    assert coverage["items_expected"] == coverage["items_indexed"]
    assert coverage["notes"] == []


@pytest.mark.data
def test_a_real_file_that_was_changed_is_refused(cli, real_data, tmp_path):
    copy = shutil.copytree(real_data / "jmmlu", tmp_path / "jmmlu", copy_function=shutil.copyfile)
    tables = copy / "anatomy.csv"
    tables.write_bytes(tables.read_bytes() + b"\n")
    told = cli("fetch", "jmmlu", "--from", copy, "--to", tmp_path / "to")
    assert told.code == 3
    assert f"error: {tables}: expected sha256 55b6d3f0" in told.err
