"""`curate verify` and `curate report`: what stands in a run folder is what was written there."""

import json

import pytest

from curate.jobs.execute import output_names


@pytest.fixture
def manifest(demo_copy):
    """Rewrites the manifest of a copied run through a function."""

    def change(edit):
        path = demo_copy / "manifest.json"
        told = json.loads(path.read_bytes())
        edit(told)
        path.write_text(json.dumps(told), encoding="utf-8")

    return change


def test_a_run_verifies(demo_run, cli):
    told = cli("verify", demo_run, "--format", "json")
    assert told.code == 0
    assert told.data == {"run": str(demo_run), "files": 9, "changed": [], "exit": 0}


def test_a_run_verifies_in_a_process_of_its_own(demo_run, python):
    told = python("-m", "curate", "verify", demo_run)
    assert told.code == 0
    assert told.out.startswith("Run verified\n")


@pytest.mark.parametrize("name", output_names("build-corpus"))
def test_a_flipped_byte_is_found(demo_copy, cli, name):
    path = demo_copy / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    told = cli("verify", demo_copy)
    assert told.code == 4
    assert f"error: {path}: 1 of 9 files are not what the manifest says: {name}: " in told.err
    assert f"changed  {name}: " in told.out


@pytest.mark.parametrize("name", ["kept.parquet", "audit.json"])
def test_a_deleted_file_is_found(demo_copy, cli, name):
    (demo_copy / name).unlink()
    told = cli("verify", demo_copy, "--format", "json")
    assert told.code == 4
    assert told.data["changed"] == [f"{name}: missing"]
    assert told.data["error"]["kind"] == "gate"


def test_a_folder_that_is_no_run(cli, tmp_path):
    told = cli("verify", tmp_path)
    assert told.code == 3
    assert f"error: {tmp_path / 'manifest.json'}: reading the manifest: No such file" in told.err


def test_a_run_that_has_not_ended(demo_copy, cli, manifest):
    manifest(lambda told: told.update(status="running"))
    told = cli("verify", demo_copy)
    assert told.code == 3
    assert f"error: {demo_copy}: the run has not ended\n" in told.err


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"format": "manifest/2"}', b"\xff"])
def test_a_manifest_that_is_none(demo_copy, cli, data):
    (demo_copy / "manifest.json").write_bytes(data)
    told = cli("verify", demo_copy)
    assert told.code == 3
    assert f"error: {demo_copy / 'manifest.json'}: not a manifest: " in told.err


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a/../../x", "a\0b"])
def test_a_manifest_that_names_a_path_outside_is_refused(demo_copy, cli, manifest, path):
    manifest(lambda told: told["outputs"][0].update(path=path))
    told = cli("verify", demo_copy)
    assert told.code == 3
    assert "the manifest names a path outside the run" in told.err


def test_an_output_that_links_out_is_refused(demo_copy, cli, tmp_path):
    outside = tmp_path / "outside.json"
    (demo_copy / "ledger.json").rename(outside)
    (demo_copy / "ledger.json").symlink_to(outside)
    told = cli("verify", demo_copy)
    assert told.code == 3
    assert "error: ledger.json: the manifest names a path outside the run" in told.err


def test_a_report_is_rendered_to_the_same_bytes(demo_copy, cli):
    page = (demo_copy / "report.html").read_bytes()
    (demo_copy / "report.html").unlink()
    told = cli("report", demo_copy, "--format", "json")
    assert told.code == 0
    assert (demo_copy / "report.html").read_bytes() == page
    assert told.data["verdict"] == "pass"
    assert told.data["report"] == str(demo_copy / "report.html")
    assert cli("verify", demo_copy).code == 0


@pytest.mark.parametrize("data", [b"", b"{", b'{"format": "report/2"}', b"[" * 100_000])
def test_a_report_that_is_broken(demo_copy, cli, data):
    page = (demo_copy / "report.html").read_bytes()
    (demo_copy / "report.json").write_bytes(data)
    told = cli("report", demo_copy)
    assert told.code == 3
    assert f"error: {demo_copy / 'report.json'}: not a report: " in told.err
    assert (demo_copy / "report.html").read_bytes() == page


def test_a_report_of_no_run(cli, tmp_path):
    told = cli("report", tmp_path)
    assert told.code == 3
    assert f"error: {tmp_path / 'report.json'}: reading the report: No such file" in told.err


def test_a_link_left_in_a_run_folder_is_not_written_through(demo_copy, cli, tmp_path):
    precious = tmp_path / "precious"
    precious.write_text("mine", encoding="utf-8")
    for name in (".report.html.tmp", "report.html"):
        (demo_copy / name).unlink(missing_ok=True)
        (demo_copy / name).symlink_to(precious)
    assert cli("report", demo_copy).code == 0
    assert precious.read_text(encoding="utf-8") == "mine"
    assert not (demo_copy / "report.html").is_symlink()
