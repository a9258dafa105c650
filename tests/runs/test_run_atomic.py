"""Files appear whole or not at all."""

import os

import pytest

from curate.errors import InputError
from curate.runs import write_atomically


def _names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_written(tmp_path):
    write_atomically(tmp_path / "a.json", lambda path: path.write_bytes(b"new"))
    assert (tmp_path / "a.json").read_bytes() == b"new"
    assert _names(tmp_path) == ["a.json"]


def test_a_file_is_replaced(tmp_path):
    (tmp_path / "a.json").write_bytes(b"old")
    write_atomically(tmp_path / "a.json", lambda path: path.write_bytes(b"new"))
    assert (tmp_path / "a.json").read_bytes() == b"new"


@pytest.mark.parametrize("old", [None, b"old"])
@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, MemoryError])
def test_a_failure_leaves_what_was_there_and_nothing_else(tmp_path, old, error):
    target = tmp_path / "a.json"
    if old:
        target.write_bytes(old)

    def fail(path):
        path.write_bytes(b"half")
        raise error

    with pytest.raises(error):
        write_atomically(target, fail)
    assert _names(tmp_path) == (["a.json"] if old else [])
    assert old is None or target.read_bytes() == old


def test_a_writer_that_writes_nothing_changes_nothing(tmp_path):
    (tmp_path / "a.json").write_bytes(b"old")
    with pytest.raises(InputError, match=r"writing a\.json"):
        write_atomically(tmp_path / "a.json", lambda _: None)
    assert (tmp_path / "a.json").read_bytes() == b"old"
    assert _names(tmp_path) == ["a.json"]


def test_a_failed_rename_leaves_what_was_there(tmp_path, monkeypatch):
    (tmp_path / "a.json").write_bytes(b"old")

    def refuse(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(InputError, match="No space left"):
        write_atomically(tmp_path / "a.json", lambda path: path.write_bytes(b"new"))
    assert (tmp_path / "a.json").read_bytes() == b"old"
    assert _names(tmp_path) == ["a.json"]


def test_a_folder_that_is_not_there_is_said(tmp_path):
    with pytest.raises(InputError, match="No such file"):
        write_atomically(tmp_path / "no" / "a.json", lambda path: path.write_bytes(b""))


def test_what_a_killed_writer_left_is_not_in_the_way(tmp_path):
    (tmp_path / ".a.json.tmp").write_bytes(b"half of something longer")
    write_atomically(tmp_path / "a.json", lambda path: path.write_bytes(b"new"))
    assert (tmp_path / "a.json").read_bytes() == b"new"
    assert _names(tmp_path) == ["a.json"]


def test_a_link_in_the_temporary_file_s_place_is_not_followed(tmp_path):
    (tmp_path / "elsewhere").write_bytes(b"mine")
    (tmp_path / ".a.json.tmp").symlink_to(tmp_path / "elsewhere")
    write_atomically(tmp_path / "a.json", lambda path: path.write_bytes(b"new"))
    assert (tmp_path / "elsewhere").read_bytes() == b"mine"
    assert not (tmp_path / "a.json").is_symlink()


def test_the_data_is_on_the_disk_before_it_has_its_name(tmp_path, monkeypatch):
    seen = []
    sync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda handle: (seen.append("sync"), sync(handle))[1])
    monkeypatch.setattr(os, "replace", lambda a, b: (seen.append("rename"), replace(a, b))[1])
    write_atomically(tmp_path / "a.json", lambda path: path.write_bytes(b"new"))
    assert seen == ["sync", "rename", "sync"]
