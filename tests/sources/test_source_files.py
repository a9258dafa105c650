"""Files and folders as they are found: links, pipes, odd names, refusals, and changes under the reader."""

import hashlib
import os
import re
import shutil
import socket
import subprocess
import sys
import tracemalloc
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

import curate
from curate.errors import InputError
from curate.sources import DocumentsSource, detect_layout, read_source, source_files

GOOD = b'{"id": "%d", "text": "b"}\n'


def _source(path):
    return DocumentsSource(path=str(path), name="own")


@pytest.fixture
def folder(tmp_path):
    """A folder with one good file."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jsonl").write_bytes(GOOD % 1)
    return tmp_path / "in"


def _refused(path):
    """The error of the first look at a path, and of listing it."""
    with pytest.raises(InputError) as first:
        detect_layout(path)
    with pytest.raises(InputError) as listed:
        source_files(_source(path))
    return first.value, listed.value


def _make_pipe(path):
    os.mkfifo(path)


def _make_socket(path):
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))


def _make_device(path):
    try:
        os.mknod(path, 0o020666, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("this user may make no device")


@pytest.mark.parametrize("make", [_make_pipe, _make_socket, _make_device])
@pytest.mark.parametrize("name", ["x.jsonl", "x.jsonl.gz", "x.parquet"])
@pytest.mark.parametrize("how", ["", "*"])
def test_what_is_no_regular_file_is_never_opened(folder, make, name, how):
    make(folder / name)
    for error in _refused(folder / how):
        assert (error.message, error.where) == ("is not a regular file", str(folder / name))


def test_a_pipe_of_another_name_is_not_looked_at(folder):
    os.mkfifo(folder / "x.txt")
    assert len(source_files(_source(folder))) == 1


@pytest.mark.parametrize("how", ["", "*"])
def test_a_link_to_itself_is_told(folder, how):
    (folder / "x.jsonl").symlink_to("y.jsonl")
    (folder / "y.jsonl").symlink_to("x.jsonl")
    for error in _refused(folder / how):
        assert re.search("leads back to itself|symbolic links", error.message)
        assert error.where == str(folder / "x.jsonl")


@pytest.mark.parametrize("how", ["", "*"])
def test_a_link_to_nothing_is_told(folder, how):
    (folder / "x.jsonl").symlink_to("nowhere.jsonl")
    for error in _refused(folder / how):
        assert error.message == "cannot read: No such file or directory"
        assert error.where == str(folder / "x.jsonl")


def test_a_link_to_a_parent_is_not_followed_for_ever(folder):
    (folder / "sub").mkdir()
    (folder / "sub" / "up").symlink_to("..")
    (folder / "sub" / "b.jsonl").write_bytes(GOOD % 2)
    assert [f.relative for f in source_files(_source(folder))] == ["a.jsonl", "sub/b.jsonl"]


def test_a_link_within_the_folder_is_read_as_a_file(folder):
    (folder / "b.jsonl").symlink_to("a.jsonl")
    assert [f.relative for f in source_files(_source(folder))] == ["a.jsonl", "b.jsonl"]


ODD_NAMES = {
    "newline and escape": "x\n\x1b[31m.jsonl",
    "255 bytes": "x" * 249 + ".jsonl",
    "255 bytes of kanji": "血" * 83 + ".jsonl.gz"[:6],
    "no letters": "\u200b\u202e.jsonl",
    "quotes": "'\"; DROP TABLE x; --.jsonl",
    "a glob": "[a-z]*?.jsonl",
}


@pytest.mark.parametrize("name", ODD_NAMES.values(), ids=ODD_NAMES)
def test_any_name_in_utf8_is_a_name(folder, name):
    name = name[: 255 - len(name.encode()) or None]
    (folder / name).write_bytes(GOOD % 2)
    source = _source(folder)
    rows = list(read_source(source, source_files(source)))
    assert {row.provenance.path for row in rows} == {"a.jsonl", name}


@pytest.mark.parametrize(
    "names",
    [[unicodedata.normalize(form, "が.jsonl") for form in ("NFC", "NFD")], ["B.jsonl", "b.jsonl"]],
    ids=["NFC and NFD", "case"],
)
def test_twins_are_two_files(tmp_path, names):
    for number, name in enumerate(names):
        (tmp_path / name).write_bytes(GOOD % number)
    if len(list(tmp_path.iterdir())) == 1:
        pytest.skip("this file system takes them for one name")
    files = source_files(_source(tmp_path))
    assert [file.relative for file in files] == sorted(names)
    assert len({file.sha256 for file in files}) == 2


@pytest.mark.parametrize("what", ["folder", "file"])
def test_what_may_not_be_read_is_told(folder, what):
    target = folder / "sub" if what == "folder" else folder / "a.jsonl"
    (folder / "sub").mkdir()
    target.chmod(0)
    done = subprocess.run(
        [*_owner_only(), sys.executable, "-m", "curate", "audit", str(folder), "--out", "run"],
        capture_output=True,
        text=True,
        cwd=folder.parent,
        env={**os.environ, "PYTHONPATH": str(Path(curate.__file__).parents[1])},
        check=False,
    )
    target.chmod(0o755)
    assert done.returncode == 3, done.stderr
    assert f"error: {target}: cannot read: Permission denied" in done.stderr


def _owner_only():
    """The words before a command that runs without root's right to read everything."""
    if os.geteuid():
        return []
    if not shutil.which("setpriv"):
        pytest.skip("root may read anything, and there is no setpriv to forbid it")
    rights = "-dac_override,-dac_read_search"
    return ["setpriv", "--bounding-set", rights, "--inh-caps", rights]


