"""Hashes name content, and a changed file is found."""

import hashlib

import orjson
import polars as pl
import pytest

from curate.errors import InputError
from curate.models import Status
from curate.runs import (
    RunFolder,
    content_sha256,
    file_sha256,
    git_state,
    json_sha256,
    table_sha256,
    verify_run,
)
from curate.tables import canonical_json, row_digests

FRAME = pl.DataFrame({"id": ["a", "b"], "text": ["医", None]})


@pytest.fixture
def run(tmp_path, request_of):
    with RunFolder(tmp_path / "run", request_of()) as made:
        made.write_frame("kept.parquet", FRAME.lazy())
        made.write_json("ledger.json", {"rows": 2})
        made.seal(Status.DONE, 0, {}, ["kept.parquet", "ledger.json"])
    return tmp_path / "run"


def _problems(run):
    checked, found = verify_run(run)
    assert checked == 2
    return {one.path: one.problem for one in found}


def test_an_untouched_run_is_verified(run):
    assert _problems(run) == {}


def test_a_file_beside_the_outputs_is_no_problem(run):
    (run / "notes.txt").write_text("x")
    assert _problems(run) == {}


def test_a_changed_byte_is_found(run):
    data = bytearray((run / "ledger.json").read_bytes())
    data[5] ^= 1
    (run / "ledger.json").write_bytes(data)
    assert _problems(run) == {"ledger.json": "changed"}


def test_a_missing_file_is_found(run):
    (run / "kept.parquet").unlink()
    assert _problems(run) == {"kept.parquet": "missing"}


def test_a_name_that_no_file_system_takes_is_missing(run):
    name = "9" * 300
    manifest = (
        (run / "manifest.json").read_text().replace('"path": "ledger.json"', f'"path": "{name}"')
    )
    (run / "manifest.json").write_text(manifest.replace('"path":"ledger.json"', f'"path":"{name}"'))
    assert _problems(run) == {name: "missing"}


def test_the_same_rows_in_other_bytes_are_told_from_other_rows(run):
    FRAME.write_parquet(run / "kept.parquet", compression="gzip")
    assert _problems(run) == {"kept.parquet": "other bytes, the same rows"}
    FRAME.reverse().write_parquet(run / "kept.parquet")
    assert _problems(run) == {"kept.parquet": "changed"}


def test_a_parquet_file_that_is_none_any_more_is_found(run):
    (run / "kept.parquet").write_bytes(b"PAR1 no")
    assert _problems(run) == {"kept.parquet": "changed"}


def test_a_date_that_polars_panics_at_is_a_change(run):
    far = pl.Series("section", [1 << 60, 0]).cast(pl.Datetime("ms"))
    FRAME.with_columns(far).write_parquet(run / "kept.parquet")
    assert _problems(run) == {"kept.parquet": "changed"}


@pytest.mark.parametrize("path", ["../secret", "/etc/passwd", "a/../../secret", "\0"])
def test_a_manifest_cannot_lead_out_of_its_run(run, path):
    manifest = orjson.loads((run / "manifest.json").read_bytes())
    manifest["outputs"][0]["path"] = path
    (run / "manifest.json").write_bytes(orjson.dumps(manifest))
    with pytest.raises(InputError, match="outside the run"):
        verify_run(run)


def test_a_link_cannot_lead_out_of_its_run(run):
    (run / "ledger.json").unlink()
    (run / "ledger.json").symlink_to("/etc/passwd")
    with pytest.raises(InputError, match="outside the run"):
        verify_run(run)


def test_a_run_that_has_not_ended_cannot_be_verified(tmp_path, request_of):
    with RunFolder(tmp_path, request_of()):
        pass
    with pytest.raises(InputError, match="not ended"):
        verify_run(tmp_path)


@pytest.mark.parametrize("content", [None, b"", b"[]", b"{}", b'{"format": "manifest/2"}', b"\xff"])
def test_a_folder_without_a_manifest_cannot_be_verified(tmp_path, content):
    if content is not None:
        (tmp_path / "manifest.json").write_bytes(content)
    with pytest.raises(InputError, match="manifest"):
        verify_run(tmp_path)


def test_the_content_hash_is_of_rows_not_of_bytes(tmp_path):
    paths = [tmp_path / f"{n}.parquet" for n in range(3)]
    FRAME.write_parquet(paths[0])
    FRAME.select("text", "id").write_parquet(paths[1], compression="gzip")
    FRAME.reverse().write_parquet(paths[2])
    hashes = [content_sha256(path) for path in paths]
    assert hashes[0] == hashes[1] == table_sha256([row_digests(FRAME)])
    assert hashes[0] != hashes[2]
    assert file_sha256(paths[0]) != file_sha256(paths[1])


def test_the_content_hash_of_a_long_file_is_that_of_its_rows(tmp_path):
    frame = pl.DataFrame({"n": range(12_345)})
    frame.write_parquet(tmp_path / "long.parquet", row_group_size=1000)
    assert content_sha256(tmp_path / "long.parquet") == table_sha256([row_digests(frame)])


def _sha256(data):
    return hashlib.sha256(data).digest()


def test_a_table_s_hash_is_that_of_its_rows_and_a_row_s_of_what_it_says_and_the_rest():
    frame = FRAME.with_columns(dropped_by=pl.lit("year.after"), line=pl.struct(b=1, a=2))
    rows = [
        _sha256(
            _sha256(canonical_json({name: row[name] for name in ("id", "text")}))
            + canonical_json({name: row[name] for name in ("dropped_by", "line")})
        )
        for row in frame.iter_rows(named=True)
    ]
    expected = hashlib.sha256(b"".join(rows)).hexdigest()
    assert table_sha256([row_digests(frame)]) == expected
    assert table_sha256([row_digests(frame[:1]), row_digests(frame[1:])]) == expected
    assert table_sha256([]) == table_sha256([row_digests(frame.clear())])


@pytest.mark.parametrize("column", ["id", "score"])
def test_a_row_of_one_kind_of_columns_has_a_hash_too(column):
    frames = [pl.DataFrame({column: [value]}) for value in ("a", "b")]
    assert len({table_sha256([row_digests(frame)]) for frame in frames}) == 2


def test_json_hashes_do_not_depend_on_the_order_of_keys():
    assert json_sha256({"a": 1, "b": [2]}) == json_sha256({"b": [2], "a": 1})
    assert json_sha256({"a": 1}) != json_sha256({"a": "1"})


def test_the_state_of_a_checkout_is_a_revision_or_nothing():
    revision, dirty = git_state()
    assert (revision is None) == (dirty is None)
    assert revision is None or len(revision) == 40