def _grown(path):
    path.write_bytes(path.read_bytes() * 2)


def _shrunk(path):
    os.truncate(path, 5)


def _replaced(path):
    other = path.with_name("other")
    other.write_bytes(path.read_bytes())
    os.utime(other, ns=(0, path.stat().st_mtime_ns))
    other.replace(path)


def _overwritten(path):
    path.write_bytes(path.read_bytes()[::-1])
    os.utime(path, ns=(0, 10**18))


@pytest.mark.parametrize("change", [_grown, _shrunk, _replaced, _overwritten, Path.unlink])
def test_a_file_that_changes_after_it_was_hashed_is_no_silent_mixture(folder, change):
    source = _source(folder)
    files = source_files(source)
    rows = read_source(source, files)
    change(folder / "a.jsonl")
    with pytest.raises(InputError, match=r"was changed while it was read|cannot read") as caught:
        list(rows)
    assert caught.value.where == str(folder / "a.jsonl")
    assert caught.value.hint or change is Path.unlink


def test_of_many_files_each_costs_little_memory_and_one_look(tmp_path, monkeypatch):
    for number in range(3_000):
        (tmp_path / f"{number:05d}.jsonl").write_bytes(GOOD % number)
    looks = Counter()
    look = curate.sources.first_cells
    monkeypatch.setattr(curate.sources, "first_cells", lambda f: looks.update([f]) or look(f))
    assert detect_layout(tmp_path) == "documents"
    assert (len(looks), set(looks.values())) == (3_000, {1})
    tracemalloc.start()
    files = source_files(_source(tmp_path))
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(files) == 3_000
    assert kept < 300 * 3_000
    assert peak < 600 * 3_000


def test_files_are_made_when_they_are_asked_for(tmp_path):
    for name in ("b.jsonl", "a/z.jsonl", "a.jsonl"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(GOOD % 1)
    os.utime(tmp_path / "b.jsonl", ns=(0, -1))  # before 1970
    files = source_files(_source(tmp_path))
    assert [file.relative for file in files] == ["a.jsonl", "a/z.jsonl", "b.jsonl"]
    assert files[-1] == files[2] == list(files)[2]
    assert files[1:] == [files[1], files[2]]
    assert files[1].path == tmp_path / "a" / "z.jsonl"
    assert files[0].sha256 == hashlib.sha256(GOOD % 1).hexdigest()
    assert files[0].size == len(GOOD % 1)
    for file in files:
        file.refuse_changed()
    with pytest.raises(IndexError):
        files[3]


def test_large_files_are_hashed_in_threads_and_come_in_order(folder):
    padding = b" " * 1_500_000
    for number in range(2, 9):
        (folder / f"{number}.jsonl").write_bytes(GOOD % number + (padding if number % 3 else b""))
    files = source_files(_source(folder))
    assert [(file.relative, file.sha256) for file in files] == [
        (path.name, hashlib.sha256(path.read_bytes()).hexdigest())
        for path in sorted(folder.iterdir())
    ]


def test_a_large_file_that_cannot_be_read_is_told_from_its_thread(folder, monkeypatch):
    (folder / "b.jsonl").write_bytes(GOOD % 2 + b" " * 1_500_000)

    def failing(file, name):
        raise OSError(5, "Input/output error", file.name)

    monkeypatch.setattr(hashlib, "file_digest", failing)
    with pytest.raises(InputError, match="Input/output error"):
        source_files(_source(folder))
